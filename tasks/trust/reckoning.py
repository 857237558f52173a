"""Trust follows from the record: reckoned anew whenever others have settled more of somebody's answers."""

from collections.abc import Collection

from ..consensus.trust import trust_of
from ..models import Skill


def trust_anew(volunteers: Collection[int], workflow: int) -> None:
    for skill in Skill.objects.filter(volunteer__in=volunteers, workflow=workflow):
        trust = trust_of(skill.checks_right, skill.checks_wrong, max(skill.right, 0), max(skill.wrong, 0))
        if trust != skill.trust:
            Skill.objects.filter(pk=skill.pk).update(trust=trust)
