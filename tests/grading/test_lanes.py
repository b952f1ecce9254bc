"""What is started on this machine for the answers of a class, and what is not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import pytest
from attention_course.exercises import registry
from attention_course.exercises.asking import Returned
from attention_course.grading import lanes
from attention_course.grading.isolation import Ended, Job, Limits, Protection, Ran, Warm
from attention_course.grading.marks import Answer, How, Reason
from attention_course.grading.running import Task

SCORES, TRAIN = registry.question("bahdanau.scores"), registry.question("bahdanau.train")
PROTECTIONS = (Protection("memory limit", True, "as tested"),)


class Played:
    """A warm process in which every answer dies."""

    started: list[tuple[list[str], int, bool]]

    def __init__(self, preload: Sequence[str], *, lanes: int, require: bool) -> None:
        self.started.append((list(preload), lanes, require))
        self.protections = PROTECTIONS

    def __enter__(self) -> Played:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def ask(self, job: Job, limits: Limits) -> Ran:
        return Ran((), Ended.DIED)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], int, bool]]:
    Played.started = []
    monkeypatch.setattr(lanes, "Warm", Played)
    return Played.started


def task(question: str, **changes: Any) -> Task:
    return Task(question, question, Answer(question, "def f(): ...", How.NAME, **changes))


NEEDS_NONE = [
    Task("none", SCORES.id, None),
    task(SCORES.id, stub=True),
    task(TRAIN.id, barred=("torch.nn.GRU",)),
    task(SCORES.id, unreadable="line 1: no Python"),
]


def test_nothing_is_started_where_nothing_has_to_run(started: list[Any]) -> None:
    told: list[Protection] = []
    marks = list(lanes.here(2, told=told.extend)(NEEDS_NONE, 3))
    assert [task for task, _ in marks] == NEEDS_NONE
    assert [mark.reason for _, mark in marks] == [
        Reason.NOT_FOUND,
        Reason.NOT_ANSWERED,
        Reason.BARRED,
        Reason.UNREADABLE,
    ]
    assert started == []
    assert told == []


def test_what_is_started_is_for_the_answers_that_have_to_run(started: list[Any]) -> None:
    told: list[Protection] = []
    runs = [task("bahdanau.scores"), task("encoder_decoder.loss")]
    marks = dict(lanes.here(2, require=True, told=told.extend)([*NEEDS_NONE, *runs], 3))
    assert set(marks) == {*NEEDS_NONE, *runs}
    assert {marks[one].reason for one in runs} == {Reason.DIED}
    assert started == [([lanes.SETUPS, "attention_course.exercises.asking"], 2, True)]
    assert told == list(PROTECTIONS)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is warm elsewhere")
def test_the_first_optimiser_imports_nothing_more() -> None:
    source = """
import sys

def made():
    before = set(sys.modules)
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    return sorted(set(sys.modules) - before)
"""
    job = Job(("import torch",), source, "made", "attention_course.exercises.asking:call", (), [{}])
    with Warm(lanes.preload([TRAIN]), lanes=1) as warm:
        assert warm.ask(job, Limits()).outcomes == (Returned([]),)
    assert lanes.OPTIMISERS not in lanes.preload([SCORES])
