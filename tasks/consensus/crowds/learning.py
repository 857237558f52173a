"""What is learned of volunteers while answers come in: from what was settled, and by refits."""

from array import array
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ..policy import Outcome
from ..reliability import estimate_reliability
from ..replaying import Cast, Played
from .blending import blend, right_answers
from .crowd import Crowd, gather

AT_ONCE = 20  # settled tasks: the loop learns from a task a minute later, while others are answered
FIRST_FIT, GROWTH = 200, 1.25  # answers before the first refit, and by how much they grow until the next
PRIOR_ANSWERS = 4.0  # a newcomer counts as one of the crowd who gave so many
LEAST, MOST = 0.01, 0.99


class BySettling:
    """Everybody begins as a usual newcomer; agreed tasks count their answers as right or wrong. Suits texts: two people
    who type the same line by chance are rare."""

    def __init__(self) -> None:
        self.right: defaultdict[int, int] = defaultdict(int)
        self.wrong: defaultdict[int, int] = defaultdict(int)
        self.lessons: list[tuple[Sequence[Cast], str]] = []

    def reliability(self, volunteer: int) -> float:
        return estimate_reliability(self.right[volunteer], self.wrong[volunteer])

    def see(self, casts: Sequence[Cast], played: Played) -> None:
        if played.outcome is Outcome.AGREED:
            self.lessons.append((casts, played.vote))
        if len(self.lessons) >= AT_ONCE:
            for others, vote in self.lessons:
                self.learn(others, vote)
            self.lessons.clear()

    def learn(self, casts: Sequence[Cast], vote: str) -> None:
        for cast in casts:
            (self.right if cast.vote == vote else self.wrong)[cast.volunteer] += 1


class ByRefitting:
    """All answers so far are fitted together each time they have grown by a quarter, and the crowd's mean is what a
    newcomer begins with. Suits choices, where two who press the same button by chance are not: what was agreed, taken
    for right, would confirm whoever agreed."""

    def __init__(self, volunteers: int, labels: Sequence[str]) -> None:
        self.volunteers, self.label = volunteers, {vote: number for number, vote in enumerate(labels)}
        self.columns = array("i"), array("i"), array("i")
        self.known = np.full(volunteers, estimate_reliability())
        self.tasks, self.next_fit = 0, FIRST_FIT

    def reliability(self, volunteer: int) -> float:
        return float(self.known[volunteer])

    def see(self, casts: Sequence[Cast], played: Played) -> None:
        task, volunteer, label = self.columns
        for cast in casts:
            task.append(self.tasks)
            volunteer.append(cast.volunteer)
            label.append(self.label[cast.vote])
        self.tasks += 1
        if len(task) >= self.next_fit:
            self.next_fit = int(len(task) * GROWTH)
            self.refit()

    def refit(self) -> None:
        crowd = self.crowd()
        right, answers = right_answers(blend(crowd)), crowd.answers_of_volunteer
        mean = right.sum() / answers.sum()
        self.known = np.clip((right + PRIOR_ANSWERS * mean) / (answers + PRIOR_ANSWERS), LEAST, MOST)

    def crowd(self) -> Crowd:
        columns = [np.frombuffer(column, np.int32) for column in self.columns]
        return gather(*columns, tasks=self.tasks, volunteers=self.volunteers, labels=len(self.label))
