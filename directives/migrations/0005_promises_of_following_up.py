"""What the database promises of work that is followed up, now that earlier rows are filled."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directives', '0004_earlier_work_is_followed_up'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assignment',
            name='given_on',
            field=models.DateField(verbose_name='từ ngày'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_on', None), _negated=True), models.Q(('reported_on', None), _negated=True), models.Q(('done_by', None), ('done_note', '')), _connector='OR'), name='assignment_note_only_when_done'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('percent', None), ('percent__lte', 100), _connector='OR'), name='assignment_percent_to_100', violation_error_message='Tiến độ từ 0 đến 100 %.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('extended_on', None), models.Q(('due_on__isnull', False), ('original_due_on__isnull', False)), _connector='OR'), name='assignment_extended_has_both_dates'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_on', None), ('done_on', None), _connector='OR'), name='assignment_done_is_not_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='assignmentevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['issued', 'completed']), models.Q(('note', ''), _negated=True), models.Q(('document', ''), _negated=True), _connector='OR'), name='assignment_event_says_what', violation_error_message='Ghi kết quả hoặc lý do.'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(('assigned_at', None), models.Q(('issued_on', None), ('meeting_on', None), _negated=True), _connector='OR'), name='directive_assigned_has_a_day', violation_error_message='Ghi ngày ban hành hoặc ngày họp trước khi giao việc.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_on', None), ('assigned_at__isnull', False), _connector='OR'), name='task_withdrawn_was_assigned'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('replaced_by', None), ('withdrawn_on__isnull', False), _connector='OR'), name='task_replaced_is_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('done_on', None), models.Q(('reported_on', models.F('done_on')), ('reported_on__isnull', False)), _connector='OR'), name='assignment_done_as_reported'),
        ),
        migrations.AddConstraint(
            model_name='assignmentevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'extended'), _negated=True), models.Q(('due_from__isnull', False), ('due_to__gt', models.F('due_from')), ('due_to__isnull', False), ('on__isnull', False), models.Q(('document', ''), _negated=True)), _connector='OR'), name='assignment_event_extension_cites', violation_error_message='Gia hạn cần văn bản và thời hạn mới sau thời hạn cũ.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end', None), ('start', None)), models.Q(('end__gt', models.F('start')), ('end__isnull', False), ('start__isnull', False)), _connector='OR'), name='task_span_has_length'),
        ),
    ]
