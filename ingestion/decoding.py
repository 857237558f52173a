"""The child process that opens strangers' files: ``python -m ingestion.decoding LIMITS`` reads wishes, writes readings.

It knows neither Django nor the database, holds no secrets, and may be killed at any moment: its worker then refuses
the file and starts another child.
"""

import json
import os
import resource
import sys
from pathlib import Path

from PIL import Image

from .errors import Refused
from .exchange import Limits, Reading, Survey, Wish, to_line
from .hearsay import suggest
from .layout import Line, lines_for, read_layout
from .leaves import open_leaf, survey
from .packing import pack, write_page
from .rendering import open_picture, page_of
from .segmentation import cut_into_lines

LARGEST_FILE = 2**30  # bytes that the child may write


def limit_this_process(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS knows no limit of address space
            continue


def allow_seconds(seconds: int) -> None:
    """Grant so much processor time from now on; the kernel ends the process that takes more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def lines_on(image: Image.Image, dpi: float | None, wish: Wish, limits: Limits) -> tuple[list[Line], str, int]:
    """Return the page's lines, what found them, and how many lines of the layout were left out."""
    left_out = 0
    if wish.layout:
        lines, left_out = lines_for(read_layout(Path(wish.layout), limits), *image.size, dpi)
        if lines:
            return lines, "layout", left_out
    lines = cut_into_lines(image)
    if lines:
        return lines, "profile", left_out
    return [Line(0, 0, *image.size)], "page", left_out


def fulfil(wish: Wish, limits: Limits) -> Reading:
    picture = Path(wish.picture)
    if wish.number is None:
        image, dpi = open_picture(picture, limits)
        lines, cut_by, left_out = lines_on(image, dpi, wish, limits)
    else:
        image, said = open_leaf(picture, wish.number, limits)
        lines, cut_by, left_out = lines_on(image, None, wish, limits)
        lines = suggest(lines, said)
    page = write_page(page_of(image), Path(wish.page))
    cuts, crops = pack(image, lines, Path(wish.crops))
    return Reading(*image.size, cuts, cut_by, left_out, page, crops)


def answer(line: bytes, limits: Limits) -> bytes:
    message = json.loads(line)
    try:
        if "document" in message:
            return to_line({"pages": survey(Path(Survey(**message).document), limits)})
        return to_line(fulfil(Wish(**message), limits))
    except Refused as refused:
        return to_line({"refused": refused.code, "facts": refused.facts})
    except MemoryError:
        return to_line({"refused": "too_large", "facts": {}})
    except OSError as error:  # the disk, not the picture
        return to_line({"failed": error.strerror or str(error)})


def main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    limit_this_process(limits)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    for line in sys.stdin.buffer:
        allow_seconds(limits.seconds)
        answers.write(answer(line, limits))
        answers.flush()


if __name__ == "__main__":
    main()
