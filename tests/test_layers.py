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
