"""All that is done to the texts of a project, in order: learn who types well, read every task, say how sure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..normalisation import EXACT, Normalisation
from .calibrating import Calibration, calibrate
from .crowd import Real
from .readings import Readings
from .slips import Slips
from .transcribing import Bonus, Transcript, bonus_for, learn_accuracy, learn_slips, transcribe, weight_of_accuracy


@dataclass(frozen=True)
class Fit:
    """What is known about a project's volunteers and confidences; ``accuracy``, shape (volunteers,), is the share of
    words that somebody types right."""

    readings: Readings
    accuracy: Real
    calibration: Calibration
    rules: Normalisation
    bonus: Bonus
    slips: Slips

    def transcripts(self) -> Iterator[tuple[Transcript, float]]:
        """Read every answered task, in order, with its confidence; one at a time, as they may be many."""
        for transcript in transcribe(self.readings, self.accuracy, self.rules, self.bonus, self.slips):
            yield transcript, self.calibration.confidence(transcript)

    def weight(self, volunteer: int) -> float:
        return weight_of_accuracy(float(self.accuracy[volunteer]))


def fit_texts(readings: Readings, known: Mapping[int, str] | None = None, rules: Normalisation = EXACT) -> Fit:
    """Learn accuracies and calibration from all answers; ``known`` holds the truth of some tasks, by their number.

    The order of answers does not matter. A machine's reading is the answer of a volunteer like any other, whose
    accuracy is learned.
    """
    known = known or {}
    bonus = bonus_for(readings.count_words())
    accuracy = learn_accuracy(readings, known, bonus)
    slips = learn_slips(readings, accuracy, bonus)
    found = [one for one in transcribe(readings.only(known), accuracy, rules, bonus, slips) if not one.mark]
    calibration = calibrate(found, [known[one.task] for one in found], rules)
    return Fit(readings, accuracy, calibration, rules, bonus, slips)
