"""Ask a question, reword it, let it rest, and see beforehand how it will look."""

import pytest

from accounts.models import Act
from tasks.models import Task, Workflow, WorkflowVersion
from tests.factories import NOON, make_lease, make_project, make_task, make_workflow, post_answer

pytestmark = pytest.mark.django_db
SAID = {"kind": "transcribe", "prompt": "What does this line say?", "hint": "", "care": "usual"}


@pytest.fixture
def project(archivist, archive):
    return make_project(organisation=archive, slug="cards", letters="åä", language="sv")


def ask(client, **said):
    return client.post("/desk/cards/questions/new/", SAID | said)


def reword(client, workflow, **said):
    return client.post(f"/desk/cards/questions/{workflow.slug}/", SAID | {"seen": "1"} | said, follow=True)


def test_a_question_is_asked_in_its_first_version(client, project):
    ask(client, prompt="Who was born?", hint="The name only.")

    [version] = WorkflowVersion.objects.all()
    assert (version.workflow.slug, version.number, version.kind) == ("who-was-born", 1, "transcribe")
    assert (version.prompt, version.hint, version.schema) == ("Who was born?", "The name only.", {})
    assert version.policy == {"minimum": 2, "maximum": 5, "confidence": 0.9, "adjudicate": False}


def test_a_question_called_new_can_be_reworded_like_any_other(client, project):
    ask(client, prompt="New?")
    question = Workflow.objects.get()

    reword(client, question, prompt="Is this line new?")
    assert Workflow.objects.get().current.prompt == "Is this line new?"


@pytest.mark.parametrize(
    ("said", "policy"),
    [
        ({"care": "quick"}, (1, 3, 0.8)),
        ({"care": "usual", "minimum": "9", "maximum": "9"}, (2, 5, 0.9)),
        ({"care": "careful"}, (3, 7, 0.97)),
        ({"care": "own", "minimum": "4", "maximum": "6", "confidence": "99.5"}, (4, 6, 0.995)),
    ],
)
def test_care_is_chosen_in_words_or_in_numbers(client, project, said, policy):
    ask(client, **said)

    rules = Workflow.objects.get().current.rules
    assert (rules.minimum, rules.maximum, rules.confidence) == policy


@pytest.mark.parametrize(
    ("said", "schema"),
    [
        ({"show_suggestion": "on"}, {"show_suggestion": True}),
        (
            {"ignore_case": "on", "ignore_punctuation": "on"},
            {"normalisation": {"ignore_case": True, "ignore_punctuation": True}},
        ),
        (
            {"same_dates": "on", "abbreviations": "St = Saint\n\nNr.=  Nummer \n"},
            {"normalisation": {"same_dates": True, "abbreviations": [["St", "Saint"], ["Nr.", "Nummer"]]}},
        ),
        ({"kind": "verify", "show_suggestion": "on", "ignore_case": "on", "abbreviations": "St = Saint"}, {}),
    ],
)
def test_what_makes_no_difference_is_part_of_the_question(client, project, said, schema):
    ask(client, **said)

    assert Workflow.objects.get().current.schema == schema


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"prompt": ""}, ["prompt"]),
        ({"kind": "guess"}, ["kind"]),
        ({"care": "own", "minimum": "2"}, ["maximum", "confidence"]),
        ({"care": "own", "minimum": "5", "maximum": "2", "confidence": "90"}, ["maximum"]),
        ({"care": "own", "minimum": "1", "maximum": "51", "confidence": "90"}, ["maximum"]),
    ],
)
def test_a_faulty_question_is_not_asked_and_keeps_its_words(client, project, said, fields):
    reply = ask(client, hint="Do not lose this.", **said)

    assert (reply.status_code, list(reply.context["form"].errors)) == (422, fields)
    assert "Do not lose this." in reply.content.decode()
    assert Workflow.objects.count() == 0


