"""Tables of answers, of this platform or another, become one value per task."""

import csv
import json
import re
import unicodedata
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tasks.aggregating import BadTable
from tasks.aggregating.reading import read_answers, read_gold
from tasks.aggregating.writing import whole

AGREEING = "task,worker,answer\n" + "".join(f"card {task},{who},yes\n" for task in range(4) for who in "abc")


def aggregate(folder: Path, text: str, *options: str, name: str = "answers.csv", kind: str = "choice") -> str:
    (folder / name).write_text(text, newline="")
    out = StringIO()
    call_command("aggregate", folder / name, "--kind", kind, "--output", folder / "out.csv", *options, stdout=out)
    return out.getvalue()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_task_gets_a_value_with_confidence_agreement_and_a_count(tmp_path):
    aggregate(tmp_path, AGREEING + "card 9,a,yes\ncard 9,b,no\ncard 9,c,yes\n")

    rows = rows_of(tmp_path / "out.csv")
    assert [(row["task"], row["value"], row["agreement"], row["answers"]) for row in rows] == [
        *((f"card {task}", "yes", "1.0", "3") for task in range(4)),
        ("card 9", "yes", "0.666667", "3"),
    ]
    assert 0.5 < float(rows[4]["confidence"]) < float(rows[0]["confidence"]) < 1


def test_texts_agree_in_all_that_is_not_ignored(tmp_path):
    table = (
        "task,worker,answer\n1,a,Turun Sanomat.\n1,b,TURUN SANOMAT\n1,c,Tnrun Sanomat\n2,a,\n2,b,\n3,a,!unreadable\n"
    )
    (tmp_path / "gold.csv").write_text("task,answer\n1,turun sanomat\n")

    said = aggregate(tmp_path, table, "--gold", str(tmp_path / "gold.csv"), kind="text")
    strict = rows_of(tmp_path / "out.csv")
    aggregate(tmp_path, table, "--ignore", "case", "punctuation", kind="text")
    loose = rows_of(tmp_path / "out.csv")

    assert "fitted on 1 known task." in said
    assert [row["value"] for row in loose] == ["TURUN SANOMAT", "", "!unreadable"]
    assert [row["agreement"] for row in (strict[0], loose[0])] == ["0.333333", "0.666667"]
    assert float(loose[0]["confidence"]) > float(strict[0]["confidence"])


def test_the_order_of_lines_never_matters(tmp_path):
    head, *lines = (AGREEING + "card 9,a,no\ncard 9,b,no\ncard 9,c,yes\n").splitlines(keepends=True)

    outputs = []
    for order in (lines, lines[::-1]):
        aggregate(tmp_path, head + "".join(order))
        outputs.append((tmp_path / "out.csv").read_bytes())

    assert outputs[0] == outputs[1]


def test_names_and_answers_are_compared_as_they_look(tmp_path):
    decomposed = unicodedata.normalize("NFD", "Åbo")
    (tmp_path / "a.csv").write_text(f"task,worker,answer\n1,a,Åbo\n1,b,{decomposed}\n1 ,c,Åbo \n", encoding="utf-8")

    answers = read_answers(tmp_path / "a.csv")

    assert (answers.tasks, answers.workers, answers.values) == (["1"], ["a", "b", "c"], ["Åbo"])
    assert answers.answer.tolist() == [0, 0, 0]


def test_repeated_answers_of_one_person_count_once_and_the_first_holds(tmp_path):
    said = aggregate(tmp_path, "task,worker,answer\n1,a,no\n1,b,yes\n1,c,yes\n" + "1,a,no\n" * 5 + "1,a,yes\n" * 5)

    assert "\n10 lines do not count" in said
    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["value"], row["agreement"], row["answers"]) == ("yes", "0.666667", "3")


