"""What goes into the running of an answer and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # not while a process starts that has yet to divide
    from attention_course.exercises.asking import Outcome
    from attention_course.exercises.partner import Meeting

Inputs = Mapping[str, Any]

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What an answer may use, over all its runs together.

    Attributes:
        loading: seconds of CPU time that its cells may take before the first inputs come, and a
            third of what they may take on the clock.
        wall: seconds from the first inputs to the last outcome.
        cpu: seconds of CPU time for that, rounded up to whole ones.
        memory: bytes beyond what the warm process has mapped.
        frame: bytes of one outcome.
        tasks: threads at a time; where new processes cannot be forbidden, processes as well.
        files: open files at a time.
        disk: bytes in its private folder.
    """

    loading: float = 10.0
    wall: float = 20.0
    cpu: float = 5.0
    memory: int = 1024 * MIB
    frame: int = 64 * MIB
    tasks: int = 32
    files: int = 64
    disk: int = 16 * MIB

    @property
    def loading_wall(self) -> float:
        """Seconds on the clock before the first inputs; the machine may be busy."""
        return 3 * self.loading


@dataclass(frozen=True)
class Job:
    """An answer and what is put to it.

    Attributes:
        setup: sources of the cells that run before the answer.
        source: of the answer.
        function: the name that the answer has to define.
        how: "module:qualname" of the question's `ask`.
        barred: dotted names that the answer must not use.
        inputs: of each run; they are sent one after the other, each after the outcome of the last.
        meetings: for each run what makes the partner that the answer calls, on this side, each time
            that the run is tried; empty (default) where it has none.
    """

    setup: tuple[str, ...]
    source: str
    function: str
    how: str
    barred: tuple[str, ...]
    inputs: Sequence[Inputs]
    meetings: Sequence[Callable[[], Meeting]] = ()


class Ended(str, Enum):
    """How the process of an answer came to its end."""

    FINISHED = "finished"  # an outcome for each run
    TIMED_OUT = "timed out"
    FLOODED = "flooded"  # it called its partner much more often than it may, and went on
    MEMORY = "memory"
    DIED = "died"  # it ended, or broke off the conversation, before all outcomes were there
    FAILED = "failed"  # through no fault of the answer: it has to be run again


@dataclass(frozen=True)
class Ran:
    """What came of a job.

    Attributes:
        outcomes: those that came back complete, in the order of the inputs.
        ended: how it ended.
        detail: one sentence on that for an instructor, "" where it finished.
        seconds: wall time.
        cpu: CPU seconds of the answer and all it started.
        asked: whether its cells came to their end, so that it could be asked.
        loading: of the CPU seconds those before its first inputs; 0 where nobody could tell.
        spent: of the CPU seconds those of each outcome, as the kernel counted them; empty where
            nobody could tell.
        memory: peak resident memory in bytes, with what the warm process shares with it.
        tripped: the barred names that it was seen to use.
    """

    outcomes: tuple[Outcome, ...]
    ended: Ended
    detail: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    asked: bool = True
    loading: float = 0.0
    spent: tuple[float, ...] = ()
    memory: int = 0
    tripped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protection:
    """Something that an answer is kept from: whether on this machine it is, and how or why not."""

    name: str
    active: bool
    why: str


class IsolationError(RuntimeError):
    """Answers cannot be run here, or not with the protection that was asked for."""


class Lost(Exception):
    """The process that watches over an answer is gone, or the one that it was forked from."""
