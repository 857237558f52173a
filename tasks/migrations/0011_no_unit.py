from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0010_answers_taken_back"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="project",
            name="unit",
        ),
    ]
