import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Membership
from tasks.models import Project
from tests.factories import make_volunteer, make_workflow

from .sending import Sender


@pytest.fixture
def project() -> Project:
    return make_workflow().project


@pytest.fixture
def desk(client: Client, project: Project) -> Client:
    """The project's archivist, signed in."""
    archivist = make_volunteer(password="md5$a$b")
    Membership.objects.create(organisation=project.organisation, volunteer=archivist, role=Role.ARCHIVIST)
    client.force_login(archivist)
    return client


@pytest.fixture
def sender(client: Client, project: Project) -> Sender:
    return Sender(client, project)
