from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_and_guesses"),
        ("tasks", "0005_rights_of_open_projects"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    models.Q(("licence", ""), ("rights", ""), _connector="OR", _negated=True),
                    _connector="OR",
                ),
                name="project_open_states_rights",
            ),
        ),
    ]
