"""Runs the setup and one answer, and puts the inputs to it that come over a channel.

This is all that the process of an answer does. What stands here is in the answer's reach: nothing
that it says is believed without a look.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import linecache
import sys
import time
import types
from typing import Any

from attention_course.exercises.asking import Answer, Ask, Nowhere, Outcome, Raised, ask, raised
from attention_course.exercises.values import Value, named, plain
from attention_course.grading.isolation import hollow
from attention_course.grading.isolation.channel import Channel, Closed
from attention_course.grading.isolation.conversation import MOST_LETTERS, shown
from attention_course.grading.isolation.frames import FrameError
from attention_course.grading.isolation.tripwires import SETUP, Tripwires


def serve(channel: Channel) -> None:
    """Takes a job, and answers each run until the other side has no more of them."""
    channel.send({"cpu": time.process_time()})
    job = channel.receive()
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = module.__dict__
    tripped: set[str] = set()
    hollow.lay(job["barred"], tripped)
    failed = None
    for number, source in enumerate(job["setup"]):
        failed = failed or _run(source, f"{SETUP} {number}>", namespace)
    how = _found(job["how"])
    Tripwires(job["barred"], namespace, tripped).lay()
    failed = failed or _run(job["source"], "<answer>", namespace)
    answer = namespace.get(job["function"])
    channel.send({"loaded": True})
    with contextlib.suppress(Closed):
        while True:
            message = channel.receive()
            partner = _partner(channel, message["run"]) if job["partner"] else None
            outcome = _outcome(answer, job["function"], failed, message["inputs"], how, partner)
            _say(channel, message["run"], outcome, tripped, job["most"])


def _partner(channel: Channel, run: str) -> Answer:
    """A function in the place of one that lives on the other side."""

    def partner(*arguments: object, **named: object) -> Value:
        channel.send({"run": run, "called": plain([arguments, named])})
        answer = channel.receive()
        if "returned" in answer:
            return answer["returned"]
        kind = getattr(builtins, answer["raised"], RuntimeError)
        raise kind(answer["message"])

    return partner


def _say(channel: Channel, run: str, outcome: Outcome, tripped: set[str], most: int) -> None:
    """Sends an outcome, and the barred names that were used until now."""
    said = {"run": run, "tripped": sorted(tripped)}
    try:
        channel.send({**said, **shown(outcome)}, most=most)
    except FrameError as error:
        too_large = Raised("ValueError", _cut(f"the answer cannot be sent: {error}"))
        channel.send({**said, **shown(too_large)})
    except MemoryError:  # what it returned takes more memory to write out than to hold
        channel.send({**said, **shown(Raised("MemoryError"))})


def _outcome(
    answer: Any,
    function: str,
    failed: Raised | None,
    inputs: dict[str, Any],
    how: Ask,
    partner: Answer | None,
) -> Outcome:
    if answer is None and failed:
        return failed
    if answer is None:
        return Raised("NameError", f"name {function!r} is not defined")
    if not callable(answer):
        kind = named(plain(answer))
        return Raised("TypeError", _cut(f"{function} is {kind}, expected the function itself"))
    try:
        outcome = ask(answer, inputs, how, partner=partner)
    except KeyboardInterrupt:
        return Raised("KeyboardInterrupt")
    return _told(outcome) if isinstance(outcome, Raised) else outcome


def _run(source: str, name: str, namespace: dict[str, Any]) -> Raised | None:
    """Runs a cell; what it raised, if it did."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        with contextlib.redirect_stdout(Nowhere()), contextlib.redirect_stderr(Nowhere()):
            exec(compile(source, name, "exec"), namespace)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are the answer's own
        return _told(raised(error))
    return None


def _found(how: str) -> Ask:
    """The function under "module:qualname"."""
    module, _, name = how.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _told(what: Raised) -> Raised:
    return Raised(_cut(what.type_name), _cut(what.message))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
