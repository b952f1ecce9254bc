"""The instructor's page: what needs attention, statistics, students, flags, provenance."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from attention_course.exercises import registry
from attention_course.grading import reports
from attention_course.grading.marks import Reason, Run, Unreadable
from attention_course.grading.reports import items
from attention_course.grading.reports.roster import roster
from grading.reports import classes
from grading.reports.markup import Markup, words


def results(run: Run, exercise: str = "bahdanau") -> items.Results:
    return items.results(registry.exercise(exercise), roster(run))


def summary(run: Run, folder: Path) -> str:
    reports.write(folder, run)
    return (folder / "index.html").read_text(encoding="utf-8")


def table(source: str, head: str) -> dict[str, list[str]]:
    """The rows of the table that begins so: the words of a row's head, and of its cells."""
    (found,) = [part for part in re.findall(r"<table.*?</table>", source, re.S) if head in part]
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", found, re.S)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in rows]
    return {words(first): [words(cell) for cell in rest] for first, *rest in cells}


# statistics


def test_item_statistics_are_those_of_numpy() -> None:
    run = classes.a_class(60)
    mine = [marked for marked in run.marked if marked.exercise == "bahdanau"]
    points = np.array([[mark.points for mark in marked.marks] for marked in mine])
    found = results(run)
    assert found.count == found.handed_in == 60
    assert found.mean == pytest.approx(points.sum(1).mean())
    expected = np.percentile(points.sum(1), [0, 25, 50, 75, 100])
    assert found.quartiles == pytest.approx(expected.tolist())
    for place, item in enumerate(found.items):
        marks = [marked.marks[place] for marked in mine]
        rest = points.sum(1) - points[:, place]
        assert item.mean == pytest.approx(points[:, place].mean())
        assert item.full_share == pytest.approx(np.mean([all(mark.passed) for mark in marks]))
        assert item.discrimination == pytest.approx(np.corrcoef(points[:, place], rest)[0, 1])
        ran = list({(m.seconds, m.cpu): m for m in marks if m.seconds > 0}.values())
        assert item.seconds == pytest.approx(
            tuple(np.percentile([mark.seconds for mark in ran], [50, 95]))
        )
        assert item.cpu == pytest.approx(tuple(np.percentile([m.cpu for m in ran], [50, 95])))
        for index, check in enumerate(item.checks):
            assert check.passed == sum(mark.passed[index] for mark in marks)
            assert len(check.failed) == 60 - check.passed
        assert dict(item.reasons) == {
            reason: count
            for reason in Reason
            if (count := sum(mark.reason is reason for mark in marks))
        }


def test_one_student_and_few_students() -> None:
    alone = results(classes.run(classes.marked("ada", reasons=[Reason.WRONG])))
    assert alone.quartiles == [88.75] * 5
    assert alone.items[0].discrimination is None
    few = [classes.marked(f"{n}", reasons=[list(Reason)[n]]) for n in range(9)]
    assert all(item.discrimination is None for item in results(classes.run(*few)).items)
    alike = [classes.marked(f"{n}") for n in range(20)]
    assert all(item.discrimination is None for item in results(classes.run(*alike)).items)


def test_what_was_not_marked_counts_nowhere() -> None:
    right = [classes.marked(f"{number}") for number in range(3)]
    lost = classes.marked("lost", reasons=[Reason.UNMARKED, Reason.WRONG])
    found = results(classes.run(*right, lost))
    assert (found.handed_in, found.count, found.mean) == (4, 3, 100)
    assert (found.items[0].count, found.items[0].mean) == (3, 15)
    assert found.items[1].count == 4, "its other answers were marked"
    assert Reason.UNMARKED not in dict(found.items[0].reasons)