def test_columns_may_come_in_any_order_beside_others(tmp_path):
    aggregate(tmp_path, '\ufeffanswer,when,Task,worker\r\n"yes, it is",noon,1,a\r\n\r\n', "--json")

    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["task"], row["value"]) == ("1", "yes, it is")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_may_part_cells_otherwise(tmp_path, delimiter):
    aggregate(tmp_path, '"task";"worker";"answer"\n1;a;"yes, it is"\n'.replace(";", delimiter))

    assert [row["value"] for row in rows_of(tmp_path / "out.csv")] == ["yes, it is"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "Line 1 of .* must name the columns task, worker, answer"),
        (b"task|worker|answer\n1|a|x\n", "Line 1 .*“task|worker|answer”"),
        ("task,worker,answer\n1,a,x\n".encode("utf-16"), "Line 1 .* zero bytes, as UTF-16 does"),
        ("task,worker,answer\n1,a,x\n".encode("utf-16-le"), "Line 1 .* zero bytes, as UTF-16 does"),
        (b"task,worker,answer\n1,a,x\n1,b,x\0y\n", "Line 3 .* zero bytes"),
        (b"sep=;\ntask;worker;answer\n", "Line 1 .* it says “sep=;”"),
        (b"task,worker,answer,answer\n", "once each"),
        (b"task,worker,answer\n", "has no answers"),
        (b"task,worker,answer\n1,a,x\n1,b\n", "Line 3 .* 2 cells where the first line has 3"),
        (b"task,worker,answer\n1,a,x,y\n", "Line 2 .* 4 cells"),
        (b"task,worker,answer\n1,a,x\n,b,x\n", "Line 3 .* task is empty"),
        (b"task,worker,answer\n1, ,x\n", "Line 2 .* worker is empty"),
        (b'task,worker,answer\n1,a,"two\nlines"\n1,,x\n', "Line 4 .* worker is empty"),
        (b'task,worker,answer\n1,a,x\n1,b,"open\n1,c,x\n', "Line 3 .* not CSV .* Close every quote"),
        (b"task,worker,answer\n1,a,x\n1,b,\xe5bo\n", "Line 3 .* not in UTF-8"),
    ],
)
def test_a_bad_file_is_refused_by_its_line_and_nothing_is_written(tmp_path, text, sentence):
    (tmp_path / "answers.csv").write_bytes(text)
    (tmp_path / "out.csv").write_text("as before")

    with pytest.raises(CommandError, match=sentence):
        call_command(
            "aggregate",
            tmp_path / "answers.csv",
            "--kind",
            "choice",
            "--output",
            tmp_path / "out.csv",
            stdout=StringIO(),
        )

    assert (tmp_path / "out.csv").read_text() == "as before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "out.csv"]


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv cannot be read: No such file"):
        call_command("aggregate", tmp_path / "none.csv", "--kind", "choice", "--output", tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("option", "name", "sentence"),
    [
        ("--output", "no folder/out.csv", "out.csv cannot be written: there is no such folder"),
        ("--report", "no folder/report.html", "report.html cannot be written: there is no such folder"),
        ("--output", ".", "is not a file"),
        ("--output", "/dev/null", "/dev/null is not a file"),
        ("--output", "answers.csv", "answers.csv is named twice and would be lost"),
        ("--output", "alias.csv", "alias.csv is named twice"),
        ("--report", "out.csv", "out.csv is named twice"),
    ],
)
def test_a_place_that_is_no_place_for_a_file_is_refused_and_nothing_is_lost(tmp_path, option, name, sentence):
    (tmp_path / "alias.csv").symlink_to(tmp_path / "answers.csv")

    with pytest.raises(CommandError, match=sentence):
        aggregate(tmp_path, AGREEING, option, str(tmp_path / name))

    assert (tmp_path / "answers.csv").read_text() == AGREEING
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alias.csv", "answers.csv"]


def test_a_file_that_cannot_be_written_is_called_by_its_own_name(tmp_path):
    with pytest.raises(OSError, match=r"No such file .*/gone/out\.csv"), whole(tmp_path / "gone" / "out.csv"):
        pass


def test_labels_are_never_alike_so_that_nothing_of_them_is_ignored(tmp_path):
    with pytest.raises(CommandError, match="--ignore is for texts") as refused:
        aggregate(tmp_path, AGREEING, "--ignore", "case")

    assert refused.value.returncode == 2


