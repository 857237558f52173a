"""The sets of specimens and what a visitor reads about them.

The texts become rows of the sample projects, in one language like any archivist's own words, so they are not
translated here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a set looks like; each is drawn by a module of its own."""

    CARD = "card"
    REGISTER = "register"
    NEWSPAPER = "newspaper"


RIGHTS = "Drawn for this sample, after no existing page, and given to the public domain (CC0 1.0)."


@dataclass(frozen=True)
class SpecimenSet:
    """A kind of page and the project that asks about it.

    ``questions`` has one question for each kind it can be asked as, ``hint`` is said below it; ``cover`` describes a
    page of the set for those who cannot see it; ``letters`` are the characters of the pages that a plain keyboard
    lacks; ``language`` is the one most of a page is written in; ``rights`` say whose the pictures are.
    """

    slug: str
    title: str
    summary: str
    story: str
    questions: dict[str, str]
    language: str
    cover: str
    letters: str
    style: Style = Style.CARD
    hint: str = ""
    rights: str = RIGHTS


QUESTIONS = {
    "transcribe": "What does this line say?",
    "verify": "Is the machine’s reading right?",
}

SAMPLE = (
    "A sample to try things with: towns, names and first and last years are historical; shelf marks, volumes and "
    "library notes are invented, and the cards were drawn for this sample."
)

