"""Marks answers on this machine, several side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

from attention_course.exercises import registry
from attention_course.grading.isolation import Warm
from attention_course.grading.marking import Marker
from attention_course.grading.running import Lanes, Marks, Task


def preload() -> list[str]:
    """What a warm process imports once: the questions' ways of asking.

    No module of the course that a question bars may be among it or come with it: an answer's
    process gets a hollow one in its place, and what is there already cannot be taken away.
    """
    asking = set()
    for question in (q for name in registry.names() for q in registry.exercise(name).questions):
        asking.add(question.ask.__module__)
        if question.second is not None:
            asking.add(question.second.ask.__module__)
    return sorted(asking)


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
