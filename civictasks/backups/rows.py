"""Rows as lines of JSON and back: the same text from either database."""

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

ROWS_AT_ONCE = 2000
FORGETFUL = {"tasks.groupsalt"}  # what has to be gone in two days must not come back with a backup
FORGOTTEN = {"tasks.answer": {"grp"}}
APPS = ("accounts", "tasks", "gamification", "ingestion", "exports", "sessions")


def kept_models() -> list[type[models.Model]]:
    """Return every model whose rows a backup keeps, in one order for all sites."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    kept = [model for model in found if model._meta.label_lower not in FORGETFUL]
    return sorted(kept, key=lambda model: model._meta.label_lower)


def kept_fields(model: type[models.Model]) -> list[Any]:
    """Return the fields with a column that is not computed by the database."""
    forgotten = FORGOTTEN.get(model._meta.label_lower, ())
    return [field for field in model._meta.concrete_fields if not field.generated and field.name not in forgotten]


def rows_of(model: type[models.Model]) -> Iterator[bytes]:
    """Yield all rows, some thousand to a piece of compressed JSON lines; the first line of each names the columns."""
    names = [field.attname for field in kept_fields(model)]
    rows = models.QuerySet(model).order_by("pk").values_list(*names).iterator(chunk_size=ROWS_AT_ONCE)
    for some in batched(rows, ROWS_AT_ONCE):
        lines = [json.dumps(line, default=spelled, ensure_ascii=False) for line in (names, *some)]
        yield gzip.compress("\n".join(lines).encode(), 6, mtime=0)


def spelled(value: Any) -> str:
    """Return what JSON has no word for as text."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a backup")


def insert(model: type[models.Model], piece: bytes) -> int:
    """Insert the rows of a piece and return how many they were."""
    lines = gzip.decompress(piece).decode().split("\n")  # not splitlines: a text may hold other ends of lines
    fields = {field.attname: field for field in kept_fields(model)}
    names = json.loads(lines[0])
    objects = [
        model(**{name: read(fields[name], value) for name, value in zip(names, json.loads(line), strict=True)})
        for line in lines[1:]
    ]
    rows: models.QuerySet = models.QuerySet(model)
    rows.bulk_create(objects, batch_size=ROWS_AT_ONCE)
    return len(objects)


def read(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    return field.to_python(value)
