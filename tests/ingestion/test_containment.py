"""The child process that opens strangers' files."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from ingestion.containment import Decoder
from ingestion.errors import CannotRead, Refused
from ingestion.exchange import Limits, Wish

from .drawing import THREE_LINES, alto, draw_page, encoded

PLAIN = Limits()


@pytest.fixture
def warm_decoders() -> None:
    """Every test has a child of its own."""


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    (tmp_path / "a.jpg").write_bytes(encoded(draw_page()))
    return Wish(str(tmp_path / "a.jpg"), None, str(tmp_path / "page"), str(tmp_path / "crops"))


def refusal_of(decoder: Decoder, wish: Wish) -> str:
    with pytest.raises(Refused) as caught:
        decoder.read(wish)
    return caught.value.code


def test_one_child_opens_one_picture_after_the_other(wish: Wish):
    with Decoder() as decoder:
        first = decoder.read(wish)
        child = decoder.child
        assert (decoder.read(wish), decoder.child) == (first, child)

    assert (first.width, first.height, len(first.cuts), first.cut_by) == (640, 400, 3, "profile")


def test_a_child_that_died_is_replaced(wish: Wish):
    with Decoder() as decoder:
        first = decoder.read(wish)
        os.kill(decoder.child.pid, signal.SIGKILL)
        decoder.child.wait()

        assert decoder.read(wish) == first


def test_a_picture_beyond_the_memory_is_refused_and_the_next_one_opened(wish: Wish, tmp_path: Path):
    (tmp_path / "b.png").write_bytes(encoded(Image.new("RGB", (9000, 9000)), "PNG", compress_level=1))
    with Decoder(replace(PLAIN, memory=400 * 2**20)) as decoder:
        codes = refusal_of(decoder, replace(wish, picture=str(tmp_path / "b.png")))

        assert (codes, decoder.read(wish).width) == ("too_large", 640)


def test_a_picture_that_takes_too_long_is_given_up(wish: Wish, tmp_path: Path):
    fifo = tmp_path / "never.jpg"
    os.mkfifo(fifo)  # opening it waits for a writer that never comes
    with Decoder() as decoder:
        expected = decoder.read(wish)
        decoder.limits = replace(PLAIN, seconds=1)

        assert refusal_of(decoder, replace(wish, picture=str(fifo))) == "too_slow"
        assert decoder.child is None
        decoder.limits = PLAIN
        assert decoder.read(wish) == expected


def test_a_disk_that_takes_nothing_is_no_fault_of_the_picture(wish: Wish):
    with Decoder() as decoder, pytest.raises(CannotRead):
        decoder.read(replace(wish, page="/proc/nowhere/page"))


def test_the_child_learns_no_secrets(wish: Wish, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    with Decoder() as decoder:
        decoder.read(wish)
        environment = Path(f"/proc/{decoder.child.pid}/environ").read_bytes()

    assert (b"do not tell" in environment, b"PATH=" in environment) == (False, True)


def mutilated(content: bytes, random: Random) -> bytes:
    """Cut off, overwrite or flip some of the bytes."""
    damaged, at = bytearray(content), random.randrange(len(content))
    match random.randrange(3):
        case 0:
            del damaged[at:]
        case 1:
            damaged[at : at + 40] = random.randbytes(40)
        case 2:
            for _flip in range(8):
                damaged[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def test_whatever_is_damaged_gets_a_verdict_and_harms_nobody(
    wish: Wish, tmp_path: Path, size: Callable[[int, int], int]
):
    page, random, verdicts = draw_page(), Random(1), set()
    forms = [encoded(page, form) for form in ("JPEG", "PNG", "TIFF", "WEBP")]
    forms.append(encoded(page, "TIFF", compression="tiff_lzw"))
    with Decoder() as decoder:
        expected = decoder.read(wish)
        child = decoder.child
        for number in range(size(60, 1500)):
            (tmp_path / "b").write_bytes(mutilated(forms[number % len(forms)], random))
            (tmp_path / "b.xml").write_bytes(mutilated(alto(THREE_LINES), random))
            try:
                layout = str(tmp_path / "b.xml") if number % 2 else None
                verdicts.add(decoder.read(replace(wish, picture=str(tmp_path / "b"), layout=layout)).cut_by)
            except Refused as refused:
                verdicts.add(refused.code)

        assert (decoder.read(wish), decoder.child) == (expected, child)
    assert verdicts >= {"profile", "damaged_picture", "damaged_layout"}
    assert not verdicts & {"crashed", "too_slow", "too_large"}
