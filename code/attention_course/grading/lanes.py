"""Marks answers on this machine, several side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

from attention_course.exercises import registry
from attention_course.grading.isolation import Warm
from attention_course.grading.marking import Marker
from attention_course.grading.running import Lanes, Marks, Task


def preload() -> list[str]:
    """The modules that hold the questions' ways of asking: a warm process imports them once."""
    questions = [q for name in registry.names() for q in registry.exercise(name).questions]
    return sorted({question.ask.__module__ for question in questions})


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
