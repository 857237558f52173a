"""Sessions move to the table that names their volunteer: nobody loses one."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations

COLUMNS = ("session_key", "session_data", "expire_date")


def move(apps, schema_editor):
    old, new = apps.get_model("sessions", "Session"), apps.get_model("accounts", "Session")
    there = set(apps.get_model("accounts", "Volunteer").objects.values_list("pk", flat=True))
    for session in old.objects.iterator():
        volunteer = int(SessionStore().decode(session.session_data).get(SESSION_KEY, 0))
        if volunteer in there:
            new.objects.create(**{name: getattr(session, name) for name in COLUMNS}, volunteer_id=volunteer)
    old.objects.all().delete()


def move_back(apps, schema_editor):
    old, new = apps.get_model("sessions", "Session"), apps.get_model("accounts", "Session")
    old.objects.bulk_create(old(**row) for row in new.objects.values(*COLUMNS).iterator())
    new.objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_sessions_of_volunteers'),
        ('sessions', '0001_initial'),
    ]

    operations = [migrations.RunPython(move, move_back)]
