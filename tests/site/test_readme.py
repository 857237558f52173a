"""What the README and its neighbours tell a newcomer is there, word for word."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
START = "pip install uv && uv run manage.py demo"
TEST = "pip install uv && uv run pytest"


def links_of(page):
    found = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    return [link for link in found if "://" not in link]


def test_the_two_commands_of_the_readme_stand_in_it_and_the_second_is_the_one_that_is_checked():
    lines = [line.strip() for line in (ROOT / "README.md").read_text().splitlines()]
    checked = [line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]

    assert (START in lines, TEST in lines, TEST in checked) == (True, True, True)


def test_every_command_that_the_readme_names_exists():
    text = (ROOT / "README.md").read_text()
    commands = set(re.findall(r"manage\.py (\w+)", text))
    scripts = re.findall(r"uv run (benchmarks/\w+\.py)", text)
    modules = [name.replace(".", "/") + ".py" for name in re.findall(r"python -m ([\w.]+)", text)]

    assert {"demo", "ingest", "release"} <= commands <= set(get_commands())
    assert scripts
    assert [name for name in [*scripts, *modules] if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_a_page_says_to_run_is_there(page):
    modules = re.findall(r"python -m ((?:benchmarks|docs)[\w.]+)", page.read_text())

    assert [name for name in modules if not (ROOT / (name.replace(".", "/") + ".py")).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_leads_to_a_file(page):
    assert [link for link in links_of(page) if not (page.parent / link).exists()] == []


def test_the_readme_shows_pictures():
    assert len([link for link in links_of(ROOT / "README.md") if link.endswith(".webp")]) >= 2


def test_the_screenshots_are_small():
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs" / "screenshots").glob("*.webp")}

    assert [name for name, size in sizes.items() if size > 150_000] == []
    assert sum(sizes.values()) < 5_000_000