def test_hints_are_counted_by_mistake() -> None:
    wrong = classes.marked("x", reasons=[Reason.WRONG])
    scale = replace(wrong.marks[0], hint="no tanh", mistake="tanh")
    other = replace(wrong.marks[0], hint="no tanh", mistake=None)
    given = [scale, other, scale, scale, wrong.marks[0]]
    submissions = [
        replace(wrong, student=f"s{number}", marks=(mark, *wrong.marks[1:]))
        for number, mark in enumerate(given)
    ]
    hints = results(classes.run(*submissions)).items[0].hints
    assert [(hint.mistake, len(hint.students)) for hint in hints] == [
        ("tanh", 3), (None, 1), (None, 1),
    ]  # fmt: skip
    assert [student.name for student in hints[0].students] == ["s0", "s2", "s3"]


def test_bars_count_everybody_once() -> None:
    bins = results(classes.a_class(60)).bins
    assert sum(bin.count for bin in bins) == 60
    assert max(bin.share for bin in bins) == 1
    assert [bins[0].label, bins[-1].label] == ["0–10", "90–100"]


# the page


def test_what_could_not_be_marked_is_on_top(tmp_path: Path) -> None:
    text = words(summary(classes.every_reason(), tmp_path)).partition("grades.csv questions.csv")[0]
    assert "Not everything could be marked" in text
    assert "2 unreadable files dora, dora/notebook.ipynb: it is cut short" in text
    assert "late.zip: it is no zip archive" in text
    assert "1 submission with questions that could not be marked bo: bahdanau.scores" in text
    assert "the marking failed: no space left on device" in text


def test_where_everything_was_marked_it_says_so(tmp_path: Path) -> None:
    source = summary(classes.run(classes.marked("ada")), tmp_path)
    assert "Everything that was handed in could be marked." in words(source)
    assert "unreadable file" not in words(source)


def test_the_table_of_questions(tmp_path: Path) -> None:
    source = summary(classes.run(classes.marked("a"), classes.marked("b", reasons=[Reason.WRONG])),
                     tmp_path)  # fmt: skip
    row = table(source, "Discrimi")["1 · Write the score"]
    assert row == ["15", "9.38", "50%", "n/a", "20 ms", "20 ms", "15 ms", "15 ms"]


def test_the_table_of_students(tmp_path: Path) -> None:
    rows = table(summary(classes.every_reason(), tmp_path), ">Student<")
    assert list(rows) == ["ada", "bo", "chen", "dora", "Zoë Ångström"]
    assert rows["ada"] == ["5", "19.5", "24.5", "0", ""]
    assert rows["bo"] == ["– nothing", "not final", "not final", "0",
                          "not marked yet: bahdanau.scores"]  # fmt: skip
    assert rows["chen"] == ["50", "– nothing", "50", "0", ""]
    assert rows["dora"][2] == "not final"
    assert rows["Zoë Ångström"][3] == "2"


def test_a_total_says_what_it_counts(tmp_path: Path) -> None:
    few = [classes.marked("ada", "encoder_decoder"), classes.marked("ada"), classes.marked("bo")]
    text = words(summary(classes.run(*few), tmp_path))
    assert "Total of exercises 1 + 2, of 150" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "exercise 1, by 1 of 2; exercise 2, by 2 of 2. One that a student did not" in text
    alone = words(summary(classes.run(classes.marked("bo")), tmp_path))
    assert "Total, of 100" in alone.replace("\N{NO-BREAK SPACE}", " ")
    assert "The total counts" not in alone


def test_the_time_of_an_answer_that_many_handed_in_counts_once() -> None:
    question = registry.exercise("bahdanau").questions[0]
    times = [1.0] * 8 + [2.0, 3.0]
    submissions = []
    for number, seconds in enumerate(times):
        one = classes.marked(f"{number}")
        mark = classes.mark(question, seconds=seconds, cpu=seconds / 2)
        submissions.append(replace(one, marks=(mark, *one.marks[1:])))
    item = results(classes.run(*submissions)).items[0]
    assert (item.count, item.seconds[0], item.cpu[0]) == (10, 2.0, 1.0)