SETS = (
    SpecimenSet(
        slug="finnish-newspapers",
        title="Finland’s first newspapers",
        summary="Type out the catalogue cards of newspapers from 1771 to 1899.",
        story=(
            "In 1771 a society of scholars in Turku printed the first newspaper in Finland, in Swedish; four years "
            "later a country vicar made the first one in Finnish. Within a century every town had its own. The only "
            "way to them is a drawer of typed cards that a machine reads badly: it trips over å, ä and ö and takes 1 "
            f"for l. Each line you type lets someone find a paper by its name, town or year.\n\n{SAMPLE}"
        ),
        questions=QUESTIONS,
        language="fi",
        cover="A cream-coloured library card, typed in black, with a hole for the drawer’s rod.",
        letters="åäöÅÄÖ",
    ),
    SpecimenSet(
        slug="dutch-newspapers",
        title="Dutch couranten, 1618–1893",
        summary="Type out the cards of the newspapers that told Europe its news.",
        story=(
            "The oldest known newspaper in Dutch was printed in Amsterdam in 1618; before the century was out the one "
            "from Haarlem was read from London to Moscow. Every printer spelt in his own way, Courante, Courant or "
            "Tijdinghen, so a search finds only what somebody has typed as it stands on the card. Type what you see, "
            f"old spelling and all.\n\n{SAMPLE}"
        ),
        questions=QUESTIONS,
        language="nl",
        cover="A buff library card with faint red and blue rules, typed in blue-black.",
        letters="çéëï",
    ),
    SpecimenSet(
        slug="british-periodicals",
        title="British periodicals, 1665–1891",
        summary="Check the machine’s reading of cards from the Spectator to the Strand.",
        story=(
            "Defoe, Swift, Eliza Haywood and Dickens all wrote for papers that people shared in coffee houses and "
            "railway carriages. A machine has read the cards that lead to them and got about one line in three quite "
            "right. Compare its reading with the card and say yes or no: what people confirm becomes a list that "
            f"anyone can search and reuse.\n\n{SAMPLE}"
        ),
        questions=QUESTIONS,
        language="en",
        cover="A pale library card with a double red margin, typed in black.",
        letters="",
    ),
    SpecimenSet(
        slug="swedish-arrivals",
        title="Who came to town, 1858–1867",
        summary="Read the register of arrivals in a harbour town, word by word.",
        story=(
            "Whoever moved to another parish in nineteenth-century Finland brought a certificate along, and a clerk "
            "wrote a line about it in Swedish: name, trade, and where the person came from. Families look for these "
            "lines, but no machine reads the hands of three clerks with a shared inkwell. Each word you read is a "
            "stone in the bridge that leads to one of those people.\n\n"
            "A sample to try things with: towns, trades and first names were there; the people and their "
            "dates are invented, and the pages were drawn for this sample."
        ),
        questions={"transcribe": "What is written here?", "verify": "Is the machine’s reading right?"},
        language="sv",
        cover="An open register, ruled in blue and red and filled in by hand in brown ink.",
        letters="åäöÅÄÖ",
        style=Style.REGISTER,
        hint="Leave out what is crossed out. “d:o” means the same as above: type it as it stands.",
    ),
    SpecimenSet(
        slug="dutch-population",
        title="Quarter C: the people of a Dutch town, 1862–1871",
        summary="Type out the population register of a town quarter.",
        story=(
            "Since 1850 every Dutch town has kept a register of who lives where. Clerks entered births, moves and "
            "deaths line by line and crossed out what had changed.\n\n"
            "A sample to try things with: towns and trades were there; the people and their dates are invented, and "
            "the pages were drawn for this sample."
        ),
        questions={"transcribe": "What is written here?", "verify": "Is the machine’s reading right?"},
        language="nl",
        cover="A page of a population register, ruled and filled in by hand.",
        letters="ëéï°",
        style=Style.REGISTER,
        hint="Leave out what is crossed out. “d°” means the same as above: type it as it stands.",
    ),
    SpecimenSet(
        slug="german-baptisms",
        title="Baptised at the harbour church, 1834–1843",
        summary="Type out a parish’s book of baptisms.",
        story=(
            "Before towns had registry offices, the parish wrote down who was born: the child, the father and his "
            "trade, the godparents.\n\n"
            "A sample to try things with: trades and first names were there; the people and their dates are invented, "
            "and the pages were drawn for this sample."
        ),
        questions={"transcribe": "What is written here?", "verify": "Is the machine’s reading right?"},
        language="de",
        cover="A page of a book of baptisms, filled in by hand.",
        letters="äöüßÄÖÜ",
        style=Style.REGISTER,
        hint="Leave out what is crossed out. “dto.” means the same as above: type it as it stands.",
    ),
    SpecimenSet(
        slug="finnish-gazette",
        title="Rannikon Sanomat, a newspaper in blackletter",
        summary="Check what a machine made of a Finnish harbour town’s newspaper of 1867.",
        story=(
            "Until the end of the nineteenth century, newspapers in Finnish were printed in blackletter. Machines take "
            "its long ſ for an f and its k for a t, so a search for a ship or a town finds nothing. In 2011 nearly "
            "110,000 people put that right for Finland’s national library, a few seconds at a time. Compare the line "
            "with what the machine read: is it right, letter for letter?\n\n"
            "A sample to try things with: railways, canals and dates are true; the newspaper, its ships and its prices "
            "are invented, and the pages were drawn for this sample."
        ),
        questions={"transcribe": "What does this line say?", "verify": "Has the machine read this line right?"},
        language="fi",
        cover="The front page of a yellowed newspaper in blackletter, with two columns and framed advertisements.",
        letters="äöåſÄÖÅ",
        style=Style.NEWSPAPER,
        hint="The tall ſ is an s, and stands so in the reading; an f has a bar on both sides.",
    ),
    SpecimenSet(
        slug="german-gazette",
        title="Hafen-Bote, a newspaper in blackletter",
        summary="Type out the front pages of a German harbour town’s newspaper of 1876.",
        story=(
            "German newspapers were set in blackletter into the twentieth century. What machines make of it needs "
            "readers who can tell a k from a t.\n\n"
            "A sample to try things with: railways, towns and dates are true; the newspaper, its ships and its prices "
            "are invented, and the pages were drawn for this sample."
        ),
        questions={"transcribe": "What does this line say?", "verify": "Has the machine read this line right?"},
        language="de",
        cover="The front page of a yellowed newspaper in blackletter, with columns and framed advertisements.",
        letters="äöüßſÄÖÜ",
        style=Style.NEWSPAPER,
        hint="Type the tall ſ as it stands; an f has a bar on both sides.",
    ),
)
