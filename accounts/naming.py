"""Pen names: what a board calls someone who has not chosen a name."""

import hashlib

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
