"""The rooms: which app may know which, and which way imports run inside an app (docs/architecture.md)."""

import ast
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KNOWS = {
    "accounts": set(),
    "tasks": {"accounts"},
    "gamification": {"accounts", "tasks"},
    "ingestion": {"accounts", "tasks"},
    "exports": {"accounts", "tasks"},
    "civictasks": {"accounts", "tasks", "gamification", "ingestion", "exports"},
}
BASES = {"enums", "errors", "signals", "consensus", "identity", "naming"}  # models may build upon these
EDGES = {"admin", "api", "apps", "chores", "consumers", "jobs", "management", "receivers", "routing", "schemas"}
EDGES |= {"desk", "desk_urls", "templatetags", "upkeep", "urls", "views"}
PURE = {*sys.stdlib_module_names, "numpy", "rapidfuzz"}
ROOMS = {  # of tasks, from the ground up: which others each may know
    "machinery": "",
    "consensus": "",
    "kinds": "consensus",
    "showing": "machinery consensus kinds",
    "leasing": "machinery",
    "settling": "consensus kinds leasing",
    "trust": "consensus settling",
    "gold": "consensus kinds showing leasing settling",
    "refitting": "machinery consensus kinds showing settling trust",
    "playing": "machinery consensus kinds showing leasing settling trust gold",
    "curating": "consensus kinds showing leasing trust",
    "aggregating": "machinery consensus",
    "predicting": "consensus kinds settling curating aggregating",
    "review": "consensus kinds showing settling refitting",
    "desk": "machinery consensus showing settling gold curating predicting review",
}
FLOOR = {"__init__", "enums", "errors", "holdings", "identity", "models", "signals"}  # all rooms stand on it


def modules_of(app: str) -> dict[str, Path]:
    paths = [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


def imports_of(module: str, source: str) -> Iterator[str]:
    """Yield the dotted name of all that a module imports, wherever in it: ``tasks.models.Task``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            package = resolve_name(name, module.rpartition(".")[0]) if node.level else name
            yield from (f"{package}.{alias.name}" for alias in node.names)


def layer(name: str) -> int:
    """0 enums, errors, signals; 1 models; 2 verbs; 3 edges."""
    room = name.split(".")[1]
    return 0 if room in BASES else 1 if room == "models" else 3 if room in EDGES else 2


def imports(app: str) -> Iterator[tuple[str, str]]:
    for module, path in modules_of(app).items():
        for name in imports_of(module, path.read_text()):
            yield module, name


@pytest.mark.parametrize("app", KNOWS)
def test_an_app_imports_only_the_apps_that_it_may_know(app: str):
    strangers = KNOWS.keys() - KNOWS[app] - {app}

    assert [(module, name) for module, name in imports(app) if name.split(".")[0] in strangers] == []


@pytest.mark.parametrize("app", [app for app in KNOWS if app != "civictasks"])
def test_imports_run_from_the_edges_over_verbs_and_models_to_enums(app: str):
    ours = [(module, name) for module, name in imports(app) if name.split(".")[0] in KNOWS]

    assert [(module, name) for module, name in ours if layer(name) > layer(module)] == []


def test_the_consensus_imports_neither_django_nor_anything_of_ours():
    pure = [(module, name) for module, name in imports("tasks") if module.startswith("tasks.consensus")]

    assert [
        (module, name)
        for module, name in pure
        if name.split(".")[0] not in PURE and not name.startswith("tasks.consensus.")
    ] == []


def test_the_rooms_of_tasks_know_only_those_that_are_named_for_them():
    within = [(module, name) for module, name in imports("tasks") if name.startswith("tasks.")]
    ways = [(module, name, module.split(".")[1], name.split(".")[1]) for module, name in within]

    assert [
        (module, name)
        for module, name, here, there in ways
        if here in ROOMS and there in ROOMS and there not in {here, *ROOMS[here].split()}
    ] == []


def test_no_way_leads_round_between_the_rooms_of_tasks():
    order = list(ROOMS)
    ways = [(room, other) for room in ROOMS for other in ROOMS[room].split()]

    assert [(room, other) for room, other in ways if order.index(other) >= order.index(room)] == []


def test_each_module_of_tasks_lies_in_a_room_or_where_it_is_known_to_lie():
    assert {module.split(".")[1] for module in modules_of("tasks")} - ROOMS.keys() - FLOOR - EDGES == set()
