"""The grader's own time for a question, and where it goes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from attention_course.exercises import published
from attention_course.exercises.asking import Outcome, ask
from attention_course.exercises.question import Inputs, Question
from attention_course.grading.isolation import Job, Warm
from attention_course.grading.lanes import preload
from attention_course.grading.marking import Marker, job, limits
from attention_course.grading.marks import Answer, How, Reason

from benchmarks import cost
from benchmarks.handed_in import EXERCISE, TRAINING, solved
from benchmarks.table import Line, show

MILLISECONDS = 60
REPETITIONS = 15
SEED = 1409


def report(repetitions: int = REPETITIONS) -> None:
    """Prints for chapter 2's questions what marking one takes beyond the answer's own computing.

    The answer's own computing is what its function takes in this process on the same inputs, those
    of a second round among them.
    """
    answers = _answers()
    parts: dict[str, list[float]] = {}
    quick = [q for q in EXERCISE.questions if EXERCISE.grade_id(q) not in TRAINING]
    with cost.two_cores(), Warm(preload(quick), lanes=1) as warm:
        for question in quick:
            took = _taken(question, answers[question.id], warm, repetitions)
            for name, milliseconds in took.items():
                parts.setdefault(name, []).append(milliseconds)
    mean = {name: statistics.mean(values) for name, values in parts.items()}
    own = [m - a for m, a in zip(parts["marked"], parts["alone"], strict=True)]
    print(f"the grader's own time for a question, median of {repetitions}, one at a time")
    show(Line("mean of chapter 2's quick questions", statistics.mean(own), "ms", MILLISECONDS))
    show(Line("its slowest question", max(own), "ms", MILLISECONDS))
    print("  where it goes, mean of the questions")
    show(Line("  a process that can reach nothing, begun and ended", mean["bare"], "ms"))
    show(Line("  the notebook's first cells in it", mean["setup"] - mean["bare"], "ms"))
    rest = mean["asked"] - mean["setup"] - mean["alone"]
    show(Line("  inputs there, outcomes back, first uses of torch", rest, "ms"))
    show(Line("  judging", mean["marked"] - mean["asked"], "ms"))


def _taken(question: Question, answer: Answer, warm: Warm, repetitions: int) -> dict[str, float]:
    """Median milliseconds: of the marking, of parts of it, and of the function alone."""
    marker = Marker(SEED, warm.ask)
    drawn = question.draw(SEED)
    put = job(question, answer, drawn)
    mark = marker.mark(question, answer)
    if mark.reason is not Reason.PASSED:  # what fails is quick
        raise RuntimeError(f"{question.id} {mark.reason.value}, expected passed: {mark.hint}")
    function = _function(answer, question)
    following = _second_round(question, function, [*drawn, drawn[0]][: len(put.inputs)])
    allowed = limits(question)

    def alone() -> None:
        for inputs in put.inputs:
            ask(function, inputs, question.ask)
        for inputs in following:
            assert question.second is not None
            ask(function, inputs, question.second.ask)

    works: dict[str, Callable[[], object]] = {
        "bare": lambda: warm.ask(_nothing(()), allowed),
        "setup": lambda: warm.ask(_nothing(put.setup), allowed),
        "asked": lambda: warm.ask(put, allowed),
        "marked": lambda: marker.mark(question, answer),
        "alone": alone,
    }
    took = {}
    for name, work in works.items():
        work()  # what the first alone pays for, such as the references
        took[name] = statistics.median(_milliseconds(work) for _ in range(repetitions))
    return took


def _second_round(
    question: Question, function: Callable[..., object], drawn: list[Inputs]
) -> list[Inputs]:
    """What is put to the function in its second round."""
    found: list[Inputs] = []

    def keep(following: list[Inputs]) -> tuple[tuple[Outcome, ...], tuple[float, ...]]:
        found.extend(following)
        return (), ()

    firsts = [ask(function, question.sent(inputs), question.ask) for inputs in drawn]
    question.rounds(drawn, firsts, keep)
    return found


def _answers() -> dict[str, Answer]:
    ids = {EXERCISE.grade_id(question): question.id for question in EXERCISE.questions}
    return {
        ids[cell["id"]]: Answer(ids[cell["id"]], "".join(cell["source"]), How.METADATA)
        for cell in solved()["cells"]
        if cell.get("id") in ids
    }


def _function(answer: Answer, question: Question) -> Callable[..., object]:
    names: dict[str, object] = {}
    for source in (*published.setup(question.exercise), answer.source):
        exec(source, names)
    found = names[question.answer]
    assert callable(found)
    return found


def _nothing(setup: tuple[str, ...]) -> Job:
    """An answer that has nothing to do."""
    empty: Inputs = {}
    how = "attention_course.exercises.asking:call"
    return Job(setup, "def answer():\n    return 0\n", "answer", how, (), [empty])


def _milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - begin)