def test_two_questions_of_the_same_words_have_two_names(client, project):
    ask(client, prompt="東")
    ask(client, prompt="東")

    assert list(Workflow.objects.order_by("pk").values_list("slug", flat=True)) == ["question", "question-2"]


def test_only_what_nobody_has_begun_moves_to_the_new_words(client, project):
    workflow = make_workflow(project)
    untouched, leased, answered, settled = (make_task(workflow) for _ in range(4))
    make_lease(leased)
    post_answer(answered, "one")
    for value in ("two", "two"):
        post_answer(settled, value)

    page = reword(client, workflow, prompt="Read aloud.", care="careful")

    numbers = dict(Task.objects.values_list("pk", "version__number"))
    assert numbers == {untouched.pk: 2, leased.pk: 1, answered.pk: 1, settled.pk: 1}
    untouched.refresh_from_db()
    assert (untouched.wanted, untouched.maximum) == (3, 7)
    assert "1 line that nobody has begun is asked in the new words" in page.content.decode()
    assert workflow.versions.get(number=1).prompt == "What does this line say?"
    assert Act.objects.get().details["moved"] == 1


def test_an_expired_lease_may_still_be_honoured_so_its_task_keeps_the_old_words(client, project):
    workflow = make_workflow(project)
    task = make_task(workflow)
    make_lease(task, now=NOON)
    Task.objects.update(leased=0)

    reword(client, workflow, prompt="Read aloud.")

    task.refresh_from_db()
    assert task.version.number == 1


def test_the_same_words_again_make_no_version(client, project):
    workflow = make_workflow(project)

    page = reword(client, workflow)

    assert (workflow.versions.count(), Act.objects.count()) == (1, 0)
    assert "Nothing was changed." in page.content.decode()


def test_of_two_who_edit_at_once_the_second_is_told_and_may_still_save(client, project):
    workflow = make_workflow(project)
    reword(client, workflow, prompt="First wording.")

    refused = reword(client, workflow, prompt="Second wording.")

    assert refused.status_code == 422
    assert "theirs is: “First wording.”" in refused.content.decode()
    assert 'value="Second wording."' in refused.content.decode()
    assert 'name="seen" value="2"' in refused.content.decode()
    assert workflow.current.prompt == "First wording."

    reword(client, workflow, prompt="Second wording.", seen="2")
    assert workflow.current.prompt == "Second wording."


def test_what_volunteers_do_stays_once_the_question_is_asked(client, project):
    workflow = make_workflow(project)

    reword(client, workflow, kind="verify", prompt="Is it right?")

    assert (workflow.current.kind, workflow.current.prompt) == ("transcribe", "Is it right?")


def test_a_question_rests_and_is_asked_again(client, project):
    workflow = make_workflow(project)
    states = []

    for wanted in ("no", "no", "yes"):
        client.post(f"/desk/cards/questions/{workflow.slug}/turn/", {"open": wanted})
        workflow.refresh_from_db()
        states.append(workflow.open)

    assert states == [False, False, True]
    assert list(Act.objects.order_by("pk").values_list("what", flat=True)) == ["question.rested", "question.opened"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"prompt": "Who is it?", "hint": "First names too."}, ["Who is it?", "First names too.", "insert å"]),
        ({"show_suggestion": "on"}, ["The machine read:", "Åbo Tidningar 1771"]),
    ],
)
def test_the_preview_shows_the_question_as_the_play_page_will(client, project, said, shown):
    reply = ask(client, preview="1", **said)

    page = reply.content.decode()
    assert [words for words in shown if words not in page] == []
    assert 'src="/static/desk/sample-line.svg"' in page
    assert Workflow.objects.count() == 0


def test_the_preview_takes_a_line_of_the_project_where_there_is_one(client, project):
    make_task(make_workflow(project), suggestion="Wiborgs Tidning")

    part = client.post("/desk/cards/questions/new/", SAID | {"kind": "verify"}, headers={"X-Part": "parts"})

    assert "Wiborgs Tidning" in part.content.decode()
    assert "sample-line.svg" not in part.content.decode()
    assert "<html" not in part.content.decode()


