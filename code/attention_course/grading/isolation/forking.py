"""The warm process: has everything imported that answers need, and forks for each question.

It never sees a source, an input, a seed or a reference: a question's socket goes through it as a
descriptor, from the marking process to the answer's process.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import socket
from typing import Any, NoReturn

from attention_course.grading.isolation import (
    child,
    guard,
    jail,
    kernel,
    namespaces,
    settings,
)
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.joint import Limits
from attention_course.grading.isolation.namespaces import Namespaces
from attention_course.grading.isolation.preparing import prepare
from attention_course.grading.isolation.settings import Layers, owner, restrict

MOST_BYTES = 1 << 16  # of a message of the marking process


def serve(control: socket.socket, orders: dict[str, Any], own: Namespaces) -> None:
    """Prepares, says so, and forks for each question until the control socket is closed.

    Args:
        control: to the marking process.
        orders: what it wants: modules to "preload", an empty "folder", the number of "lanes".
        own: the namespaces that this process is in.
    """
    pid_namespace = -1
    try:
        if "pid" in own.kinds:
            pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY)
        prepare(orders["preload"])
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(
                f"{threads} threads after the imports, and no fork is safe, expected 1"
            )
        layers = _layers(orders, own)
    except Exception as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        return
    control.send(json.dumps({"layers": dataclasses.asdict(layers)}).encode())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guards are reaped by the kernel
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, 2)
        if not message:
            return
        apart = namespaces.next_process_apart(pid_namespace)
        with contextlib.suppress(OSError), apart:  # where it cannot fork, the sockets tell
            if os.fork() == 0:
                control.close()
                _question(json.loads(message), descriptors, layers, orders["folder"])
        for descriptor in descriptors:
            os.close(descriptor)


def _layers(orders: dict[str, Any], own: Namespaces) -> Layers:
    missing = dict(own.missing)
    jailed = {"mount", "pid"} <= set(own.kinds)
    if jailed:

        def attempt() -> None:
            kernel.unshare(kernel.CLONE_NEWNS)
            jail.build(orders["folder"])

        missing["jail"] = namespaces.refusal(attempt)
        jailed = not missing["jail"]
    found = settings.layers()
    if jailed:
        jail.build(orders["folder"])
    others = 3 * orders["lanes"] + 2 if own.user else found.others
    return dataclasses.replace(
        found,
        namespaces=own.kinds,
        jail=jailed,
        others=others,
        missing=tuple((name, why) for name, why in missing.items() if why),
    )


def _question(
    message: dict[str, Any], descriptors: list[int], layers: Layers, base: str
) -> NoReturn:
    question, status = descriptors
    limits, slot = Limits(**message["limits"]), int(message["slot"])
    folder = jail.PRIVATE if layers.jail else os.path.join(base, str(slot))

    def enter() -> None:
        flags = sum(namespaces.KINDS[kind] for kind in layers.namespaces if kind != "pid")
        kernel.unshare(flags)
        if layers.jail:
            jail.enter(limits.disk, *owner(slot))
        else:
            shutil.rmtree(folder, ignore_errors=True)
            os.mkdir(folder, 0o700)

    def run() -> None:
        channel = Channel(socket.socket(fileno=question))
        try:
            restrict(limits, layers, slot, folder, keep=question)
        except Exception as error:
            channel.send({"fault": f"{type(error).__name__}: {error}"})
            return
        child.serve(channel)

    def leave() -> None:
        if not layers.jail:
            shutil.rmtree(folder, ignore_errors=True)

    guard.watch(socket.socket(fileno=status), question, limits.wall, guard.Steps(enter, run, leave))