@pytest.mark.parametrize("table", ["task,answer\n", "task,answer\ncard-0,yes\n"])
def test_known_tasks_that_nobody_answered_are_not_passed_over(tmp_path, table):
    (tmp_path / "gold.csv").write_text(table)

    with pytest.raises(CommandError, match=r"gold\.csv names no task that somebody answered"):
        aggregate(tmp_path, AGREEING, "--gold", str(tmp_path / "gold.csv"))


def test_typed_texts_are_not_taken_for_choices(tmp_path):
    with pytest.raises(CommandError, match=r"600 different answers.*--kind text"):
        aggregate(tmp_path, "task,worker,answer\n" + "".join(f"{n},a,{n}\n" for n in range(600)))


def test_known_tasks_calibrate_the_confidence_and_say_so(tmp_path):
    (tmp_path / "gold.csv").write_text("task,answer\ncard 0,no\ncard 1,yes\nunseen,yes\n")

    told = json.loads(aggregate(tmp_path, AGREEING, "--gold", str(tmp_path / "gold.csv"), "--json"))

    assert told == {
        "tasks": 4,
        "answers": 12,
        "workers": 3,
        "gold": 2,
        "repeated": 0,
        "how": "Confidence is calibrated on 2 known tasks.",
    }
    assert {row["value"] for row in rows_of(tmp_path / "out.csv")} == {"yes"}


def test_a_known_task_has_one_answer(tmp_path):
    (tmp_path / "answers.csv").write_text(AGREEING)
    (tmp_path / "gold.csv").write_text("task,answer\ncard 0,no\ncard 0,yes\n")

    with pytest.raises(BadTable, match=r"Line 3 .* second answer for the task “card 0”"):
        read_gold(tmp_path / "gold.csv", read_answers(tmp_path / "answers.csv"))


def test_the_report_needs_nothing_but_itself_and_names_nobody(tmp_path):
    chance = np.random.default_rng(1)
    truth = chance.integers(0, 2, 60)
    rows = [(task, f"person{who}", truth[task] ^ (chance.random() < 0.2)) for task in range(60) for who in range(5)]
    table = "task,worker,answer\n" + "".join(f"{task},{who},{'<no>&'[: 4 + said]}\n" for task, who, said in rows)
    (tmp_path / "gold.csv").write_text(
        "task,answer\n" + "".join(f"{task},{'<no>&'[: 4 + truth[task]]}\n" for task in range(20))
    )

    aggregate(tmp_path, table, "--gold", str(tmp_path / "gold.csv"), "--report", str(tmp_path / "report.html"))

    page = (tmp_path / "report.html").read_text()
    assert page.count("<svg") == 2
    assert page.count('<circle class="dot"') > 1
    assert "Tasks: 60 · people: 5 · answers: 300 · tasks whose answer is known: 20" in page
    assert "Volunteer 5" in page
    assert "person" not in re.sub(r"person[:.]|this person", "", page)
    assert re.findall(r"<script|https?://|url\(|src=|href=|<no>", page) == []


@pytest.mark.parametrize(
    ("kind", "ignored", "heading", "mistakes"),
    [
        ("choice", (), "Who takes what for what", ["“label 1” taken for “LABEL 1”: 2 times"]),
        ("text", (), "Who takes what for what", ["“label 1” taken for “LABEL 1”: 2 times"]),
        ("text", ("case",), "Who says what the values say", []),
    ],
)
def test_of_many_values_the_report_tells_the_commonest_mistakes(tmp_path, kind, ignored, heading, mistakes):
    said = [(task, who, f"label {task % 20}") for task in range(40) for who in "abc"]
    table = "".join(f"{task},{who},{text}\n" for task, who, text in said)
    shouted = "".join(f"{task},d,{'LABEL 1' if task % 20 == 1 else f'label {task % 20}'}\n" for task in range(40))
    ignore = ("--ignore", *ignored) if ignored else ()

    aggregate(
        tmp_path, f"task,worker,answer\n{table}{shouted}", *ignore, "--report", str(tmp_path / "r.html"), kind=kind
    )

    page = (tmp_path / "r.html").read_text()
    assert re.findall("<h2>(Who .*?)</h2>", page) == [heading]
    assert re.findall("“.*?” taken for .*? times", page) == mistakes
