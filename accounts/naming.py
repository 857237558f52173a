"""Names on boards: pen names for those who chose none, and what a chosen name may look like."""

import hashlib
import unicodedata
from collections.abc import Collection

from django.utils.translation import gettext as _

from .errors import NameRefused

ADJECTIVES = (
    "Amber Ardent Brisk Bright Calm Candid Careful Clear Curious Deft Early Even Fair Fleet Gentle Glad Golden Green "
    "Keen Kind Lively Mellow Merry Mild Modest Nimble Noble Patient Quick Quiet Ready Ruby Sage Silver Steady Sunny "
    "Swift Tidy True Warm Wise Woodland"
).split()
BIRDS = (
    "Avocet Bittern Blackbird Bullfinch Bunting Chaffinch Cormorant Crane Crossbill Cuckoo Curlew Dipper Dunlin Eider "
    "Fieldfare Finch Gannet Goldcrest Grebe Harrier Heron Hoopoe Jackdaw Jay Kestrel Kingfisher Kittiwake Lapwing Lark "
    "Linnet Magpie Martin Merlin Nightingale Nuthatch Oriole Osprey Owl Pipit Plover Puffin Redstart Robin Ruff "
    "Sandpiper Shrike Siskin Skylark Snipe Sparrow Starling Stork Swallow Swan Swift Teal Tern Thrush Turnstone "
    "Wagtail Warbler Waxwing Whinchat Wren"
).split()


def pen_name(seed: bytes) -> str:
    """Return the same two words and number for the same 16 random bytes, for example ``Quiet Heron 417``."""
    number = int.from_bytes(hashlib.blake2b(seed, digest_size=8, person=b"pen-name").digest())
    number, adjective = divmod(number, len(ADJECTIVES))
    number, bird = divmod(number, len(BIRDS))
    return f"{ADJECTIVES[adjective]} {BIRDS[bird]} {number % 900 + 100}"


SHORTEST, LONGEST, LONGEST_SKELETON = 2, 40, 80
MARKS_AT_ONCE = 2  # more combining marks than this on one letter are a decoration that hides the lines around it
PUNCTUATION = " .'’-&·"
OFFICES = frozenset(
    "admin administrator anonymous archivist everybody everyone moderator nobody official owner reviewer root "
    "simulated staff support sysadmin system team webmaster you".split()
)
SITE = "Civic Tasks"
# Letters that pass for others, after case and accents are gone (a part of Unicode's confusables, UTS #39).
PAIRS = (
    "аa вb сc ԁd еe һh іl јj кk мm нh оo рp ԛq ѕs тt уy ѵv ԝw хx "
    "αa βb γy εe ηn ιl κk νv οo ρp τt υu χx ωw ıl łl øo đd ħh ŋn ðd 0o 1l il |l"
).split()
CONFUSABLE = str.maketrans({pair[0]: pair[1] for pair in PAIRS})


def skeleton(name: str) -> str:
    """Return what is left of a name for a hurried eye: names of the same skeleton look alike."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not "\u0300" <= c <= "\u036f")
    letters = "".join(c for c in bare.translate(CONFUSABLE) if unicodedata.category(c)[0] in "LMN")
    return letters.replace("rn", "m").replace("vv", "w")


def cleaned_name(text: str, organisations: Collection[str] = ()) -> str:
    """Return the name as it is kept. Raises ``NameRefused`` with a sentence.

    ``organisations`` are names that only the organisations themselves may bear.
    """
    name = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    refuse_strange_characters(name)
    if not SHORTEST <= len(name) <= LONGEST or len(skeleton(name)) > LONGEST_SKELETON:
        limits = {"shortest": SHORTEST, "longest": LONGEST}
        raise NameRefused(_("A name has %(shortest)d to %(longest)d characters. Choose another.") % limits)
    if len(skeleton(name)) < SHORTEST:
        raise NameRefused(_("A name needs at least two letters or digits."))
    refuse_borrowed_authority(name, organisations)
    return name


def refuse_strange_characters(name: str) -> None:
    marks = 0
    for character in name:
        kind = unicodedata.category(character)[0]
        marks = marks + 1 if kind == "M" else 0
        if marks > MARKS_AT_ONCE or (kind not in "LMN" and character not in PUNCTUATION):
            raise NameRefused(_("Use letters, digits, spaces and . ' - & only, nothing that others cannot see."))


def refuse_borrowed_authority(name: str, organisations: Collection[str]) -> None:
    """Refuse what sounds like somebody in charge, an organisation or a name that the site gives out."""
    own = skeleton(name)
    words = [skeleton(word) for word in name.split()]
    if OFFICES_SEEN & {own, *words} or skeleton(SITE) in own:
        raise NameRefused(_("This name sounds like somebody who runs the site. Choose one of your own."))
    if any(len(other) >= 5 and other in own for other in map(skeleton, organisations)):
        raise NameRefused(_("This is the name of an organisation here. Choose one of your own."))
    if len(words) in (2, 3) and words[0] in ADJECTIVES_SEEN and words[1] in BIRDS_SEEN:
        raise NameRefused(_("Pen names like this are given out by the site. Choose another."))


OFFICES_SEEN = frozenset(map(skeleton, OFFICES))
ADJECTIVES_SEEN, BIRDS_SEEN = frozenset(map(skeleton, ADJECTIVES)), frozenset(map(skeleton, BIRDS))
