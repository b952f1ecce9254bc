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
    huge_pages,
    jail,
    kernel,
    namespaces,
    settings,
    visible,
)
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.endings import Report
from attention_course.grading.isolation.joint import Limits
from attention_course.grading.isolation.namespaces import Namespaces
from attention_course.grading.isolation.preparing import prepare
from attention_course.grading.isolation.settings import Layers, owner, restrict

MOST_BYTES = 1 << 16  # of a message of the marking process


def serve(control: socket.socket, orders: dict[str, Any], own: Namespaces) -> None:
    """Prepares, says so, and forks for each question until the control socket is closed.

    Args:
        control: to the marking process.
        orders: what it wants: modules to "preload", an empty "folder", the number of "lanes", and
            names of layers to do "without".
        own: the namespaces that this process is in.
    """
    pid_namespace = -1
    try:
        if "pid" in own.kinds:
            pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY)
        prepare(orders["preload"])
        huge_pages.gather()
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
        try:
            with namespaces.next_process_apart(pid_namespace):
                if os.fork() == 0:
                    _guard(control, json.loads(message), descriptors, layers, orders["folder"])
        except OSError as error:
            _say_fault(descriptors[1], error)
            return  # to be started again
        for descriptor in descriptors:
            os.close(descriptor)


def _layers(orders: dict[str, Any], own: Namespaces) -> Layers:
    missing = dict(own.missing)
    without = orders["without"]
    jailed = {"mount", "pid"} <= set(own.kinds) and "jail" not in without
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
        landlock=0 if "landlock" in without else found.landlock,
        seccomp=found.seccomp and "seccomp" not in without,
        others=others,
        missing=tuple((name, why) for name, why in missing.items() if why),
    )


def _say_fault(status: int, error: OSError) -> None:
    report = Report(status=-1, fault=f"the warm process cannot fork: {error}")
    with contextlib.suppress(OSError), socket.socket(fileno=status) as end:
        end.sendall(json.dumps(dataclasses.asdict(report)).encode())


def _guard(
    control: socket.socket,
    message: dict[str, Any],
    descriptors: list[int],
    layers: Layers,
    base: str,
) -> NoReturn:
    try:
        control.close()
        _watch(message, descriptors, layers, base)
    finally:  # nothing may go on here as if it were the warm process
        os._exit(1)


def _watch(message: dict[str, Any], descriptors: list[int], layers: Layers, base: str) -> None:
    question, status = descriptors
    limits, slot = Limits(**message["limits"]), int(message["slot"])
    folder = jail.PRIVATE if layers.jail else os.path.join(base, str(slot))

    def enter() -> None:
        flags = sum(namespaces.KINDS[kind] for kind in layers.namespaces if kind != "pid")
        kernel.unshare(flags)
        if layers.jail:
            jail.enter(limits.disk, *owner(slot), visible.sources(message["hollow"]))
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

    guard.watch(socket.socket(fileno=status), question, limits, guard.Steps(enter, run, leave))
