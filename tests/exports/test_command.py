import json

import pytest
from django.core.management import CommandError, call_command

from exports.models import Release
from tests.factories import make_project, make_task, settle_task

pytestmark = pytest.mark.django_db


def run(capsys, *args: str) -> list[str]:
    call_command("release", *args)
    return capsys.readouterr().out.splitlines()


def test_the_command_releases_and_reports(capsys):
    task = settle_task()
    slug = task.project.slug

    sentence, report = run(capsys, slug, "--json")

    made = Release.objects.get()
    assert sentence == f"Released version 1 of {slug}: 1 rows in {made.folder}"
    assert json.loads(report) == {
        "project": slug,
        "version": 1,
        "changed": True,
        "rows": 1,
        "digest": made.digest,
        "folder": str(made.folder),
    }


def test_the_command_says_when_nothing_changed(capsys):
    slug = settle_task().project.slug
    run(capsys, slug)

    assert run(capsys, slug) == [f"Nothing changed since version 1 of {slug}: no new version."]
    assert Release.objects.count() == 1


def code_and_words(*args: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        call_command("release", *args)
    return error.value.returncode, str(error.value)


def test_an_unknown_project_is_misuse():
    make_project(slug="letters")

    assert code_and_words("leters") == (2, "There is no project “leters”. Projects here: letters.")


def test_nothing_to_release_is_work_that_could_not_be_done():
    project = make_task().project

    code, words = code_and_words(project.slug)

    assert (code, words[:9]) == (1, "Nothing i")
