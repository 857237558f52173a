"""How the cards of each set look: paper, ruling, ink and stamp."""

from dataclasses import dataclass

type Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """``margins`` are red upright rules, ``ruling`` the colour of the lines to type on; distances in card pixels."""

    papers: tuple[Colour, ...]
    ink: Colour
    stamp: str
    stamp_ink: Colour
    underlined: float
    shelf_right: bool = False
    margins: tuple[int, ...] = ()
    ruling: Colour | None = None


LOOKS = {
    "finnish-newspapers": Look(
        papers=((246, 236, 211), (243, 231, 203), (248, 240, 219)),
        ink=(38, 34, 33),
        stamp="LUKUSALI",
        stamp_ink=(150, 44, 38),
        underlined=0.75,
    ),
    "dutch-newspapers": Look(
        papers=((240, 226, 196), (236, 221, 190), (243, 231, 206)),
        ink=(34, 38, 58),
        stamp="LEESZAAL",
        stamp_ink=(44, 70, 128),
        underlined=0.35,
        shelf_right=True,
        margins=(98,),
        ruling=(150, 172, 190),
    ),
    "british-periodicals": Look(
        papers=((244, 240, 228), (240, 236, 222), (247, 242, 226)),
        ink=(30, 29, 32),
        stamp="READING ROOM",
        stamp_ink=(96, 58, 130),
        underlined=0.3,
        shelf_right=True,
        margins=(84, 96),
    ),
}
