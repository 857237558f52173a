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
from .hearsay import Said, suggest
from .layout import Line, lines_for, read_layout
from .leaves import open_leaf, survey
from .lying import lies_sideways, line_turned, said_turned, turned
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


def lines_on(image: Image.Image, layout: list[Line]) -> tuple[list[Line], str]:
    """Return the page's lines, and what found them."""
    if layout:
        return layout, "layout"
    lines = cut_into_lines(image)
    if lines:
        return lines, "profile"
    return [Line(0, 0, *image.size)], "page"


def fulfil(wish: Wish, limits: Limits) -> Reading:
    picture = Path(wish.picture)
    layout: list[Line] = []
    said: list[Said] = []
    left_out = 0
    if wish.number is None:
        image, dpi = open_picture(picture, limits)
        if wish.layout:
            layout, left_out = lines_for(read_layout(Path(wish.layout), limits), *image.size, dpi)
    else:
        image, said = open_leaf(picture, wish.number, limits)
    layout = [line_turned(line, wish.turned, *image.size) for line in layout]
    said = [said_turned(run, wish.turned, *image.size) for run in said]
    image = turned(image, wish.turned)
    lines, cut_by = lines_on(image, layout)
    lines = suggest(lines, said) if wish.number is not None else lines
    page = write_page(page_of(image), Path(wish.page))
    cuts, crops = pack(image, lines, Path(wish.crops))
    return Reading(*image.size, cuts, cut_by, left_out, page, crops, lies_sideways(image))


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
