"""Marks answers on this machine, several side by side."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import find_spec

from attention_course.exercises import registry
from attention_course.grading.isolation import Warm
from attention_course.grading.isolation.references import EXERCISES
from attention_course.grading.marking import Marker
from attention_course.grading.running import Lanes, Marks, Task


def preload() -> list[str]:
    """What a warm process imports once: the questions' ways of asking, and the course's modules
    that questions bar, since only what is imported can be watched.
    """
    questions = [q for name in registry.names() for q in registry.exercise(name).questions]
    asking = {question.ask.__module__ for question in questions}
    barred = {
        _module(name)
        for question in questions
        for name in question.barred
        if name.startswith("attention_course.") and not name.startswith(EXERCISES)
    }
    return sorted(asking | barred)


def _module(name: str) -> str:
    """The module that a dotted name names, or that holds what it names."""
    with contextlib.suppress(ModuleNotFoundError):
        if find_spec(name) is not None:
            return name
    return name.rpartition(".")[0]


def here(warm: Warm, count: int) -> Lanes:
    """Lanes on this machine.

    Args:
        warm: runs the answers.
        count: how many at once.
    """

    def lanes(tasks: list[Task], seed: int) -> Marks:
        marker = Marker(seed, warm.ask)
        pool = ThreadPoolExecutor(count, thread_name_prefix="lane")
        try:
            futures = {
                pool.submit(marker.mark, registry.question(task.question), task.answer): task
                for task in tasks
            }
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:  # also where the run is stopped by hand
            pool.shutdown(wait=False, cancel_futures=True)

    return lanes
