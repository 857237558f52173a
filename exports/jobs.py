"""What a worker process runs: any number of times, in any order, without harm."""

from .ordering import fulfil


def make_release(order: int) -> None:
    fulfil(order)