def test_which_check_fails_for_whom(tmp_path: Path) -> None:
    run = classes.run(*(classes.marked(s, reasons=[Reason.WRONG]) for s in ("ada", "bo")),
                      classes.marked("chen"))  # fmt: skip
    source = summary(run, tmp_path)
    part = words(source).partition("Checks and hints")[2].partition("2 · Find")[0]
    assert "2 wrong · 1 passed" in part
    assert "several sentences 3 of 3 a batch of one 1 of 3" in part
    assert "who did not pass a batch of one (2) ada, bo" in part
    assert "2 Your answer has the right shape" in part
    assert 'href="feedback/bo/bahdanau.html#scores"' in source


def test_flags_are_listed_with_where_they_hold(tmp_path: Path) -> None:
    text = words(summary(classes.every_reason(), tmp_path)).partition("Flags Barred names")[2]
    assert "which it should write. bo (bahdanau.by_hand)" in text
    assert "1 Found by the line # exercise: … in its cell. Zoë Ångström (bahdanau.scores)" in text
    assert "1 Found by the name of its function. Zoë Ångström (bahdanau.masked_softmax)" in text
    assert "The notebook is in an old format (nbformat 3). Zoë Ångström (bahdanau)" in text
    plain = words(summary(classes.run(classes.marked("ada")), tmp_path))
    assert "There are none: every answer was found by the notebook’s own metadata" in plain


def test_the_run_can_be_repeated_and_its_protections_are_known(tmp_path: Path) -> None:
    source = summary(classes.every_reason(), tmp_path)
    text = words(source)
    assert f"seed of the inputs {classes.SEED} attention_course 0.1.0 numpy 2.4.6" in text
    assert "begun on 2 March 2026, 09:30 UTC" in text
    assert (
        "36 marks for 12 different answers, of which 3 had not changed since an earlier run" in text
    )
    protections = table(source, "Protection<")
    assert protections["memory limit"][0] == "✓ active"
    assert protections["user namespace"] == ["✗ not active", "this kernel does not allow it"]


def test_where_nothing_was_drawn_no_seed_is_named(tmp_path: Path) -> None:
    text = words(summary(replace(classes.every_reason(), seed=None), tmp_path))
    assert "seed of the inputs none were drawn" in text


def test_links_lead_to_files_that_are_there(tmp_path: Path) -> None:
    names = ("Zoë Ångström", "50% of #1?", "a;b&c", "CON")
    run = classes.run(*(classes.marked(name, reasons=[Reason.WRONG]) for name in names))
    links = Markup(summary(run, tmp_path)).links
    inside = [urlsplit(link) for link in links if not link.startswith("#")]
    assert len(inside) > 3 * len(names)
    assert all(link.isascii() for link in links), "as addresses have to be"
    for parts in inside:
        target = tmp_path / unquote(parts.path)
        assert target.is_file(), parts
        if parts.fragment:
            assert parts.fragment in Markup(target).ids


@pytest.mark.parametrize(
    "run",
    [
        classes.run(),
        classes.run(unreadable=(Unreadable("", "x.zip", "it is no zip archive"),)),
        classes.run(unreadable=(Unreadable("ada", "ada/x.ipynb", "it is empty"),)),
        classes.run(classes.marked("ada", reasons=[Reason.UNMARKED] * 8)),
    ],
    ids=["nothing", "a broken archive", "nothing readable", "nothing marked"],
)
def test_a_page_of_little(tmp_path: Path, run: Run) -> None:
    markup = Markup(summary(run, tmp_path))
    assert markup.errors == []
    assert "None" not in markup.text
    assert "nan" not in markup.text


def test_two_submissions_for_one_exercise_are_refused() -> None:
    twice = classes.run(classes.marked("ada"), classes.marked("ada"))
    with pytest.raises(ValueError, match="two submissions of 'ada' for bahdanau"):
        roster(twice)
