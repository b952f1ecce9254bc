"""Runs an answer on inputs and catches whatever comes of it.

This is the only part of the package that touches a learner's code. It imports no question and no
reference, so that a process which holds answers needs to hold nothing else.
"""

from __future__ import annotations

import contextlib
import io
import random
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from attention_course.exercises.values import Value, copied, identical, plain

Answer = Callable[..., object]
Ask = Callable[..., object]  # of an answer, its inputs by name, and its partner if it has one


@dataclass(frozen=True)
class Returned:
    """The answer returned.

    Attributes:
        value: what it returned, as a value.
        changed: the names of the inputs that are not what they were before the call.
    """

    value: Value
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Raised:
    """The answer raised: the exception's type and the first line of its message."""

    type_name: str
    message: str = ""


Outcome = Returned | Raised


def call(answer: Answer, inputs: Mapping[str, Value], *partner: Answer) -> object:
    """The usual way to ask: one call, inputs in order, so that parameters may be renamed."""
    return answer(*partner, *inputs.values())


def ask(
    answer: Answer,
    inputs: Mapping[str, Value],
    how: Ask = call,
    *,
    partner: Answer | None = None,
    seed: int = 0,
) -> Outcome:
    """Puts inputs to an answer, and before them its partner, a function that it may call.

    The answer gets copies of the inputs. What it prints or warns is dropped; the state of the
    random generators, default dtype and device, gradient mode and warning filters afterwards is
    that of before, and while the answer runs it is always the same. Ctrl-C still gets through.
    """
    own = {name: copied(value) for name, value in inputs.items()}
    with apart(seed):
        try:
            value = plain(how(answer, own, *([partner] if partner else [])))
            changed = tuple(
                name for name in inputs if not identical(plain(own[name]), inputs[name])
            )
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: it must not end the notebook
            return raised(error)
    return Returned(value, changed)


@contextlib.contextmanager
def apart(seed: int) -> Iterator[None]:
    """Runs what is inside from a known state, and puts the old state back.

    In the main thread it is silent, too.
    """
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    on_cpu = torch.get_rng_state()
    dtype, gradients = torch.get_default_dtype(), torch.is_grad_enabled()
    device, cpu = torch.get_default_device(), torch.device("cpu")
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        # the streams are the whole process's: another thread may have something to say meanwhile
        if threading.current_thread() is threading.main_thread():
            stack.enter_context(contextlib.redirect_stdout(Nowhere()))
            stack.enter_context(contextlib.redirect_stderr(Nowhere()))
        warnings.simplefilter("ignore")
        if device != cpu:
            torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        # not torch.manual_seed, which notes down a stack trace for every kind of device: 1 ms
        torch.default_generator.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            # only where it differs: a default costs time in every call, and "cpu" needs none
            if torch.get_default_device() != device:
                torch.set_default_device(None if device == cpu else device)
            torch.set_default_dtype(dtype)
            torch.set_grad_enabled(gradients)
            random.setstate(python)
            np.random.set_state(numpy)  # noqa: NPY002
            torch.set_rng_state(on_cpu)


class Nowhere(io.TextIOBase):
    """A text file that keeps nothing of what is written to it."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


def raised(error: BaseException) -> Raised:
    """What an exception is told as."""
    return Raised(type(error).__name__, _first_line(error))


def _first_line(error: BaseException) -> str:
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # a learner's own exception may fail even at this
        lines = []
    line = lines[0].strip() if lines else ""
    return line if len(line) <= 160 else line[:159] + "…"
