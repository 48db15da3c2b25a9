"""A kind of event more: the answer that finished work changed no assessment."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directives', '0005_promises_of_following_up'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assignmentevent',
            name='kind',
            field=models.CharField(choices=[('issued', 'giao việc'), ('progress', 'báo cáo tiến độ'), ('reported', 'báo cáo hoàn thành'), ('completed', 'xác nhận hoàn thành'), ('returned', 'trả lại'), ('reopened', 'mở lại'), ('extended', 'gia hạn'), ('moved', 'đổi thời hạn'), ('withdrawn', 'thu hồi'), ('unchanged', 'trả lời: đánh giá không thay đổi')], max_length=10, verbose_name='việc'),
        ),
    ]
