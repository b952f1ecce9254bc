"""A learner's page: what it says, that it holds nothing else, and that it needs nothing else."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attention_course.exercises import registry
from attention_course.grading import reports
from attention_course.grading.marks import Marked, Reason, Run, Unreadable
from attention_course.grading.reports import learner, wording
from grading.reports import classes
from grading.reports.markup import Markup, words

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'); alert(1); ('",
    "</title></style><b>",
    "{{ 7 * 7 }}{% raw %}",
    "../../../etc/passwd",
    "CON",
    "n" * 300,
    "dot.",
    "Ana",
    "ana",
    "new\nline",
    "\u202eada",
    "a\0b",
    "\udcff",
    "javascript:alert(1)",
    "&lt;b&gt;",
)


def page(run: Run, folder: Path, name: str = "feedback/ada/bahdanau.html") -> str:
    reports.write(folder, run)
    return (folder / name).read_text(encoding="utf-8")


def one(marked: Marked, folder: Path) -> str:
    return page(classes.run(marked), folder)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    reports.write(folder, classes.every_reason())
    return folder


def test_the_points_come_first(written: Path) -> None:
    text = words(written / "feedback/ada/bahdanau.html")
    beginning = "Exercise 2 · feedback for ada Jointly learning to align and translate 19.5 of 100"
    assert beginning in text
    assert "The graded run uses other inputs than the checks in your notebook." in text


@pytest.mark.parametrize("exercise", ["encoder_decoder", "bahdanau"])
def test_every_question_has_its_points_and_its_checks(written: Path, exercise: str) -> None:
    source = (written / f"feedback/ada/{exercise}.html").read_text(encoding="utf-8")
    run = classes.every_reason()
    marked = next(m for m in run.marked if (m.student, m.exercise) == ("ada", exercise))
    sections = source.split("<section")[1:]
    questions = registry.exercise(exercise).questions
    assert len(sections) == len(questions)
    for section, question, mark in zip(sections, questions, marked.marks, strict=True):
        text = words(f"<section{section.partition('</section>')[0]}</section>")
        assert question.title in text
        assert f"{wording.number(mark.points)} of {question.points} points" in text
        for check, passed in zip(mark.checks, mark.passed, strict=True):
            assert f"{'✓ passed' if passed else '✗ not passed'} {check}" in text
        assert wording.sentence(learner.hint(mark)).replace("`", "") in text


@pytest.mark.parametrize("reason", Reason)
def test_the_reason_is_told_in_plain_words(tmp_path: Path, reason: Reason) -> None:
    question = registry.exercise("bahdanau").questions[0]
    source = one(classes.marked("ada", "bahdanau", [reason]), tmp_path)
    section = source.split("<section")[1].partition("</section>")[0]
    assert wording.capital(wording.IN_WORDS[reason]) in words(f"<section{section}</section>")
    advice = learner.advice(classes.mark(question, reason), question)
    assert advice.replace("`", "") in words(f"<section{section}</section>")


def test_what_to_do_next_begins_with_what_is_nearest(tmp_path: Path) -> None:
    reasons = [Reason.RAISED, Reason.WRONG, Reason.NOT_FOUND, Reason.WRONG, Reason.DIED]
    source = one(classes.marked("ada", "bahdanau", reasons), tmp_path)
    assert "5 questions still have points to win. Begin with these:" in words(source)
    listed = source.partition('<ol class="next">')[2].partition("</ol>")[0]
    assert re.findall(r'href="#(\w+)"', listed) == ["shapes", "masked_softmax", "scores"]
    assert "12.5 more points" in listed


def test_who_has_everything_has_nothing_left_to_do(tmp_path: Path) -> None:
    text = words(one(classes.marked("ada"), tmp_path))
    assert "Every check passes. There is nothing left to do." in text
    assert "hand the notebook in again" not in text
    assert "✗" not in text


def test_what_was_not_marked_is_not_final(tmp_path: Path) -> None:
    text = words(one(classes.marked("ada", "bahdanau", [Reason.UNMARKED]), tmp_path))
    assert "85 of 100 points so far" in text
    assert "One of your answers could not be marked yet" in text
    assert "– of 15 points" in text
    assert "no space left" not in text, "that is the grader's own business"
    assert "nothing left to do" not in text


def test_how_an_answer_was_found_and_flags_are_told(written: Path) -> None:
    text = words(written / "feedback/Zoë-Ångström/bahdanau.html")
    assert "it was found by its line # exercise: bahdanau.scores." in text
    assert "it was found by the name masked_softmax." in text
    assert "Two cells answer this: the last that is Python was taken." in text
    assert "About your notebook The notebook is in an old format (nbformat 3)." in text
    plain = words(written / "feedback/chen/encoder_decoder.html")
    assert "was found by" not in plain
    assert "About your notebook" not in plain


def test_an_unreadable_notebook_has_a_page(written: Path) -> None:
    text = words(written / "feedback/dora/unreadable.html")
    assert "dora/notebook.ipynb: it is cut short: line 812 ends in a string" in text
    assert "hand that file in again" in text
    assert not (written / "feedback/dora/bahdanau.html").exists()


# what a page needs


def test_pages_are_whole_and_need_nothing_else(written: Path) -> None:
    pages = list(written.rglob("*.html"))
    assert len(pages) == 7
    for path in pages:
        markup = Markup(path)
        assert markup.errors == [], path
        assert len(markup.ids) == len(set(markup.ids)), path
        assert markup.source.startswith("<!doctype html>\n<html lang=")
        assert markup.tags & {"iframe", "object", "embed", "img", "form", "base"} == set()
        assert not {"src", "srcset", "action"} & {name for _, name, _ in markup.attributes}
        for tag, name, value in markup.attributes:
            if name == "href" and tag != "a":
                assert value.startswith("data:image/svg+xml,"), path
            assert not name.startswith("on"), path
        assert not re.search(r"@import|url\(", markup.source), path
        assert {"title", "h1", "main"} <= markup.tags


def test_links_of_pages_lead_somewhere(written: Path) -> None:
    for path in written.rglob("*.html"):
        markup = Markup(path)
        for link in markup.links:
            parts = urlsplit(link)
            assert (parts.scheme, parts.netloc) == ("", ""), path
            if not parts.path:
                assert parts.fragment in markup.ids, f"{path} {link}"


def test_headings_are_in_order(written: Path) -> None:
    for path in written.rglob("*.html"):
        levels = Markup(path).headings
        assert levels[0] == 1
        assert levels.count(1) == 1
        steps = itertools.pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), path


def test_learners_pages_need_no_script(written: Path) -> None:
    for path in (written / "feedback").rglob("*.html"):
        assert "script" not in Markup(path).tags


# what a page must not hold


def test_hostile_names_are_only_text(tmp_path: Path) -> None:
    run = classes.run(
        *(classes.marked(name, "bahdanau", [Reason.WRONG]) for name in HOSTILE),
        unreadable=tuple(Unreadable(name, f"{name}/x.ipynb".lstrip("/"), name) for name in HOSTILE),
    )
    paths = reports.write(tmp_path / "results", run)
    assert all(tmp_path / "results" in path.resolve().parents for path in paths)
    assert len({str(path).lower() for path in paths}) == 5 - 1 + 3 * len(HOSTILE)
    assert {path.name for path in tmp_path.iterdir()} == {"results"}
    safe = Markup(one(classes.marked("ada"), tmp_path / "other"))
    for path in paths:
        if path.suffix != ".html":
            continue
        markup = Markup(path)
        assert markup.errors == [], path
        assert not any(name.startswith("on") for _, name, _ in markup.attributes)
        if path.name == "bahdanau.html":
            assert markup.tags <= safe.tags | {"ol", "p", "strong"}, path
    together = "".join(words(tmp_path / "results" / "index.html").split())
    for name in HOSTILE[:8]:
        assert "".join(name.split()) in together


def test_control_characters_are_shown(tmp_path: Path) -> None:
    reports.write(tmp_path, classes.run(classes.marked("a\0b\x1b[31m\x7f")))
    for path in tmp_path.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert "a␀b␛[31m␡" in words(source)
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", source)


@pytest.mark.parametrize("text", HOSTILE[:5])
def test_hostile_hints_and_flags_are_only_text(tmp_path: Path, text: str) -> None:
    marked = classes.marked("ada", "bahdanau", flags=(text,))
    marks = [
        replace(m, hint=f"`{text}` {text}", mistake=text, flags=(text,), reason=reason)
        for m, reason in zip(marked.marks, Reason, strict=False)
    ]
    source = one(replace(marked, marks=tuple(marks)), tmp_path)
    markup = Markup(source)
    assert markup.errors == []
    assert not {"script", "img", "b"} & markup.tags
    assert "49" not in words(source).partition("Question by question")[2]
    assert Markup(tmp_path / "index.html").errors == []


def carriers(secret: str) -> list[tuple[Reason, str]]:
    """Hints by which an answer might carry a secret out to its page."""
    kind = "K" + re.sub(r"\W", "", secret)
    return [
        (Reason.RAISED, f"your function raises ValueError: [{secret}, {secret}]"),
        (Reason.WRONG, f"your function raises {kind}: {secret}"),
        (Reason.UNMARKED, f"the check itself failed: ValueError: {secret}"),
        (Reason.WRONG, f"your function returns a value of type {kind * 3}, expected a tensor"),
        (Reason.RAISED, f"your function raises NameError: name '{secret}' is not defined"),
    ]


def test_no_input_can_be_carried_out(tmp_path: Path) -> None:
    chance = random.Random(11)
    secrets = [f"{chance.gauss(0, 1):.8f}".lstrip("-") for _ in range(40)]
    submissions = []
    for number, secret in enumerate(secrets):
        marked = classes.marked(f"student {number}")
        marks = [
            replace(mark, reason=reason, hint=hint)
            for mark, (reason, hint) in zip(marked.marks, carriers(secret), strict=False)
        ]
        marks += marked.marks[len(marks) :]
        submissions.append(replace(marked, marks=tuple(marks)))
    reports.write(tmp_path, classes.run(*submissions))
    for_learners = [
        path.read_text(encoding="utf-8")
        for folder in ("feedback", "gradescope")
        for path in (tmp_path / folder).rglob("*.*")
    ]
    assert len(for_learners) == 80
    for secret in secrets:
        digits = secret.partition(".")[2]
        assert not any(digits in text for text in for_learners), secret
    assert secrets[0] in (tmp_path / "results.json").read_text(), "a teacher sees all"


def test_neither_seed_nor_other_students_are_shown(tmp_path: Path) -> None:
    students = [f"Student{letter}{letter}" for letter in "abcdefgh"]
    run = classes.run(*(classes.marked(s, "bahdanau", [Reason.WRONG]) for s in students))
    reports.write(tmp_path, run)
    for folder in ("feedback", "gradescope"):
        for student in students:
            for path in (tmp_path / folder / student).iterdir():
                text = path.read_text(encoding="utf-8")
                assert str(classes.SEED) not in text
                assert not [s for s in students if s != student and s in text]
    assert str(classes.SEED) in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_page_does_not_change_with_the_run_but_with_the_marks(tmp_path: Path) -> None:
    run = classes.run(classes.marked("ada"))
    first = page(run, tmp_path)
    later = replace(run, seed=1, started="2027-01-01T00:00:00+00:00", seconds=3.0, from_store=8)
    assert page(later, tmp_path) == first
    assert page(classes.run(classes.marked("ada", reasons=[Reason.WRONG])), tmp_path) != first
