from datetime import timedelta

import pytest

from accounts.models import Volunteer
from exports.models import Release
from exports.releasing import NothingChanged, release
from tasks.models import Batch, Item, Page, Task
from tests.factories import (
    NOON,
    make_page,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
    settle_task,
)

from .conftest import LATER
from .reading import contents, lines, table

pytestmark = pytest.mark.django_db


def test_a_settled_task_is_one_row_with_all_its_facts():
    workflow = make_workflow()
    page = make_page(workflow.project, sha256="5" * 64)
    settle_task(workflow, "Turku", "Turku", page=page, position=1, suggestion="Tnrku")

    [row] = table(release(workflow.project, now=LATER))

    parameters = row.pop("parameters")
    assert row == {
        "id": f"0c9bf775b28d3d03911b-{workflow.slug}",
        "region": "0c9bf775b28d3d03911b",
        "batch": "batch",
        "item": page.item.identifier,
        "page": "0",
        "page_sha256": "5" * 64,
        "page_width": "1000",
        "page_height": "1400",
        "x": "10",
        "y": "40",
        "width": "800",
        "height": "36",
        "position": "1",
        "question": workflow.slug,
        "question_version": "1",
        "kind": "transcribe",
        "round": "0",
        "suggestion": "Tnrku",
        "value": "Turku",
        "mark": "",
        "status": "agreed",
        "agreement": "1.000000",
        "confidence": "0.987925",
        "answers": "2",
        "decided_by": "rule",
        "method": "identical-readings",
        "method_version": "1",
    }
    assert len(parameters) == 16
