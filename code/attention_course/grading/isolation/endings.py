"""What came of an answer, from what its process said and from how that process ended."""

from __future__ import annotations

import itertools
import signal
from dataclasses import dataclass

from attention_course.exercises.asking import Outcome, Raised
from attention_course.grading.isolation.conversation import Said
from attention_course.grading.isolation.joint import Ended, Limits, Ran

KILL = 9
CPU = getattr(signal, "SIGXCPU", 24)
FOR_WANT_OF_MEMORY = (KILL, 6, 7, 11)  # by the kernel; by C++ (abort); by a stack that cannot grow


@dataclass(frozen=True)
class Report:
    """How the process of an answer ended, from whoever watched it.

    Attributes:
        status: its exit status; minus the signal where one ended it.
        timed_out: whether its wall time was over.
        cpu: CPU seconds of it and all it started.
        memory: peak resident memory in bytes of the largest of them.
        fault: what went wrong before the answer began, "" where nothing did.
    """

    status: int
    timed_out: bool = False
    cpu: float = 0.0
    memory: int = 0
    fault: str = ""


def ran(said: Said, report: Report, limits: Limits, seconds: float) -> Ran:
    """Puts both together.

    Args:
        said: what the answer's process said; believed where it says that it failed.
        report: how it ended.
        limits: that it had.
        seconds: wall time of it all.
    """
    ended, detail = _ended(said, report, limits)
    readings = [reading - said.before for reading in said.readings]
    return Ran(
        outcomes=tuple(said.outcomes),
        ended=ended,
        detail=detail,
        seconds=seconds,
        cpu=max(0.0, report.cpu - said.before),
        asked=said.asked,
        loading=readings[0] if readings else 0.0,
        spent=tuple(end - begin for begin, end in itertools.pairwise(readings)),
        memory=report.memory,
        tripped=said.tripped,
    )


def _ended(said: Said, report: Report, limits: Limits) -> tuple[Ended, str]:
    fault = said.fault or report.fault
    if fault:
        return Ended.FAILED, fault
    if any(map(_no_memory, said.outcomes)):
        return Ended.MEMORY, "it asked for more memory than it may have"
    if not said.broke:
        return Ended.FINISHED, ""
    begun = said.readings[0] if said.readings else said.before
    wall, cpu, what = limits.wall, limits.cpu, "its"
    if not said.asked:
        wall, cpu, what = limits.loading_wall, limits.loading + limits.cpu, "its cells'"
    if said.flooded:
        return Ended.FLOODED, said.broke
    killed = -report.status
    if killed == CPU or (killed == KILL and report.cpu - begun >= 0.99 * cpu):
        return Ended.TIMED_OUT, f"{what} {cpu:g} seconds of CPU time were over"
    if report.timed_out or said.late:
        return Ended.TIMED_OUT, f"{what} {wall:g} seconds were over"
    if killed in FOR_WANT_OF_MEMORY and report.memory >= 0.8 * limits.memory:
        return Ended.MEMORY, f"it took {report.memory >> 20} MiB and was killed ({_name(killed)})"
    if not said.gone:
        return Ended.DIED, said.broke
    how = f"with status {report.status}" if report.status >= 0 else f"by {_name(killed)}"
    return Ended.DIED, f"{said.broke}, {how}"


def _no_memory(outcome: Outcome) -> bool:
    if not isinstance(outcome, Raised):
        return False
    return outcome.type_name == "MemoryError" or "can't allocate memory" in outcome.message


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
