"""One run over a class: what has to be marked, in lanes side by side, each mark kept at once."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from attention_course.exercises import registry
from attention_course.grading import store, versions
from attention_course.grading.intake import Collected
from attention_course.grading.marks import Answer, Mark, Marked, Reason, Run, Submission
from attention_course.grading.store import Store


@dataclass(frozen=True)
class Task:
    """One answer to be marked: its key in the store, the question's id, and the answer."""

    key: str
    question: str
    answer: Answer | None


Marks = Generator[tuple[Task, Mark], None, None]
Lanes = Callable[[list[Task], int], Marks]  # tasks and seed to every task's mark, in any order
Progress = Callable[[int, int], None]  # how many marks there are, how many there will be


def run(
    collected: Collected,
    out: Path,
    lanes: Lanes,
    *,
    seed: int | None = None,
    again: bool = False,
    progress: Progress = lambda done, total: None,
) -> Run:
    """Marks what was collected, and keeps the marks in the folder of results.

    A mark that is already there is taken from there, unless the answer, the exercise or the
    environment changed. The same answer of several students is marked once.

    Args:
        collected: what the intake found.
        out: the folder of results.
        lanes: where answers are marked.
        seed: of the inputs; None draws one, or takes that of a run which was stopped.
        again: mark everything anew.

    Raises:
        RuntimeError: another run writes to this folder.
        OSError: a mark could not be kept, for example since the disk is full.
    """
    begin = time.perf_counter()
    started = datetime.now(timezone.utc).isoformat(timespec="seconds")
    with Store(out) as kept:
        if again:
            kept.forget()
        tasks = {task.key: task for s in collected.submissions for task in tasks_of(s)}
        marks = {key: mark for key in tasks if (mark := kept.get(key)) is not None}
        from_store = len(marks)
        missing = [task for key, task in tasks.items() if key not in marks]
        progress(len(marks), len(tasks))
        drawn: set[int] = set()
        if missing:
            with contextlib.closing(lanes(missing, kept.begin(seed))) as incoming:
                for task, mark in incoming:
                    drawn.update([] if mark.seed is None else [mark.seed])
                    if mark.reason is not Reason.UNMARKED:  # that is tried again in the next run
                        kept.put(task.key, mark)
                    marks[task.key] = mark
                    progress(len(marks), len(tasks))
        kept.complete()
    return Run(
        marked=tuple(assembled(collected.submissions, marks)),
        unreadable=tuple(collected.unreadable),
        seed=drawn.pop() if drawn else None,
        versions=versions.environment(),
        started=started,
        seconds=time.perf_counter() - begin,
        different=len(tasks),
        from_store=from_store,
    )


def tasks_of(submission: Submission) -> Iterator[Task]:
    """A task for every question of the exercise, answered or not."""
    version = versions.of(submission.exercise)
    for question in registry.exercise(submission.exercise).questions:
        answer = submission.answers.get(question.id)
        yield Task(store.key(question, answer, version), question.id, answer)


def assembled(submissions: Iterable[Submission], marks: Mapping[str, Mark]) -> Iterator[Marked]:
    """Every submission with its marks; how an answer was found is the submission's own."""
    for submission in submissions:
        own = []
        for task in tasks_of(submission):
            mark, answer = marks[task.key], task.answer
            if answer is not None:
                mark = dataclasses.replace(mark, how=answer.how, flags=answer.flags)
            own.append(mark)
        yield Marked(
            submission.student,
            submission.exercise,
            submission.path,
            tuple(own),
            submission.flags,
            submission.private,
        )
