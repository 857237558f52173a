"""Jobs for the tests of the queue."""

done: list[tuple[int, ...]] = []


def errand(*ids: int) -> None:
    done.append(ids)


def hopeless(number: int) -> None:
    done.append((number,))
    raise RuntimeError("this never works")
