"""A run over a class marks what it has to, keeps it, and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from attention_course.exercises import registry
from attention_course.grading import versions
from attention_course.grading.intake import Collected
from attention_course.grading.marks import (
    Answer,
    How,
    Mark,
    Reason,
    Run,
    Submission,
    Unreadable,
)
from attention_course.grading.running import Task, run

QUESTIONS = registry.exercise("bahdanau").questions


class Lanes:
    """Marks in its own way: an answer that says so is wrong; counts what it is given."""

    def __init__(self, stop_after: int | None = None, fails: tuple[str, ...] = ()) -> None:
        self.tasks: list[Task] = []
        self.seeds: list[int] = []
        self.closed = False
        self.stop_after = stop_after
        self.fails = fails

    def __call__(self, tasks: list[Task], seed: int) -> Generator[tuple[Task, Mark], None, None]:
        self.seeds.append(seed)
        try:
            for number, task in enumerate(reversed(tasks)):
                if number == self.stop_after:
                    raise KeyboardInterrupt
                self.tasks.append(task)
                yield task, self.mark(task)
        finally:
            self.closed = True

    def mark(self, task: Task) -> Mark:
        question = registry.question(task.question)
        reason = Reason.PASSED
        if task.answer is None:
            reason = Reason.NOT_FOUND
        elif task.question in self.fails:
            reason = Reason.UNMARKED
        elif "wrong" in task.answer.source:
            reason = Reason.WRONG
        won = question.points if reason is Reason.PASSED else 0
        ran = reason in (Reason.PASSED, Reason.WRONG)
        seed = self.seeds[-1] if ran else None
        return Mark(task.question, reason, won, question.points, ("all",), (won > 0,), seed=seed)


def submission(student: str, **sources: str) -> Submission:
    """Answers to all questions, right unless told otherwise; None leaves one out."""
    answers = {}
    for question in QUESTIONS:
        source = sources.get(question.name, f"def {question.answer}(): ...  # {student}")
        if source:
            answers[question.id] = Answer(question.id, source, How.METADATA)
    return Submission(student, "bahdanau", f"{student}/02-bahdanau.ipynb", answers)


def collected(*submissions: Submission) -> Collected:
    return Collected(submissions=list(submissions), unreadable=[])


def points(done: Run) -> dict[str, float]:
    return {marked.student: marked.points for marked in done.marked}


def test_everybody_is_marked_in_the_order_of_the_class(tmp_path: Path) -> None:
    lanes = Lanes()
    done = run(collected(submission("zoe"), submission("anna", scores="wrong")), tmp_path, lanes)
    assert [marked.student for marked in done.marked] == ["zoe", "anna"]
    assert points(done) == {"zoe": 100, "anna": 85}
    assert [mark.question for mark in done.marked[0].marks] == [q.id for q in QUESTIONS]
    assert len(lanes.tasks) == 16
    assert done.from_store == 0
    assert lanes.closed


def test_run_again_nothing_is_marked_and_all_is_there(tmp_path: Path) -> None:
    class_ = collected(submission("anna", scores="wrong"), submission("ben"))
    first = run(class_, tmp_path, Lanes())
    lanes = Lanes()
    again = run(class_, tmp_path, lanes)
    assert lanes.tasks == []
    assert again.marked == first.marked
    assert (again.from_store, again.different) == (16, 16)


def test_no_seed_is_told_where_nothing_was_drawn_from_it(tmp_path: Path) -> None:
    class_ = collected(submission("anna"), submission("ben"))
    run(class_, tmp_path, Lanes(), seed=4)
    kept = run(class_, tmp_path, Lanes(), seed=5)
    assert kept.seed is None
    assert {mark.seed for marked in kept.marked for mark in marked.marks} == {4}
    nothing = submission("cleo", **{question.name: "" for question in QUESTIONS})
    assert run(collected(nothing), tmp_path, Lanes(), seed=5).seed is None
    some = run(
        collected(submission("anna", step="new"), submission("ben")), tmp_path, Lanes(), seed=6
    )
    assert some.seed == 6
    assert {mark.seed for mark in some.marked[0].marks} == {4, 6}


def test_a_seed_is_not_begun_where_nothing_is_to_be_drawn(tmp_path: Path) -> None:
    class_ = collected(submission("anna"))
    run(class_, tmp_path, Lanes(), seed=4)
    with pytest.raises(KeyboardInterrupt):
        run(class_, tmp_path, Lanes(), seed=5, progress=interrupted)
    lanes = Lanes()
    run(collected(submission("ben")), tmp_path, lanes)
    assert lanes.seeds != [5]


def interrupted(done: int, total: int) -> None:
    raise KeyboardInterrupt


def test_only_what_changed_is_marked_again_with_other_inputs(tmp_path: Path) -> None:
    first = Lanes()
    run(collected(submission("anna"), submission("ben")), tmp_path, first)
    lanes = Lanes()
    done = run(collected(submission("anna", step="wrong"), submission("ben")), tmp_path, lanes)
    assert [task.question for task in lanes.tasks] == ["bahdanau.step"]
    assert points(done) == {"anna": 85, "ben": 100}
    assert lanes.seeds != first.seeds


def test_the_same_answer_is_marked_once_and_found_in_each_ones_own_way(tmp_path: Path) -> None:
    one, other = submission("anna", scores="same"), submission("ben", scores="same")
    found = replace(other.answers["bahdanau.scores"], how=How.NAME, flags=("by its name",))
    other = replace(other, answers={**other.answers, "bahdanau.scores": found})
    lanes = Lanes()
    done = run(collected(one, other), tmp_path, lanes)
    assert [task.question for task in lanes.tasks].count("bahdanau.scores") == 1
    anna, ben = (marked.marks[0] for marked in done.marked)
    assert (anna.how, anna.flags) == (How.METADATA, ())
    assert (done.different, done.from_store) == (15, 0)
    assert (ben.how, ben.flags) == (How.NAME, ("by its name",))


def test_another_version_of_the_exercise_marks_all_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(collected(submission("anna")), tmp_path, Lanes())
    monkeypatch.setattr(versions, "of", lambda exercise: "another")
    lanes = Lanes()
    run(collected(submission("anna")), tmp_path, lanes)
    assert len(lanes.tasks) == 8


def test_all_can_be_marked_again(tmp_path: Path) -> None:
    run(collected(submission("anna")), tmp_path, Lanes())
    lanes = Lanes()
    run(collected(submission("anna")), tmp_path, lanes, again=True)
    assert len(lanes.tasks) == 8


def test_a_run_that_was_stopped_goes_on_with_its_seed(tmp_path: Path) -> None:
    class_ = collected(submission("anna", scores="wrong"), submission("ben"))
    stopped, rest = Lanes(stop_after=5), Lanes()
    with pytest.raises(KeyboardInterrupt):
        run(class_, tmp_path, stopped)
    assert stopped.closed
    done = run(class_, tmp_path, rest)
    assert len(rest.tasks) == 16 - 5
    assert rest.seeds == stopped.seeds
    assert {task.key for task in rest.tasks}.isdisjoint(task.key for task in stopped.tasks)
    assert done.from_store == 5
    assert points(done) == {"anna": 85, "ben": 100}


def test_what_could_not_be_marked_is_tried_again(tmp_path: Path) -> None:
    class_ = collected(submission("anna"))
    failed = run(class_, tmp_path, Lanes(fails=("bahdanau.step",)))
    assert not failed.marked[0].complete
    assert failed.marked[0].points == 85
    lanes = Lanes()
    done = run(class_, tmp_path, lanes)
    assert [task.question for task in lanes.tasks] == ["bahdanau.step"]
    assert done.marked[0].complete
    assert points(done) == {"anna": 100}


def test_a_missing_answer_has_its_mark_too(tmp_path: Path) -> None:
    done = run(collected(submission("anna", scores="")), tmp_path, Lanes())
    assert done.marked[0].marks[0].reason is Reason.NOT_FOUND
    assert points(done) == {"anna": 85}


def test_what_is_unreadable_is_told(tmp_path: Path) -> None:
    bad = Unreadable("cleo", "cleo/x.ipynb", "it ends in the middle")
    done = run(Collected(submissions=[], unreadable=[bad]), tmp_path, Lanes())
    assert done.unreadable == (bad,)
    assert done.marked == ()


def test_the_run_tells_seed_versions_and_progress(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    done = run(
        collected(submission("anna")),
        tmp_path,
        Lanes(),
        seed=12,
        progress=lambda *counts: told.append(counts),
    )
    assert done.seed == 12
    assert set(done.versions) >= {"attention_course", "torch", "python"}
    assert told == [(count, 8) for count in range(9)]
    assert done.started.endswith("+00:00")


def test_a_version_is_the_exercises_own() -> None:
    assert versions.of("bahdanau") != versions.of("encoder_decoder")
    assert versions.of("bahdanau") == versions.of("bahdanau")
