"""Progress, confirmation, extension and withdrawal of work handed out; reminders; what a reader found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0003_body_alias'),
        ('criteria', '0004_lead_has_a_member'),
        ('directives', '0002_drop_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssignmentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(max_length=200, upload_to='assignments/%Y/', verbose_name='tệp')),
                ('name', models.CharField(max_length=200, verbose_name='tên tệp')),
                ('size', models.PositiveIntegerField(verbose_name='dung lượng (byte)')),
            ],
            options={
                'verbose_name': 'tệp minh chứng phần việc',
                'verbose_name_plural': 'tệp minh chứng phần việc',
                'ordering': ['event', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CalendarAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_read_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'địa chỉ lịch riêng',
                'verbose_name_plural': 'địa chỉ lịch riêng',
            },
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='ngày')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('mail_error', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'bản nhắc việc',
                'verbose_name_plural': 'bản nhắc việc',
                'ordering': ['-on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='DigestLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('new', 'Mới giao'), ('returned', 'Bị trả lại'), ('soon', 'Còn không quá 7 ngày'), ('tomorrow', 'Còn không quá 1 ngày'), ('overdue', 'Quá hạn'), ('escalated', 'Quá hạn trên 15 ngày, báo cáo thủ trưởng'), ('awaiting', 'Chờ xác nhận')], max_length=10)),
            ],
            options={
                'verbose_name': 'dòng nhắc việc',
                'verbose_name_plural': 'dòng nhắc việc',
            },
        ),
        migrations.CreateModel(
            name='TaskEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('changed', 'thay đổi'), ('withdrawn', 'thu hồi'), ('replaced', 'thay bằng nhiệm vụ khác')], max_length=10, verbose_name='việc')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='lúc')),
                ('on', models.DateField(verbose_name='từ ngày')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='văn bản')),
                ('note', models.TextField(blank=True, verbose_name='lý do')),
                ('changes', models.JSONField(blank=True, default=list)),
            ],
            options={
                'verbose_name': 'lịch sử nhiệm vụ',
                'verbose_name_plural': 'lịch sử nhiệm vụ',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='assignment',
            name='assignment_note_only_when_done',
        ),
        migrations.RemoveConstraint(
            model_name='assignmentevent',
            name='assignment_event_says_what',
        ),
        migrations.RemoveConstraint(
            model_name='directive',
            name='directive_number_once',
        ),
        migrations.RemoveConstraint(
            model_name='directive',
            name='directive_has_a_day',
        ),
        migrations.RenameField(model_name='assignmentevent', old_name='done_on', new_name='on'),
        migrations.AlterField(
            model_name='assignmentevent',
            name='on',
            field=models.DateField(blank=True, null=True, verbose_name='ngày'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='extended_on',
            field=models.DateField(blank=True, null=True, verbose_name='gia hạn ngày'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='given_on',
            field=models.DateField(null=True, verbose_name='từ ngày'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='original_due_on',
            field=models.DateField(blank=True, null=True, verbose_name='thời hạn gốc'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='tiến độ (%)'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='progress_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='báo cáo lúc'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='progress_note',
            field=models.TextField(blank=True, verbose_name='tiến độ'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='reported_on',
            field=models.DateField(blank=True, null=True, verbose_name='ngày báo cáo hoàn thành'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='withdrawn_on',
            field=models.DateField(blank=True, null=True, verbose_name='thu hồi từ ngày'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='document',
            field=models.CharField(blank=True, max_length=200, verbose_name='văn bản'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='due_from',
            field=models.DateField(blank=True, null=True, verbose_name='thời hạn cũ'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='due_to',
            field=models.DateField(blank=True, null=True, verbose_name='thời hạn mới'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='tiến độ (%)'),
        ),
        migrations.AddField(
            model_name='task',
            name='assigned_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='end',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='is_included',
            field=models.BooleanField(default=True, verbose_name='giao'),
        ),
        migrations.AddField(
            model_name='task',
            name='is_priority',
            field=models.BooleanField(default=False, verbose_name='nhiệm vụ trọng tâm, cần minh chứng'),
        ),
        migrations.AddField(
            model_name='task',
            name='remark',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='task',
            name='replaced_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='directives.task'),
        ),
        migrations.AddField(
            model_name='task',
            name='start',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='support_text',
            field=models.CharField(blank=True, max_length=300, verbose_name='phối hợp, theo lời văn bản'),
        ),
        migrations.AddField(
            model_name='task',
            name='withdrawn_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='assignmentevent',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='người thực hiện'),
        ),
        migrations.AlterField(
            model_name='assignmentevent',
            name='kind',
            field=models.CharField(choices=[('issued', 'giao việc'), ('progress', 'báo cáo tiến độ'), ('reported', 'báo cáo hoàn thành'), ('completed', 'xác nhận hoàn thành'), ('returned', 'trả lại'), ('reopened', 'mở lại'), ('extended', 'gia hạn'), ('moved', 'đổi thời hạn'), ('withdrawn', 'thu hồi')], max_length=10, verbose_name='việc'),
        ),
        migrations.AlterField(
            model_name='assignmentevent',
            name='note',
            field=models.TextField(blank=True, verbose_name='kết quả, lý do'),
        ),
        migrations.AlterField(
            model_name='task',
            name='repeats',
            field=models.CharField(blank=True, choices=[('', 'Một lần'), ('weekly', 'Hằng tuần'), ('monthly', 'Hằng tháng'), ('quarterly', 'Hằng quý'), ('yearly', 'Hằng năm'), ('biennial', 'Hai năm một lần')], default='', max_length=10, verbose_name='định kỳ'),
        ),
        migrations.AddIndex(
            model_name='directive',
            index=models.Index(condition=models.Q(('number', ''), _negated=True), fields=['number'], name='directive_by_number'),
        ),
        migrations.AddField(
            model_name='assignmentfile',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='directives.assignmentevent', verbose_name='báo cáo'),
        ),
        migrations.AddField(
            model_name='calendaraddress',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calendar_addresses', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='digest',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='digests', to=settings.AUTH_USER_MODEL, verbose_name='người nhận'),
        ),
        migrations.AddField(
            model_name='digestline',
            name='assignment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='digest_lines', to='directives.assignment'),
        ),
        migrations.AddField(
            model_name='digestline',
            name='digest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='directives.digest'),
        ),
        migrations.AddField(
            model_name='taskevent',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='người thực hiện'),
        ),
        migrations.AddField(
            model_name='taskevent',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='directives.task', verbose_name='nhiệm vụ'),
        ),
        migrations.AddConstraint(
            model_name='calendaraddress',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('user',), name='calendar_address_one_in_use'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.UniqueConstraint(fields=('user', 'on'), name='digest_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.CheckConstraint(condition=models.Q(('mailed_at', None), ('mail_error', ''), _connector='OR'), name='digest_mailed_without_error'),
        ),
        migrations.AddConstraint(
            model_name='digestline',
            constraint=models.UniqueConstraint(fields=('digest', 'assignment'), name='digest_line_once'),
        ),
        migrations.AddConstraint(
            model_name='taskevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document', ''), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='task_event_says_why', violation_error_message='Ghi văn bản làm căn cứ hoặc lý do.'),
        ),
    ]
