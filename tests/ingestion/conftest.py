import pytest
from django.test import Client

from tasks.models import Project
from tests.factories import make_workflow

from .sending import Sender


@pytest.fixture
def project() -> Project:
    return make_workflow().project


@pytest.fixture
def sender(client: Client, project: Project) -> Sender:
    return Sender(client, project)
