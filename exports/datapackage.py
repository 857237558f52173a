"""Describe a release by the Data Package standard, version 2 (https://datapackage.org/standard/)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import F

from tasks.models import Decision, Project, WorkflowVersion

from .columns import ANSWERS, CHANGES, DATA, Column
from .files import FILES
from .leaving_out import REASONS
from .licences import licence_of
from .tallying import Tally
from .values import compact

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
KEYS: dict[str, dict[str, Any]] = {
    "data.csv": {"primaryKey": ["id"]},
    "answers.csv": {
        "primaryKey": ["id", "volunteer"],
        "foreignKeys": [{"fields": ["id"], "reference": {"resource": "data", "fields": ["id"]}}],
    },
    "changes.csv": {"primaryKey": ["id"]},
}
TABLES: dict[str, Sequence[Column[Any]]] = {"data.csv": DATA, "answers.csv": ANSWERS, "changes.csv": CHANGES}


def describe(project: Project, tally: Tally, tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of datapackage.json but for the version: the same for the same state."""
    licence = licence_of(project.licence)
    return {
        "$schema": PROFILE,
        "name": project.slug,
        "title": project.title,
        "description": project.summary,
        "licenses": [licence._asdict()],
        "contributors": [{"title": project.organisation.name, "roles": ["publisher"]}],
        "resources": [resource(table) for table in tables],
        "civictasks:language": project.language,
        "civictasks:rights": project.rights,
        "civictasks:summary": tally.summary(),
        "civictasks:questions": questions_asked(project, tally),
        "civictasks:methods": methods_used(tally),
    }


def resource(table: Mapping[str, Any]) -> dict[str, Any]:
    name = table["name"]
    facts = {
        "name": FILES[name].resource,
        "path": name,
        "title": table["title"],
        "format": name.rpartition(".")[2],
        "mediatype": table["media_type"],
        "encoding": "utf-8",
        "bytes": table["bytes"],
        "hash": f"sha256:{table['sha256']}",
    }
    if name not in TABLES:
        return facts
    return facts | {"type": "table", "dialect": DIALECT, "schema": schema(TABLES[name]) | KEYS[name]}


def schema(columns: Iterable[Column[Any]]) -> dict[str, Any]:
    return {"fields": [described_field(column) for column in columns], "missingValues": [""]}


def described_field(column: Column[Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.description}
    if column.type == "boolean":
        facts |= {"trueValues": ["true"], "falseValues": ["false"]}
    return facts | ({"constraints": column.constraints} if column.constraints else {})


def questions_asked(project: Project, tally: Tally) -> list[dict[str, Any]]:
    """Return each question that a row answers, in the wording of its version."""
    asked = {(question.slug, question.version) for question in tally.questions}
    versions = WorkflowVersion.objects.filter(workflow__project=project).select_related("workflow")
    return [
        {
            "question": version.workflow.slug,
            "version": version.number,
            "kind": version.kind,
            "prompt": version.prompt,
            "hint": version.hint,
            "schema": in_order(version.schema),
            "policy": in_order(version.policy),
        }
        for version in sorted(versions, key=lambda version: (version.workflow.slug, version.number))
        if (version.workflow.slug, version.number) in asked
    ]


def methods_used(tally: Tally) -> list[dict[str, Any]]:
    """Return each method with its parameters, which lie with every decision and are the same for the same key."""
    decided = Decision.objects.filter(task__in=tally.methods.values(), id=F("task__decision"))
    parameters = dict(decided.values_list("task", "parameters"))
    return [
        {"method": method, "method_version": version, "key": key, "parameters": in_order(parameters[task])}
        for (method, version, key), task in sorted(tally.methods.items())
    ]


def in_order(facts: Any) -> Any:
    """Return JSON with its keys in order: each database keeps them in one of its own."""
    return json.loads(compact(facts))


def with_version(
    description: Mapping[str, Any],
    number: int,
    more: Iterable[Mapping[str, Any]],
    notes: str,
    left_out: Mapping[str, int],
) -> dict[str, Any]:
    """Add what makes a version of a state: its number, its notes, ``more`` files, how many answers were ``left_out``,
    which does not make it another state, and where it is at home."""
    added: dict[str, Any] = {"version": str(number)}
    added["resources"] = [*description["resources"], *map(resource, more)]
    added["civictasks:left_out"] = [
        {"reason": reason, "answers": answers, "description": REASONS[reason]} for reason, answers in left_out.items()
    ]
    if settings.SITE_URL:
        added["homepage"] = f"{settings.SITE_URL}/data/{description['name']}/"
    if notes:
        added["civictasks:notes"] = notes
    return {**description, **added}


def content_digest(description: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a description; it holds the checksums of the tables, so it stands for all facts."""
    return hashlib.sha256(compact(description).encode()).hexdigest()
