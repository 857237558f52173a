"""Names and addresses of the licences that datasets come under."""

from typing import NamedTuple


class Licence(NamedTuple):
    """``name`` is the SPDX identifier."""

    name: str
    title: str
    path: str


KNOWN = {
    licence.name: licence
    for licence in (
        Licence("CC0-1.0", "CC0 1.0 (public domain)", "https://creativecommons.org/publicdomain/zero/1.0/"),
        Licence("CC-BY-4.0", "CC BY 4.0 (name the source)", "https://creativecommons.org/licenses/by/4.0/"),
        Licence(
            "CC-BY-SA-4.0",
            "CC BY-SA 4.0 (name the source, share alike)",
            "https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        Licence("ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
        Licence(
            "PDDL-1.0", "Public Domain Dedication and License 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"
        ),
    )
}


def licence_of(name: str) -> Licence:
    return KNOWN.get(name) or Licence(name, name, f"https://spdx.org/licenses/{name}.html")
