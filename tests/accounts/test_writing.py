"""What nobody can see does not get into names, titles and notes."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from accounts.writing import plain
from tasks.desk.project_forms import ProjectForm


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Box\u202egpj.exe", "Boxgpj.exe"),
        ("\u2066a\u2069\u061c\u200f", "a"),
        ("co\u00adope\u200bra\u2060tion\ufeff", "cooperation"),
        ("a\x00b\x1fc\x7f\x9b", "abc"),
        ("hidden \U000e0041\U000e007f\ud800", "hidden "),
        ("one\n\ntwo\tthree", "one\n\ntwo\tthree"),
        ("A\u030abo", "Åbo"),
        ("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧"),
    ],
)
def test_hidden_signs_are_left_out_and_those_that_spell_stay(typed: str, kept: str):
    assert plain(typed) == kept


@pytest.mark.parametrize(
    ("given", "kept", "at_fault"), [(" Har\u202ebour\x00 \u200b", "Harbour", False), ("\u200b\u202e", None, True)]
)
def test_a_title_at_the_desk_cannot_turn_the_letters_around_it(given: str, kept: str | None, at_fault: bool):
    form = ProjectForm(QueryDict(urlencode({"title": given})))

    assert ("title" in form.errors, form.cleaned_data.get("title")) == (at_fault, kept)
