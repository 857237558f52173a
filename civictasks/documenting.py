"""The API's own documentation: its OpenAPI description, turned into what a page shows."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .api import api

Schema = Mapping[str, Any]
METHODS = ("get", "head", "post", "put", "patch", "delete")
CODE = re.compile(r"`([^`]+)`")
FORMATS = {"date-time": "date and time (ISO 8601)", "uuid": "UUID", "binary": "file"}
EXAMPLES = {"board": "all", "version": "latest", "name": "data.csv", "number": "1"}  # by parameter


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a type's description; with ``shape``, a link to the object of that name."""

    text: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: tuple[Part, ...]
    note: SafeString
    required: bool
    default: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A body, sent or received. ``status`` is 0 for a request; without fields it is no JSON object."""

    status: int
    meaning: str
    media: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    methods: str
    path: str
    summary: str
    description: SafeString
    parameters: tuple[Field, ...]
    body: Content | None
    replies: tuple[Content, ...]
    problems: tuple[Content, ...]
    signed_in: bool
    example: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    note: SafeString
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Documentation:
    sections: tuple[Section, ...]
    shapes: tuple[Shape, ...]


@cache
def documentation() -> Documentation:
    schema = api.get_openapi_schema()
    shapes = schema["components"]["schemas"]
    by_tag: dict[str, list[Operation]] = {}
    for path, item in schema["paths"].items():
        for tag, operation in operations_at(path, item, shapes):
            by_tag.setdefault(tag, []).append(operation)
    sections = tuple(Section(tag[:1].upper() + tag[1:], tuple(found)) for tag, found in by_tag.items())
    return Documentation(sections, tuple(shapes_used(sections, shapes)))


def operations_at(path: str, item: Schema, shapes: Schema) -> Iterator[tuple[str, Operation]]:
    """Yield the operations of one path with their tags; HEAD is shown with its GET."""
    for method in METHODS:
        if method in item and not (method == "head" and "get" in item):
            methods = "GET, HEAD" if method == "get" and "head" in item else method.upper()
            yield item[method]["tags"][0], operation_of(path, methods, item[method], shapes)


def operation_of(path: str, methods: str, described: Schema, shapes: Schema) -> Operation:
    replies = [content_of(status, reply, shapes) for status, reply in described["responses"].items()]
    return Operation(
        id=described["operationId"],
        methods=methods,
        path=path,
        summary=described["summary"],
        description=prose(described.get("description", "")),
        parameters=tuple(parameter_of(parameter, shapes) for parameter in described["parameters"]),
        body=content_of(0, described["requestBody"], shapes) if "requestBody" in described else None,
        replies=tuple(reply for reply in replies if reply.status < 400),
        problems=tuple(reply for reply in replies if reply.status >= 400),
        signed_in="security" in described,
        example=example_of(path) if methods.startswith("GET") else "",
    )


def example_of(path: str) -> str:
    """Return the path with shell variables that the page's first example sets, and what exists everywhere."""
    slug = "$dataset" if "/datasets/" in path else "$project"
    return re.sub(r"{(\w+)}", lambda match: EXAMPLES.get(match[1], slug), path)


def parameter_of(parameter: Schema, shapes: Schema) -> Field:
    return field_of(parameter["name"], parameter["schema"], shapes, parameter["required"], parameter)


def content_of(status: int, described: Schema, shapes: Schema) -> Content:
    meaning = described.get("description", "")
    for media, content in described.get("content", {}).items():
        return Content(status, meaning, media, tuple(fields_of(resolve(content["schema"], shapes), shapes)))
    return Content(status, meaning)


def fields_of(shape: Schema, shapes: Schema) -> Iterator[Field]:
    required = shape.get("required", ())
    for name, schema in shape.get("properties", {}).items():
        yield field_of(name, schema, shapes, name in required)


def field_of(name: str, schema: Schema, shapes: Schema, required: bool, described: Schema | None = None) -> Field:
    described = described or schema
    default = schema.get("default")
    return Field(
        name=name,
        type=tuple(parts_of(schema, shapes)),
        note=prose(described.get("description", "")),
        required=required,
        default="" if default in (None, "") else str(default),
        place=described.get("in", ""),
    )


def resolve(schema: Schema, shapes: Schema) -> Schema:
    return shapes[name_of(schema)] if "$ref" in schema else schema


def name_of(reference: Schema) -> str:
    return reference["$ref"].rpartition("/")[2]


def parts_of(schema: Schema, shapes: Schema) -> Iterator[Part]:
    """Describe a type in words, with links to the objects that it is made of."""
    choices = schema.get("anyOf") or schema.get("allOf")
    if "$ref" in schema and "enum" not in resolve(schema, shapes):
        yield Part(name_of(schema), name_of(schema))
    elif choices:
        for number, choice in enumerate(choices):
            yield from [Part(" or ")] * bool(number)
            yield from parts_of(choice, shapes)
    elif schema.get("type") == "array":
        yield Part("list of ")
        yield from parts_of(schema["items"], shapes)
    else:
        yield Part(plain_type(resolve(schema, shapes), shapes))


def plain_type(schema: Schema, shapes: Schema) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if isinstance(values := schema.get("additionalProperties"), dict):
        return "object of " + "".join(part.text for part in parts_of(values, shapes))
    name = FORMATS.get(schema.get("format", "")) or schema.get("type", "any JSON")
    return f"{name}{limits_of(schema)}"


def limits_of(schema: Schema) -> str:
    if "maximum" in schema:
        return f", {schema['minimum']:,} to {schema['maximum']:,}"
    return f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""


def shapes_used(sections: Iterable[Section], shapes: Schema) -> Iterator[Shape]:
    """Yield each object that a link leads to, in the order of first mention."""
    waiting = [name for section in sections for operation in section.operations for name in mentioned(operation)]
    waiting += ["Problem", "MisfitProblem"]
    seen: set[str] = set()
    while waiting:
        if (name := waiting.pop(0)) not in seen:
            seen.add(name)
            fields = tuple(fields_of(shapes[name], shapes))
            yield Shape(name, prose(shapes[name].get("description", "")), fields)
            waiting = [*links(fields), *waiting]


def mentioned(operation: Operation) -> list[str]:
    contents = [*operation.replies, *([operation.body] if operation.body else [])]
    return [name for content in contents for name in links(content.fields)]


def links(fields: Iterable[Field]) -> list[str]:
    return [part.shape for field in fields for part in field.type if part.shape]


def prose(text: str) -> SafeString:
    """Escape the text and set what stands between backticks as code."""
    return mark_safe(CODE.sub(r"<code>\1</code>", str(escape(text))))  # escaped just before