def test_an_unfinished_question_is_previewed_as_it_was(client, project):
    reply = client.post("/desk/cards/questions/new/", SAID | {"prompt": ""}, headers={"X-Part": "parts"})

    assert reply.status_code == 422
    assert 'id="transcribe"' in reply.content.decode()


def test_what_a_policy_will_take_is_said_before_the_question_is_asked(client, project):
    usual, quick = (ask(client, preview="1", care=care).content.decode() for care in ("usual", "quick"))
    choosing = ask(client, preview="1", care="usual", adjudicate="on").content.decode()
    broken = ask(client, preview="1", care="own", minimum="3", maximum="2", confidence="90").content.decode()

    assert (
        "About 2.3 answers a line; some 1 line in 92 comes to you; hardly any value is wrong; "
        "1,000 lines: a week for 5 volunteers."
    ) in usual
    assert "Reckoned from a usual crowd" in usual
    assert "some 1 value in 11 is wrong" in quick
    assert "answers a line" not in broken
    assert (
        "About 2.1 answers a line, and some 50 choices between readings per 100 lines; some 1 line in 120 comes to you"
    ) in choosing


def test_a_project_with_lines_enough_is_reckoned_from_its_own(client, project, monkeypatch):
    monkeypatch.setattr("tasks.predicting.saying.ENOUGH", 3)
    workflow = make_workflow(project)
    for _line in range(3):
        task = make_task(workflow)
        for _reader in range(2):
            post_answer(task, "Oulu")
    make_task(workflow)

    own = client.get(f"/desk/cards/questions/{workflow.slug}/").content.decode()
    stricter = ask(client, preview="1", care="own", minimum="4", maximum="5", confidence="90").content.decode()

    assert (
        "About 2.0 answers a line; hardly any line comes to you; some 1 value in 83 is wrong; "
        "1 line: a week for 1 volunteer." in own
    )
    assert "Reckoned from the 3 newest settled lines of this project" in own
    assert "Reckoned from a usual crowd" in stricter  # two answers a line do not say what four would


def test_short_forms_come_back_as_they_were_written_and_count_as_what_they_stand_for(client, project):
    ask(client, abbreviations="St = Saint", ignore_case="on")
    question = Workflow.objects.get()
    task = make_task(question)

    for text in ("St. Louis", "SAINT Louis"):
        post_answer(task, text)

    task.refresh_from_db()
    assert task.get_state_display() == "agreed"
    assert ">\nSt = Saint</textarea>" in client.get(f"/desk/cards/questions/{question.slug}/").content.decode()


@pytest.mark.parametrize(
    ("written", "refused"),
    [
        ("St = Saint\nMt", "Line 2, “Mt”: write the short form, “=” and what it stands for, like “St = Saint”."),
        ("d:o = dito", "Line 1, “d:o = dito”: a short form is one word without signs inside it."),
        ("§ = Paragraph", "Line 1, “§ = Paragraph”: a short form is one word without signs inside it."),
        ("St = Saint\nst. = Street", "“St” stands here twice: keep one line."),
        ("St = Saint\nSts = St Stephen", "“St Stephen” has the short form “St” in it: write it out."),
        (f"a = {'b' * 61}", "is too long."),
        ("\n".join(f"w{n} = word" for n in range(201)), "These are more than 200: keep the frequent ones."),
    ],
)
def test_short_forms_that_cannot_be_used_are_told_in_a_sentence(client, project, written, refused):
    reply = ask(client, abbreviations=written)

    assert reply.status_code == 422
    assert refused in reply.content.decode()
    assert written.splitlines()[0] in reply.content.decode()
    assert Workflow.objects.count() == 0
