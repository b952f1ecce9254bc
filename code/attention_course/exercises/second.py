"""A second round: what came of the first is put to the same answer in a new process."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from attention_course.exercises.asking import Ask, Outcome, Raised, Returned
from attention_course.exercises.values import UPSET, Value

Inputs = Mapping[str, Value]
Put = Callable[[list[Inputs]], tuple[Sequence[Outcome], Sequence[float]]]


@dataclass(frozen=True)
class Second:
    """What is put to the same answer in a new process, once the first round is over.

    So it has nothing but what is handed to it, and nothing that weighs it is in its reach. What is
    judged is then a dictionary: "first", what came of the first; "second", a list of what came of
    each run of the second, None where one of them raised or never came; "cpu", the CPU seconds that
    each of these runs took, as whoever started the process sees them.

    Attributes:
        inputs: makes the inputs of each run of the second round from all drawn inputs and from what
            came of the first, which a hostile answer may have made up; it runs where it is judged.
            None where there is nothing to go on from.
        ask: how they are put to the answer; it runs where the answer lives.
        new: names of drawn inputs that the first round does not see.
        slow: of what is judged, what is expected and all drawn inputs whether the second round
            took too long, so that it is tried once again; None (default) where its time does not
            count.
    """

    inputs: Callable[[Inputs, Value], list[dict[str, Value]] | None]
    ask: Ask
    new: tuple[str, ...] = ()
    slow: Callable[[Value, Value, Inputs], bool] | None = None

    def rounds(self, drawn: Sequence[Inputs], firsts: Sequence[Outcome], put: Put) -> list[Outcome]:
        """The outcomes of both rounds, as they are judged.

        Args:
            drawn: the inputs of every run of the first.
            firsts: what came of those runs, of as many as came to an end.
            put: puts inputs of the second round to the answer, and returns as many outcomes as
                there were, and the CPU seconds that each of them took.
        """
        following = [
            _going_on(self, inputs, first) for inputs, first in zip(drawn, firsts, strict=False)
        ]
        came = zip(*put([inputs for runs in following for inputs in runs]), strict=True)
        return [
            _both(first, list(itertools.islice(came, len(runs))), len(runs))
            for first, runs in zip(firsts, following, strict=True)
        ]


def _going_on(second: Second, drawn: Inputs, first: Outcome) -> Sequence[Inputs]:
    if isinstance(first, Raised):
        return []
    try:
        return second.inputs(drawn, first.value) or []
    except UPSET:
        return []


def _both(first: Outcome, second: Sequence[tuple[Outcome, float]], runs: int) -> Outcome:
    if isinstance(first, Raised):
        return first
    values = [outcome.value for outcome, _ in second if isinstance(outcome, Returned)]
    then = values if 0 < runs == len(values) else None
    cpu = [seconds for _, seconds in second]
    return Returned({"first": first.value, "second": then, "cpu": cpu}, first.changed)
