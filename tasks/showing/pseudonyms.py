"""Names that hold within one dataset and lead nowhere else."""

import hmac
from functools import lru_cache

LENGTH = 16  # hexadecimal digits, 64 bits: among a million volunteers two share one with a probability of 3e-8


@lru_cache(maxsize=10_000)  # few people give most of the answers
def pseudonym(secret: bytes, seed: bytes) -> str:
    """Return a volunteer's name in one dataset.

    The same in every version of the dataset, another in every other dataset. Without the dataset's secret nobody can
    link two; erasing a person replaces the seed, and with it the name in all later versions.
    """
    return hmac.digest(secret, seed, "sha256").hex()[:LENGTH]
