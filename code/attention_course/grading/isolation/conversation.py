"""What the marking process says to an answer's process, and what it accepts from there.

First comes the job: the sources; back comes that they are loaded. Then, one after the other, the
inputs of each run, under a number that nobody can guess, and back comes the outcome under that
number, with the barred names that the answer was seen to use until then; before it, where the
answer has a partner on this side, calls of that partner and what it returned, as often as the
partner allows. Nothing comes after the last outcome.

What CPU time it took is read off the kernel's clock, before the first inputs go out and whenever
an outcome is there: nothing that the answer's process says moves it.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attention_course.exercises.asking import Outcome, Raised, Returned, raised
from attention_course.exercises.values import Value
from attention_course.grading.isolation.channel import Channel, Closed
from attention_course.grading.isolation.frames import FrameError
from attention_course.grading.isolation.joint import Job, Limits

if TYPE_CHECKING:
    from attention_course.exercises.partner import Meeting

Clock = Callable[[], "float | None"]

START = 120.0  # seconds for the imports, or for a fork
MOST_LETTERS = 200  # of the name of an exception's type, and of its message
MOST_NAMES = 1000  # of changed inputs or barred names
SMALL = 64 << 10  # bytes of a frame that holds nothing but names


class _Flooded(Exception):
    """The answer does not stop calling its partner."""


class _Unsendable(Exception):
    """The course's own inputs do not fit into a frame."""


@dataclass
class Said:
    """What an answer's process said: outcomes so far, and why there are no more of them.

    Attributes:
        outcomes: of the runs that came to an end.
        tripped: the barred names that were seen to be used.
        broke: "" where all was said; else what went wrong, in a sentence.
        late: whether it was the time that ran out.
        gone: whether it broke off by closing its end.
        flooded: whether it was ended since it called its partner again and again.
        fault: why it could not begin, through no fault of the answer.
        before: CPU seconds of its process until it was ready.
        asked: whether it was ready for the first inputs.
        readings: of its clock in CPU seconds, just before the first inputs and after each outcome;
            empty where there is no clock.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    tripped: tuple[str, ...] = ()
    broke: str = ""
    late: bool = False
    gone: bool = False
    flooded: bool = False
    fault: str = ""
    before: float = 0.0
    asked: bool = False
    readings: list[float] = field(default_factory=list)


def converse(
    channel: Channel, job: Job, limits: Limits, clock: Clock, *, grace: float = 0.0
) -> Said:
    """Puts a job to an answer's process; never raises for what comes from there.

    Args:
        channel: to it.
        job: what to ask.
        limits: that it has.
        clock: reads its CPU seconds, where somebody can tell; called for the first time when it
            is ready for the first inputs.
        grace: seconds on the clock beyond the limits, since somebody else watches over them.
    """
    said = Said()
    try:
        ready = channel.receive(time.monotonic() + START, SMALL)  # no answer runs before it
    except (TimeoutError, FrameError) as error:
        said.fault = f"its process did not begin: {error!r}"
        return said
    except Closed:
        said.fault, said.gone = "its process ended before it began", True
        return said
    if "fault" in ready:
        said.fault = ready["fault"]
        return said
    said.before = ready["cpu"]
    try:
        _loaded(channel, job, time.monotonic() + limits.loading_wall + grace, limits.frame)
        said.asked = True
        _read(clock, said)
        _converse(channel, job, time.monotonic() + limits.wall + grace, limits.frame, clock, said)
    except TimeoutError:
        said.broke, said.late = "it was silent until its time was over", True
    except Closed:
        said.broke, said.gone = "it ended before it had answered", True
    except FrameError as error:
        said.broke = f"it broke off the conversation: {error}"
    except _Flooded:
        said.broke, said.flooded = "it did not stop calling what it was given", True
    except _Unsendable as error:
        said.fault = f"its inputs cannot be sent: {error}"
    return said


def _loaded(channel: Channel, job: Job, deadline: float, most: int) -> None:
    try:
        channel.send(_shown(job, most), deadline)
    except FrameError as error:
        raise FrameError(f"its source cannot be sent: {error}") from None
    if channel.receive(deadline, SMALL) != {"loaded": True}:
        raise FrameError("an answer that nobody asked for")


def _read(clock: Clock, said: Said) -> None:
    reading = clock()
    if reading is not None:
        said.readings.append(reading)


def _converse(
    channel: Channel, job: Job, deadline: float, most: int, clock: Clock, said: Said
) -> None:
    for inputs, met in itertools.zip_longest(job.inputs, job.meetings):
        meeting = met() if met else None
        try:
            answer = _asked(channel, {"inputs": dict(inputs)}, meeting, deadline, most)
        except _Flooded:
            assert meeting is not None
            said.outcomes.append(meeting.seen(Returned(None)))
            raise
        _read(clock, said)
        names = {*said.tripped, *_texts(answer, "tripped")}
        outcome = outcome_in(answer)
        said.outcomes.append(meeting.seen(outcome) if meeting else outcome)
        said.tripped = tuple(name for name in job.barred if name in names)


def _shown(job: Job, most: int) -> Value:
    return {
        "setup": list(job.setup),
        "source": job.source,
        "function": job.function,
        "how": job.how,
        "barred": list(job.barred),
        "partner": bool(job.meetings),
        "most": most,
    }


def _asked(
    channel: Channel, what: dict[str, Value], meeting: Meeting | None, deadline: float, most: int
) -> Value:
    number = secrets.token_hex(8)
    try:
        channel.send({"run": number, **what}, deadline)
    except FrameError as error:
        raise _Unsendable(error) from None
    while True:
        answer = channel.receive(deadline, most)
        if not isinstance(answer, dict) or answer.get("run") != number:
            raise FrameError("an answer that nobody asked for")
        if meeting is None or "called" not in answer:
            return answer
        channel.send(_called(meeting, answer["called"]), deadline)
        if meeting.flooded:
            raise _Flooded


def _called(meeting: Meeting, called: Value) -> Value:
    """What a partner returned or raised, called with arguments by place and by name."""
    try:
        arguments, named = called
        return shown(Returned(meeting(*arguments, **named)))
    except Exception as error:  # the arguments may be anything
        return shown(raised(error))


def shown(outcome: Outcome) -> dict[str, Value]:
    """An outcome as a value."""
    if isinstance(outcome, Raised):
        return {"raised": outcome.type_name, "message": outcome.message}
    return {"returned": outcome.value, "changed": list(outcome.changed)}


def outcome_in(answer: Any) -> Outcome:
    """The outcome in what an answer's process said.

    Raises:
        FrameError: there is none.
    """
    if "returned" in answer:
        return Returned(answer["returned"], _texts(answer, "changed"))
    texts = answer.get("raised"), answer.get("message")
    if all(isinstance(text, str) and len(text) <= MOST_LETTERS for text in texts):
        return Raised(*texts)
    raise FrameError("neither a value nor an exception")


def _texts(answer: Any, key: str) -> tuple[str, ...]:
    texts = answer.get(key)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts[:MOST_NAMES]):
        raise FrameError(f"no list of names under {key!r}")
    return tuple(texts[:MOST_NAMES])
