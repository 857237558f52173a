"""A release describes itself: these checks read its files and nothing else."""

import hashlib
import re
from typing import Any

import pytest

from exports.columns import CHANGES
from exports.files import FILES
from exports.models import Release
from exports.releasing import release
from tests.factories import make_workflow, settle_task

from .conftest import LATER
from .reading import contents, datapackage, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Release:
    """A release with a row of each status and mark."""
    policy = {"minimum": 2, "maximum": 2, "confidence": 0.9}
    lines = make_workflow(policy=policy)
    checks = make_workflow(lines.project, kind="verify", policy=policy, prompt="Is this what you see?")
    for values in (["Turku"] * 2, [{"blank": True}] * 2, [{"unreadable": True}] * 2, ["Turku", "Abo"]):
        settle_task(lines, *values)
    settle_task(checks, {"matches": True}, {"matches": True}, suggestion="Turku")
    return release(lines.project, now=LATER)


def resource(made: Release, name: str) -> dict[str, Any]:
    return next(part for part in datapackage(made)["resources"] if part["path"] == name)


def test_the_checksums_are_those_of_the_files(made):
    files = contents(made.folder)
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())

    assert sorted(files) == sorted(FILES.keys() - {"changes.csv"})
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "SHA256SUMS"}
    assert made.digest == hashlib.sha256(files["SHA256SUMS"]).hexdigest()
    assert {file["name"]: (file["bytes"], file["sha256"]) for file in made.snapshot["files"]} == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()
    }


def test_the_package_names_itself_its_version_and_its_licence(made):
    package = datapackage(made)

    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert (package["name"], package["title"], package["version"]) == (made.project.slug, made.project.title, "1")
    assert package["licenses"] == [
        {
            "name": "CC0-1.0",
            "title": "CC0 1.0 (public domain)",
            "path": "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    ]
    assert package["contributors"] == [{"title": made.project.organisation.name, "roles": ["publisher"]}]


def test_each_resource_is_a_file_with_its_size_and_hash(made):
    parts = datapackage(made)["resources"]
    files = contents(made.folder)

    assert [part["path"] for part in parts] == [
        "data.csv",
        "answers.csv",
        "data-spreadsheet.csv",
        "data.jsonl",
        "recompute.py",
    ]
    assert len({part["name"] for part in parts}) == len(parts)
    for part in parts:
        data = files[part["path"]]
        assert (part["bytes"], part["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
        assert re.fullmatch("[a-z0-9._-]+", part["name"])


READ = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
}


def keeps(cell: str, field: dict[str, Any]) -> bool:
    """Whether a cell fits its field by Frictionless Table Schema; raises ``ValueError`` for a wrong type."""
    rules = field.get("constraints", {})
    if cell == "":
        return not rules.get("required")
    value = READ[field["type"]](cell)
    return (
        rules.get("minimum", value) <= value <= rules.get("maximum", value)
        and value in rules.get("enum", [value])
        and bool(re.fullmatch(rules.get("pattern", ".*"), cell, re.DOTALL))
    )


@pytest.mark.parametrize("name", ["data.csv", "answers.csv"])
def test_every_cell_fits_the_schema_of_its_column(made, name):
    schema, rows = resource(made, name)["schema"], table(made, name)
    fields = {field["name"]: field for field in schema["fields"]}

    assert all(list(row) == list(fields) for row in rows)
    assert all(field["description"].endswith(".") for field in fields.values())
    assert [(column, cell) for row in rows for column, cell in row.items() if not keeps(cell, fields[column])] == []
    keys = [tuple(row[part] for part in schema["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(rows) > 4


def test_answers_belong_to_rows(made):
    [key] = resource(made, "answers.csv")["schema"]["foreignKeys"]

    assert key == {"fields": ["id"], "reference": {"resource": "data", "fields": ["id"]}}
    assert {row["id"] for row in table(made, "answers.csv")} == {row["id"] for row in table(made)}


def test_every_question_and_method_of_a_row_is_explained(made):
    package, rows = datapackage(made), table(made)

    asked = {(part["question"], str(part["version"]), part["kind"]) for part in package["civictasks:questions"]}
    assert asked == {(row["question"], row["question_version"], row["kind"]) for row in rows}
    used = {(part["method"], part["method_version"], part["key"]) for part in package["civictasks:methods"]}
    assert used == {(row["method"], row["method_version"], row["parameters"]) for row in rows}


def test_the_readme_explains_every_column_and_file(made):
    text = (made.folder / "README").read_text("utf-8")

    columns = [column.name for column in CHANGES] + [
        field["name"] for name in ("data.csv", "answers.csv") for field in resource(made, name)["schema"]["fields"]
    ]
    assert [name for name in columns if f"\n- {name} (" not in text] == []
    assert [name for name in FILES if name != "README" and f"\n- {name}: " not in text] == []
    assert (
        "Rows: 5 settled tasks on 5 pages, from 10 answers\n- Simulated answers among these, given by no person: 0\n"
        in text
    )
