"""Runs the setup and one answer, and puts the inputs to it that come over a channel.

This is all that the process of an answer does. What stands here is in the answer's reach: nothing
that it says is believed without a look.
"""

from __future__ import annotations

import contextlib
import importlib
import linecache
import sys
import time
import types
from typing import Any

from attention_course.exercises.asking import Ask, Nowhere, Outcome, Raised, ask, raised
from attention_course.exercises.values import named, plain
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.conversation import MOST_LETTERS, shown
from attention_course.grading.isolation.frames import FrameError
from attention_course.grading.isolation.tripwires import SETUP, Tripwires


def serve(channel: Channel) -> None:
    """Takes a job, answers each run, and tells in the end what was tripped over."""
    channel.send({"cpu": time.process_time()})
    job = channel.receive()
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = module.__dict__
    failed = None
    for number, source in enumerate(job["setup"]):
        failed = failed or _run(source, f"{SETUP} {number}>", namespace)
    how = _found(job["how"])
    wires = Tripwires(job["barred"], namespace)
    wires.lay()
    failed = failed or _run(job["source"], "<answer>", namespace)
    answer = namespace.get(job["function"])
    while True:
        message = channel.receive()
        if "inputs" not in message:
            break
        outcome = _outcome(answer, job["function"], failed, message["inputs"], how)
        try:
            channel.send({"run": message["run"], **shown(outcome)}, most=job["most"])
        except FrameError as error:
            too_large = Raised("ValueError", _cut(f"the answer cannot be sent: {error}"))
            channel.send({"run": message["run"], **shown(too_large)})
        except MemoryError:  # what it returned takes more memory to write out than to hold
            channel.send({"run": message["run"], **shown(Raised("MemoryError"))})
    channel.send({"run": message["run"], "tripped": sorted(wires.tripped)})


def _outcome(
    answer: Any, function: str, failed: Raised | None, inputs: dict[str, Any], how: Ask
) -> Outcome:
    if answer is None and failed:
        return failed
    if answer is None:
        return Raised("NameError", f"name {function!r} is not defined")
    if not callable(answer):
        kind = named(plain(answer))
        return Raised("TypeError", _cut(f"{function} is {kind}, expected the function itself"))
    try:
        outcome = ask(answer, inputs, how)
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
