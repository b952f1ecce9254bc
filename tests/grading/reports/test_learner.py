"""What a learner is told, and what must not get out that way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_course.exercises import registry
from attention_course.grading.marks import How, Reason
from attention_course.grading.reports import gradescope, learner, pages, wording
from attention_course.grading.reports.roster import roster
from grading.reports import classes
from grading.reports.markup import words

QUESTION = registry.question("bahdanau.scores")
HARMLESS = (
    "NameError: name 'F' is not defined",
    "AttributeError: module 'torch' has no attribute 'tahn'",
    "AttributeError: 'list' object has no attribute 'shape'",
    "TypeError: 'Tensor' object is not callable",
    "TypeError: additive_score() takes 2 positional arguments but 3 were given",
    "TypeError: score() missing 2 required positional arguments: 'keys' and 'v'",
    "ModuleNotFoundError: No module named 'einops'",
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)",
    "RuntimeError: The size of tensor a (3) must match the size of tensor b (7) at "
    "non-singleton dimension 1",
    "RuntimeError: shape '[3, 5]' is invalid for input of size 105",
    "IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    "RecursionError: maximum recursion depth exceeded in comparison",
)
CARRIED = (
    "ValueError: [0.3367, 0.1288, 0.2345]",
    "NameError: name 'F' is not defined 0.3367",
    "NameError: name '漢字漢字漢字' is not defined",
    "NameError: name 'a漢字漢字漢字' is not defined",
    f"NameError: name '{'a' * 60}' is not defined",
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (33671288x2345 and 1x1)",
    "KeyError: 'abcdefgh'",
    "ValueError: one\ntwo",
)


def told(hint: str, reason: Reason = Reason.RAISED, mistake: str | None = None) -> str:
    return learner.hint(classes.mark(QUESTION, reason, hint=hint, mistake=mistake))


@pytest.mark.parametrize("message", HARMLESS)
def test_pythons_own_messages_are_repeated(message: str) -> None:
    assert told(f"your function raises {message}") == f"your function raises {message}"


@pytest.mark.parametrize("message", CARRIED)
@pytest.mark.parametrize("reason", [Reason.RAISED, Reason.WRONG])
def test_a_message_that_the_answer_wrote_is_not(message: str, reason: Reason) -> None:
    kind = message.partition(":")[0]
    assert told(f"your function raises {message}", reason) == f"your function raises {kind}"


@pytest.mark.parametrize(
    "kind",
    ["Inputs0336712882345", "E", "漢字", "x" * 500, "minus zero point three", "a\nb", "a.b", ""],
)
def test_nor_is_the_name_of_an_exception_of_its_own(kind: str) -> None:
    own = "your function raises an exception of its own"
    assert told(f"your function raises {kind}") == own
    assert told(f"your function raises {kind}: name 'F' is not defined") == own


def test_words_that_an_answer_chose_are_shortened() -> None:
    for word in ("x" * 41, "33671", "漢字漢"):
        hint = told(f"your function returns a value of type {word}, expected it", Reason.WRONG)
        assert word not in hint
        assert hint.startswith("your function returns a value of type …")
    assert len(told("ab " * 1000, Reason.WRONG)) == 300


AROUND_TYPES = (
    "part 1 of your answer is a value of type {}, expected a tensor",
    "your function returns a value of type {}, expected a tensor: torch.from_numpy makes it one",
    "the first thing you return is a value of type {}, expected logits (B, V)",
    "your state holds something of type {}; it may be made of numbers, texts and lists, since",
)


@pytest.mark.parametrize("around", AROUND_TYPES)
@pytest.mark.parametrize(
    "name",
    [
        "minus zero point three",
        "one, two three",
        "Tensor (a b)",
        "a, expected b",
        "a; it may",
        "a\nb",
    ],
)
def test_nor_is_a_text_that_is_no_name_of_a_type(name: str, around: str) -> None:
    hint = told(around.format(name), Reason.WRONG)
    assert hint == f"{around.partition('{')[0]}…"


@pytest.mark.parametrize("around", AROUND_TYPES)
@pytest.mark.parametrize("name", ["generator", "Tensor (torch.quint8)"])
def test_the_name_of_a_type_is_told(name: str, around: str) -> None:
    hint = around.format(name)
    assert told(hint, Reason.WRONG) == hint


def test_the_courses_own_hints_are_whole() -> None:
    for question in registry.exercise("bahdanau").questions:
        for mistake in question.mistakes:
            assert told(mistake.hint, Reason.WRONG, mistake.name) == mistake.hint
    assert told("x" * 400, Reason.WRONG, "a long one") == "x" * 400
    shapes = "your answer has shape (3, 7), expected (3, 5)"
    assert told(shapes, Reason.WRONG) == shapes


def test_the_graders_own_failures_are_not_told() -> None:
    assert told("the check itself failed: ValueError: 0.3367", Reason.UNMARKED) == ""


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert len(wording.IN_WORDS[reason]) > 5
    mark = classes.mark(QUESTION, reason)
    explained = learner.hint(mark) or learner.advice(mark, QUESTION)
    assert bool(explained) == (reason is not Reason.PASSED)


def test_python_keeps_its_capital_letter() -> None:
    run = classes.run(classes.marked("ada", reasons=[Reason.UNREADABLE]))
    (student,), exercises = roster(run).students, roster(run).exercises
    page = pages.feedback(student, exercises[0], run.marked[0]).decode()
    told = gradescope.results(student, exercises).decode()
    for text in (words(page), told):
        assert "The cell is not valid Python" in text


def test_where_no_answer_was_found_the_way_to_name_it_is_told() -> None:
    advice = learner.advice(classes.mark(QUESTION, Reason.NOT_FOUND), QUESTION)
    assert "`# exercise: bahdanau.scores`" in advice
    assert "`additive_score`" in advice


def test_how_an_answer_was_found_is_told_unless_by_metadata() -> None:
    mark = classes.mark(QUESTION)
    assert learner.found(mark, QUESTION) == ""
    assert learner.found(replace(mark, how=None), QUESTION) == ""
    by_marker = learner.found(replace(mark, how=How.MARKER), QUESTION)
    assert "`# exercise: bahdanau.scores`" in by_marker
    assert "`additive_score`" in learner.found(replace(mark, how=How.NAME), QUESTION)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (-0.0, "0"), (15.0, "15"), (100, "100"), (3.75, "3.75"), (10 / 3, "3.33"),
     (2.5, "2.5"), (9.999, "10")],
)  # fmt: skip
def test_points_in_words(value: float, expected: str) -> None:
    assert wording.number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0004, "0 ms"), (0.0416, "42 ms"), (0.9999, "1.0 s"), (15, "15.0 s"), (600, "10.0 min")],
)
def test_times_in_words(value: float, expected: str) -> None:
    assert wording.seconds(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0%"), (1, "100%"), (0.001, "1%"), (0.999, "99%"), (0.5, "50%")]
)
def test_all_and_none_are_not_rounded_to(share: float, expected: str) -> None:
    assert wording.percent(share) == expected


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [("2026-03-02T09:30:00+00:00", "2 March 2026, 09:30 UTC"),
     ("2026-03-02T09:30:00Z", "2 March 2026, 09:30 UTC"),
     ("2026-03-02T09:30:00.123456+00:00", "2 March 2026, 09:30 UTC"),
     ("yesterday", "yesterday")],
)  # fmt: skip
def test_moments_in_words(stamp: str, expected: str) -> None:
    assert wording.moment(stamp) == expected


@pytest.mark.parametrize(
    ("hint", "expected"),
    [("your mask is late", "Your mask is late."),
     ("is the return missing?", "Is the return missing?"),
     ("`scores` is late", "`scores` is late."),
     ("v_a is missing", "v_a is missing."),
     ("x.sum() is late", "x.sum() is late."),
     ("f(x) is late", "f(x) is late."),
     ("cut…", "Cut…"),
     ("", "")],
)  # fmt: skip
def test_a_hint_becomes_a_sentence(hint: str, expected: str) -> None:
    assert wording.sentence(hint) == expected
