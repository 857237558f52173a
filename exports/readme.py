"""The README of a release, in English: a file must not depend on who made it."""

from collections.abc import Iterable, Mapping
from textwrap import fill
from typing import Any

from .columns import ANSWERS, CHANGES, DATA, Column
from .comparing import Comparison

TEXT = """\
# {title}

Release {version} of the dataset “{name}”, published by {publisher}.

{description}
{notes}
- Licence of the data: {licence}, {licence_url}
- Pictures: {rights}
- Home: {home}
- Rows: {rows} settled tasks on {pages} pages, from {answers} answers
- Simulated answers among these, given by no person: {simulated_answers}
- Agreed: {agreed} (of these seen to be blank: {blank}) · disputed: {disputed} · unreadable: {unreadable}
- Mean confidence of the agreed rows: {confidence}

{changes}Volunteers looked at one region of a scanned page at a time. Their answers were merged into one value with a
confidence; every row leads back to its place on its page. Nothing here is guessed: what is disputed or unreadable has
no value.

To cite: {publisher}. {title}. Release {version}. Civic Tasks.{address}

## Files

- data.csv: one row per settled task, exact.
- answers.csv: one row per answer, under pseudonyms that hold within this dataset only. No times are published.
- data.jsonl: the facts of data.csv, nested, one JSON object per line, with the metadata of each item.
- data-spreadsheet.csv: data.csv for spreadsheet programs. A cell that could be taken for a formula has an apostrophe
  before it; take off one leading apostrophe to get the cell of data.csv.
- changes.csv: one row per row of data.csv that is new, gone or says something else than in the version before. The
  first version has none.
- recompute.py: a script that computes the values again from the other files; see below.
- datapackage.json: columns, licence, wording of the questions, methods and their parameters, as a Data Package.
- SHA256SUMS: checksums; `sha256sum -c SHA256SUMS` checks a download.

The CSV files are UTF-8, follow RFC 4180 and end their lines in CRLF. data.csv and answers.csv hold exactly what was
written on the page or typed. A cell may begin with =, +, - or @: read them with a CSV library, and open
data-spreadsheet.csv, not data.csv, in a spreadsheet program.

## How the pieces fit

- A row of data.csv is one question about one region: column id. Questions about the same region share column region.
- answers.csv points to data.csv by id: a row has as many answers there as volunteers gave, at least those in column
  answers of data.csv. Where volunteers read a line in two or three ways, others may have been asked which reading is
  right: those answers have the kind choose, stand under the same id and hold the reading that was chosen. They weigh
  less than a reading that was typed, and nothing where most of them chose none of the readings.
- question and question_version lead to the wording in datapackage.json under civictasks:questions; method and
  parameters lead to civictasks:methods.
- row_url leads to the row's page on the site, with the scan and the history of the row. x, y, width and height are
  measured on the page at page_width by page_height pixels; page_sha256 is the SHA-256 of the picture file as it came.
- id, region, row_url and the pseudonyms stay the same from version to version, so versions can be joined by id.

## What a confidence means

Agreement is a fact: the share of the answers that say the same. Confidence is the probability that the value is right,
reckoned from who said it: of a hundred rows with a confidence of 0.9, about ninety should be right. How far that holds
was checked on lines whose reading was known, as far as there were any: then slope and intercept among the parameters of
the row's method in datapackage.json are what they taught. Where they are 1 and 0 nobody has checked it.

## What answers.csv leaves out

It holds the answers to the rows of data.csv: those that had a say and those that came too late for one (counted says
false). What weighs nothing came faster than anybody reads, or from somebody who was wrong nearly always. Left out, and
counted in datapackage.json under civictasks:left_out, are:

{left_out}

Answers given before a reviewer had a line asked again count and stand here with all others. Those of people who had
their data erased stay, under a pseudonym that is another from the next version on.

## To load it

    import pandas  # Python
    data = pandas.read_csv("data.csv", dtype={{"value": str, "suggestion": str}}, keep_default_na=False)

    data <- readr::read_csv("data.csv", na = character())  # R

    SELECT * FROM read_csv('data.csv', all_varchar = true);  -- DuckDB

A value may be the word NA or null because that is what stands on the page: switch off what a program takes for
missing, as above.

## Columns of data.csv

{data_columns}

## Columns of answers.csv

{answers_columns}

## Columns of changes.csv

{changes_columns}

## To compute a value again

    python3 recompute.py

in this folder takes the answers of each row with their weights, and the parameters of its method from datapackage.json
(civictasks:methods), works out value, agreement and confidence, and prints what differs from data.csv. It needs Python
3.10 or newer and nothing else; it is one readable file and shares no code with the program that made this release. It
ends with 0 when every row follows from its answers, and with 1 when one does not or was decided by a method that it
does not know.

A row decided by a reviewer, or known beforehand (method says reviewer or known), holds what that person read, whatever
the answers say: only its share of agreement is computed again. Its confidence is always 0.99, because nobody is trusted
beyond that, and has not been measured. A disputed row with the method refit was agreed upon once; then all answers
together made another reading likelier, with the confidence that is given: no answers of its own alone tell that.
"""


def readme(description: Mapping[str, Any], comparison: Comparison | None) -> str:
    licence, summary = description["licenses"][0], description["civictasks:summary"]
    home, notes = description.get("homepage", ""), description.get("civictasks:notes", "")
    return TEXT.format(
        title=description["title"],
        name=description["name"],
        version=description["version"],
        publisher=description["contributors"][0]["title"],
        description=description["description"],
        notes=f"\n## About this version\n\n{notes}\n" if notes else "",
        licence=licence["title"],
        licence_url=licence["path"],
        rights=description["civictasks:rights"] or "no rights statement is given",
        home=home or "the site that it was downloaded from",
        address=f" {home}{description['version']}/" if home else "",
        changes=since(comparison),
        left_out="\n".join(map(left_out_of, description["civictasks:left_out"])),
        data_columns=listed(DATA),
        answers_columns=listed(ANSWERS),
        changes_columns=listed(CHANGES),
        **{key: "none" if value is None else value for key, value in summary.items()},
    )


def left_out_of(reason: Mapping[str, Any]) -> str:
    return fill(f"{reason['answers']}: {reason['description']}", 118, initial_indent="- ", subsequent_indent="  ")


def since(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    counts = f"{comparison.added} rows added, {comparison.changed} changed, {comparison.removed} removed"
    return f"Since version {comparison.since}: {counts}; see changes.csv.\n\n"


def listed(columns: Iterable[Column[Any]]) -> str:
    return "\n".join(f"- {column.name} ({column.type}): {column.description}" for column in columns)
