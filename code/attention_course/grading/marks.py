"""What goes into the marking and what comes out of it: plain data, to JSON and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Json = dict[str, Any]


class Reason(str, Enum):
    """Why a question has the points it has; one for each outcome."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    MEMORY = "killed for memory"
    DIED = "died"
    NOT_ANSWERED = "not answered"  # the learner's notebook's own stub
    NOT_FOUND = "not found"  # no cell of the notebook answers it
    BARRED = "barred"
    UNREADABLE = "unreadable"  # the cell is not Python; of a notebook see Unreadable
    UNMARKED = "unmarked"  # the marking itself failed, and has to be repeated


class How(str, Enum):
    """The way in which a cell was recognised as an answer."""

    METADATA = "metadata"  # nbgrader's grade_id
    MARKER = "marker"  # the comment `# exercise: id`
    NAME = "name"  # it defines the function that is asked for


@dataclass(frozen=True)
class Answer:
    """The code that answers a question.

    Attributes:
        question: the question's id.
        source: what has to run, after the setup, to define the answer: definitions of other cells
            that it needs, then the answer's own cell.
        how: how the cell was recognised.
        flags: what an instructor should know, a sentence each ("two cells answer this: ...").
        barred: the dotted names that it uses and must not.
        unreadable: why the source is not Python; "" where it is.
        stub: whether it is the learner's notebook's own stub, and need not be run.
    """

    question: str
    source: str
    how: How
    flags: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    unreadable: str = ""
    stub: bool = False


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one exercise.

    Attributes:
        student: the name in the folder or file.
        exercise: the exercise's name, for example "bahdanau".
        path: of the notebook inside the folder of submissions, "/" between its parts; inside an
            archive "archive.zip/notebook.ipynb".
        answers: by question id; questions that no cell answers are absent.
        flags: what an instructor should know of the whole notebook.
        private: what nobody but an instructor should read, since it may speak of others.
    """

    student: str
    exercise: str
    path: str
    answers: Mapping[str, Answer]
    flags: tuple[str, ...] = ()
    private: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """Something handed in that cannot be marked: whose, where, and why in one sentence."""

    student: str
    path: str
    why: str


@dataclass(frozen=True)
class Mark:
    """What one question brought.

    Attributes:
        question: the question's id.
        reason: why it has these points.
        points: won.
        maximum: that could be won.
        checks: the names of the checks.
        passed: for each check, whether it passed.
        hint: one sentence for the learner, without a full stop; "" where all passed. It never
            shows an input.
        mistake: the name of the known mistake that was recognised, if any.
        how: how the answer was found; None where it was not.
        flags: what an instructor should know.
        seconds: wall time of the answer's run.
        cpu: CPU seconds of it.
        memory: its peak resident memory in bytes, with what the warm process shares with it.
        seed: of the inputs, for whoever wants to see the same again; None where nothing ran. A
            mark that an earlier run made has that run's.
    """

    question: str
    reason: Reason
    points: float
    maximum: float
    checks: tuple[str, ...]
    passed: tuple[bool, ...]
    hint: str = ""
    mistake: str | None = None
    how: How | None = None
    flags: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    seed: int | None = None

    def to_json(self) -> Json:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: Json) -> Mark:
        return cls(
            **{
                **stored,
                "reason": Reason(stored["reason"]),
                "how": stored["how"] and How(stored["how"]),
                **{name: tuple(stored[name]) for name in ("checks", "passed", "flags")},
            }
        )


@dataclass(frozen=True)
class Marked:
    """A submission with its marks, in the order of the exercise's questions."""

    student: str
    exercise: str
    path: str
    marks: tuple[Mark, ...]
    flags: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return sum(mark.points for mark in self.marks)

    @property
    def maximum(self) -> float:
        return sum(mark.maximum for mark in self.marks)

    @property
    def complete(self) -> bool:
        """Whether every question could be marked."""
        return all(mark.reason is not Reason.UNMARKED for mark in self.marks)


@dataclass(frozen=True)
class Run:
    """All that one call of the grader found.

    Attributes:
        marked: the submissions, by student and number of the exercise.
        unreadable: what could not be marked.
        seed: of the inputs that were drawn, and draws the same again; None where none were. A mark
            that was kept from an earlier run has that run's.
        protections: name, whether it is active, and why not or what it does.
        versions: of what the marks depend on (python, torch, attention_course, ...).
        started: when, ISO 8601 in UTC.
        seconds: wall time of the run.
        different: how many answers differ; the same one of several students is marked once.
        from_store: how many of those an earlier run had marked.
    """

    marked: tuple[Marked, ...]
    unreadable: tuple[Unreadable, ...]
    seed: int | None
    protections: tuple[tuple[str, bool, str], ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    seconds: float = 0.0
    different: int = 0
    from_store: int = 0
