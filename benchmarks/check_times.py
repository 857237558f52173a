"""Whether a known line can be told from work by the time its lease takes.

    uv run python -m benchmarks.check_times --tasks 10000 --people 300

Of a project with so many tasks two hundred are known. People come one after the other, in random order: half of them
new to the question, who get a known line, half of them proven, who get work. Each leases one line in this process.
Printed are the spans of both and how often the lease of a check took longer than one of work: at 0.5 nobody learns
anything. Waiting for the disk is left out (``synchronous=OFF``): it is the same for both.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script's own folder is on the path, the site's is not

from benchmarks.filling import DATABASE, PROJECT, Shelf
from benchmarks.next_task import use

KNOWN = 200
WARMING = 20  # leases that are not counted


def know_some(workflow) -> None:
    from django.utils import timezone

    from tasks.models import Gold, Task

    now = timezone.now()
    tasks = list(Task.objects.filter(workflow=workflow).order_by("?").values_list("pk", flat=True)[:KNOWN])
    Task.objects.filter(pk__in=tasks).update(state=2, settled_at=now)
    said = {"value": {"text": "Oulu"}, "vote": "=Oulu", "source": "archivist", "active": True, "created_at": now}
    about = {"project_id": workflow.project_id, "workflow": workflow}
    Gold.objects.bulk_create(Gold(task_id=task, draw=random.randrange(2**62), **about, **said) for task in tasks)


def somebody(workflow, *, proven: bool) -> int:
    from accounts.models import Volunteer
    from tasks.models import Pace, Skill

    volunteer = Volunteer.objects.anonymous().pk
    Pace.objects.create(volunteer_id=volunteer, workflow=workflow, checks_passed=100 if proven else 0)
    Skill.objects.create(volunteer_id=volunteer, workflow=workflow, checks_right=100 if proven else 0)
    return volunteer


def lease(volunteer: int) -> tuple[bool, float]:
    """Return whether it was a check, and how many milliseconds it took."""
    from tasks.models import Lease
    from tasks.playing.scheduling import lease_tasks

    begun = time.perf_counter()
    lease_tasks(volunteer, PROJECT, 1, newcomer=False)
    took = 1000 * (time.perf_counter() - begun)
    return bool(Lease.objects.get(volunteer=volunteer).purpose), took


def measure(folder: Path, tasks: int, people: int) -> dict[bool, list[float]]:
    use(Shelf(folder).copy(tasks) / DATABASE)
    from tasks.models import Workflow

    workflow = Workflow.objects.get(project__slug=PROJECT)
    know_some(workflow)
    crowd = [somebody(workflow, proven=bool(number % 2)) for number in range(people)]
    random.shuffle(crowd)
    times: dict[bool, list[float]] = {True: [], False: []}
    for check, took in [lease(volunteer) for volunteer in crowd][WARMING:]:
        times[check].append(took)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times = measure(Path(folder), options.tasks, options.people)
    for check, name in ((False, "work"), (True, "check")):
        spans = statistics.quantiles(times[check], n=20)
        middle = statistics.median(times[check])
        print(f"{name:6} {len(times[check]):5} leases, ms: p5 {spans[0]:.2f}  p50 {middle:.2f}  p95 {spans[-1]:.2f}")
    longer = statistics.fmean(check > work for check in times[True] for work in times[False])
    print(f"a check took longer than work in {longer:.2f} of pairs")


if __name__ == "__main__":
    main()
