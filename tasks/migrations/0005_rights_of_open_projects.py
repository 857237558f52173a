from django.db import migrations


def state_what_is_known(apps, schema_editor):
    """Open projects from before rights were asked for: the sample was drawn, of the others nobody said anything."""
    projects = apps.get_model("tasks", "Project").objects.filter(state="open")
    drawn = "Drawn by this program for the sample; no rights reserved."
    projects.filter(rights="", organisation__slug="sample-archive").update(rights=drawn)
    projects.filter(rights="").update(rights="Not stated")
    projects.filter(licence="").update(licence="NOASSERTION")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_and_guesses"),
        ("tasks", "0004_answers_of_a_volunteer"),
    ]

    operations = [migrations.RunPython(state_what_is_known, migrations.RunPython.noop)]
