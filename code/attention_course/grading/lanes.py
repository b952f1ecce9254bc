"""Marks answers on this machine, several side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from attention_course.exercises import registry
from attention_course.exercises.question import Question
from attention_course.grading.isolation import Protection, Warm
from attention_course.grading.marking import Marker, without_running
from attention_course.grading.running import Lanes, Marks, Task

SETUPS = "attention_course.data.vocabulary"  # what their cells import and no question bars
OPTIMISERS = "torch._dynamo"  # torch imports it with the first optimiser, which takes a second

Told = Callable[[tuple[Protection, ...]], object]


def preload(questions: Iterable[Question] | None = None) -> list[str]:
    """What a warm process imports once: ways of asking, and what setup cells and training need.

    No module of the course that a question bars may be among it or come with it: an answer's
    process gets a hollow one in its place, and what is there already cannot be taken away.

    Args:
        questions: that are to be asked; None (default) for all there are.
    """
    if questions is None:
        questions = (q for name in registry.names() for q in registry.exercise(name).questions)
    wanted = {SETUPS}
    for question in questions:
        wanted.add(question.ask.__module__)
        if question.second is not None:
            wanted.add(question.second.ask.__module__)
        if question.kind == "train":
            wanted.add(OPTIMISERS)
    return sorted(wanted)


def here(count: int, *, require: bool = False, told: Told = lambda protections: None) -> Lanes:
    """Lanes on this machine. Its processes are started where an answer has to run, and only then.

    Args:
        count: how many answers run at once.
        require: refuse to begin where a protection is missing.
        told: gets the protections as soon as they are known.
    """

    def lanes(tasks: list[Task], seed: int) -> Marks:
        waiting = []
        for task in tasks:
            mark = without_running(registry.question(task.question), task.answer)
            if mark is None:
                waiting.append(task)
            else:
                yield task, mark
        if waiting:
            wanted = preload(registry.question(task.question) for task in waiting)
            with Warm(wanted, lanes=count, require=require) as warm:
                told(warm.protections)
                yield from _side_by_side(waiting, Marker(seed, warm.ask), count)

    return lanes


def _side_by_side(tasks: list[Task], marker: Marker, count: int) -> Marks:
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
