"""The README of a release, in English: a file must not depend on who made it."""

from collections.abc import Iterable, Mapping
from typing import Any

from .columns import ANSWERS, DATA, Column

TEXT = """\
# {title}

Release {version} of the dataset “{name}”, published by {publisher}.

{description}

- Licence: {licence}, {licence_url}
- Rows: {rows} settled tasks on {pages} pages, from {answers} answers
- Agreed: {agreed} (of these seen to be blank: {blank}) · disputed: {disputed} · unreadable: {unreadable}
- Mean confidence of the agreed rows: {confidence}

Volunteers looked at one region of a scanned page at a time. Their answers were merged into one value with a
confidence; every row leads back to its place on its page. Nothing here is guessed: what is disputed or unreadable has
no value.

To cite: {publisher}. {title}. Release {version}. Civic Tasks.

## Files

- data.csv: one row per settled task, exact.
- answers.csv: one row per answer, under pseudonyms that hold within this dataset only. No times are published.
- data.jsonl: the facts of data.csv, nested, one JSON object per line, with the metadata of each item.
- data-spreadsheet.csv: data.csv for spreadsheet programs. A cell that could be taken for a formula has an apostrophe
  before it; take off one leading apostrophe to get the cell of data.csv.
- datapackage.json: columns, licence, wording of the questions, methods and their parameters, as a Data Package.
- SHA256SUMS: checksums; `sha256sum -c SHA256SUMS` checks a download.

The CSV files are UTF-8, follow RFC 4180 and end their lines in CRLF. data.csv and answers.csv hold exactly what was
written on the page or typed. A cell may begin with =, +, - or @: read them with a CSV library, and open
data-spreadsheet.csv, not data.csv, in a spreadsheet program.

## Columns of data.csv

{data_columns}

## Columns of answers.csv

{answers_columns}

## To compute a value again

For a row decided by rule, take its answers that have a weight w. datapackage.json has the parameters of its method
under civictasks:methods. Each answer's reliability is 1 / (1 + (n - 1) exp(-w)), where n is the parameter labels for
verify, and for transcribe the parameter readings for a text and marks for a mark. With rho and rho_group set to 0, for
w has their discount in it, merge_readings (transcribe) and weigh_choices (verify) of Civic Tasks' package
tasks.consensus give the row's value, agreement and confidence. That package needs nothing else of Civic Tasks. A row
decided by a reviewer holds what the reviewer read.
"""


def readme(description: Mapping[str, Any], version: int) -> str:
    licence, summary = description["licenses"][0], description["civictasks:summary"]
    return TEXT.format(
        title=description["title"],
        name=description["name"],
        version=version,
        publisher=description["contributors"][0]["title"],
        description=description["description"],
        licence=licence["title"],
        licence_url=licence["path"],
        data_columns=listed(DATA),
        answers_columns=listed(ANSWERS),
        **{key: "none" if value is None else value for key, value in summary.items()},
    )


def listed(columns: Iterable[Column[Any]]) -> str:
    return "\n".join(f"- {column.name} ({column.type}): {column.description}" for column in columns)
