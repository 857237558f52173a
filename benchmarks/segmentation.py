"""How well a page without ALTO is cut into lines, measured on drawn pages whose lines are known.

    uv run python -m benchmarks.segmentation --pages 4 --seed 11

A line that was found is right when it shares at least 70 % of its width with a line that was drawn and each reaches
over the other's middle; each drawn line counts once. The printed heads of a form are neither asked for nor wrong.
"""

import argparse
import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from ingestion.layout import Line as Found
from ingestion.segmentation import cut_into_lines
from ingestion.specimens import SETS, Specimen, Style, draw
from ingestion.specimens.placing import Box

SHARED_WIDTH = 0.7
SLACK = 12  # pixels that a margin may add on each side


@dataclass
class Score:
    drawn: int = 0
    found: int = 0
    right: int = 0

    def add(self, specimen: Specimen) -> None:
        lines = cut_into_lines(Image.open(io.BytesIO(specimen.image)))
        found = [box for box in boxes_of(lines) if not printed(box, specimen)]
        drawn = [line.region for line in specimen.truth]
        self.drawn, self.found = self.drawn + len(drawn), self.found + len(found)
        for region in drawn:
            match = next((box for box in found if same_line(box, region)), None)
            if match:
                found.remove(match)
                self.right += 1

    def __str__(self) -> str:
        recall, precision = self.right / max(1, self.drawn), self.right / max(1, self.found)
        return f"{self.drawn:6} drawn  {self.found:6} found  recall {recall:6.1%}  precision {precision:6.1%}"


def boxes_of(lines: Iterable[Found]) -> list[Box]:
    return [Box(line.x, line.y, line.width, line.height) for line in lines]


def printed(box: Box, specimen: Specimen) -> bool:
    """Whether the box lies on the form's own print."""
    middle = box.y + box.h / 2
    return any(
        head.y - SLACK <= middle <= head.y + head.h + SLACK and min(box.x + box.w, head.x + head.w) > max(box.x, head.x)
        for head in specimen.printed
    )


def same_line(found: Box, drawn: Box) -> bool:
    shared = min(found.x + found.w, drawn.x + drawn.w) - max(found.x, drawn.x)
    both = max(found.x + found.w, drawn.x + drawn.w) - min(found.x, drawn.x)
    level = drawn.y < found.y + found.h / 2 < drawn.y + drawn.h and found.y < drawn.y + drawn.h / 2 < found.y + found.h
    return level and shared >= SHARED_WIDTH * (both - 2 * SLACK)


def measure(pages: int, seed: int) -> dict[str, Score]:
    """Return the score of each kind of page."""
    scores: dict[str, Score] = {}
    for about in SETS:
        for columns in (2, 3, 4) if about.style == Style.NEWSPAPER else (None,):
            kind = f"{about.slug}, {columns} columns" if columns else about.slug
            scores[kind] = Score()
            for specimen in draw(seed, pages, slug=about.slug, columns=columns):
                scores[kind].add(specimen)
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=4, help="of each kind")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    for kind, score in measure(options.pages, options.seed).items():
        print(f"{kind:28}{score}")


if __name__ == "__main__":
    main()
