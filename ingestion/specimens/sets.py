"""The three sets of sample cards and what a visitor reads about them.

The texts become rows of the sample projects, in one language like any archivist's own words, so they are not
translated here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpecimenSet:
    """A kind of card and the project that asks about it.

    ``questions`` has one question for each kind it can be asked as; ``cover`` describes a card of the set for those
    who cannot see it; ``letters`` are the characters of the cards that a plain keyboard lacks; ``language`` is the
    one most of a card is written in.
    """

    slug: str
    title: str
    summary: str
    story: str
    questions: dict[str, str]
    language: str
    cover: str
    letters: str


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
)
