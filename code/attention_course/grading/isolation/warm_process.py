"""The warm process: has everything imported that answers need, and forks for each question.

It is started by the marking process, which it hears over a control socket, and ends when that is
closed. It never sees a source, an input, a seed or a reference: a question's socket goes through
it as a descriptor, from the marking process to the answer's process.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from attention_course.grading.isolation import references
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.child import serve
from attention_course.grading.isolation.guard import watch
from attention_course.grading.isolation.joint import Limits
from attention_course.grading.isolation.settings import restrict

MOST_BYTES = 1 << 16  # of a message of the marking process


def main() -> None:
    """Reads what to import from the control socket, whose descriptor is the first argument."""
    sys.path[:] = [folder for folder in sys.path if folder not in ("", "/")]
    control = socket.socket(fileno=int(sys.argv[1]))
    preload = json.loads(control.recv(MOST_BYTES))["preload"]
    try:
        prepare(preload)
    except Exception as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        return
    control.send(json.dumps({"ready": True}).encode())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guards are reaped by the kernel
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, 2)
        if not message:
            return
        if os.fork() == 0:
            _guard(control, json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def prepare(preload: Iterable[str]) -> None:
    """Imports what answers need, and no reference.

    Raises:
        ImportError: of what has to be imported.
        RuntimeError: something started a thread, so that no fork is safe.
    """
    preload = list(preload)
    references.keep_out(preload)
    for name in preload:
        importlib.import_module(name)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"{threads} threads after the imports, expected 1")
    gc.collect()
    gc.freeze()


def _guard(control: socket.socket, message: dict[str, Any], descriptors: list[int]) -> NoReturn:
    control.close()
    question, status = descriptors
    limits = Limits(**message["limits"])

    def run() -> None:
        restrict(limits, keep=question)
        serve(Channel(socket.socket(fileno=question)))

    def enter() -> None:
        pass

    watch(socket.socket(fileno=status), limits.wall, enter, run)


if __name__ == "__main__":
    main()
