"""How many pages that lie well are taken to lie on their side, and how many of those that do are noticed.

uv run python -m benchmarks.lying --pages 10 --seed 41 [FOLDER of upright scans]
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from ingestion.errors import Refused
from ingestion.exchange import Limits
from ingestion.lying import lies_sideways, turned
from ingestion.rendering import open_picture
from ingestion.specimens import SETS, draw

ENDINGS = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}


def drawn(pages: int, seed: int) -> Iterator[tuple[str, Image.Image]]:
    for about in SETS:
        for specimen in draw(seed, pages, slug=about.slug):
            yield about.style, Image.open(io.BytesIO(specimen.image))


def scanned(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS:
            try:
                yield "scan", open_picture(path, Limits())[0]
            except Refused as refused:
                print(f"left out: {path} ({refused})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("folder", nargs="?", type=Path)
    given = parser.parse_args()
    scores: dict[str, list[int]] = {}
    for kind, page in [*drawn(given.pages, given.seed), *(scanned(given.folder) if given.folder else [])]:
        score = scores.setdefault(kind, [0, 0, 0])
        found = sum(lies_sideways(turned(page, degrees)) for degrees in (90, 270))
        scores[kind] = [score[0] + 1, score[1] + lies_sideways(page), score[2] + found]
    for kind, (pages, alarms, found) in scores.items():
        print(f"{kind:10} {pages:5} pages  {alarms:3} false alarms  {found:5} of {2 * pages} turned ones noticed")


if __name__ == "__main__":
    main()
