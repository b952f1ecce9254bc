"""Which known mistake explains what an answer did.

Hints come from probes: each known mistake is put to the same inputs, and where the learner's
output is what the mistake gives, the mistake is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Outcome, Raised, Returned
from attention_course.exercises.problems import difference, problem_of
from attention_course.exercises.question import Inputs, Mistake, Sign
from attention_course.exercises.values import UPSET, Value

if TYPE_CHECKING:
    from attention_course.exercises.judging import AnswerKey


def recognised(
    key: AnswerKey, outcomes: Sequence[Outcome], passed: Sequence[bool]
) -> Mistake | None:
    """The known mistake that explains the failed cases best, if any explains one of them.

    First choice is a mistake that does in every case what the learner's answer does; then the one
    that explains most of the failed cases, and at least half of them, since one agreement may be
    chance (parts are independent of each other, there one is enough). Among equals it is the
    first in the question's order.
    """
    enough = 1 if key.question.in_parts else (len(passed) - sum(passed)) / 2
    best: tuple[int, Mistake] | None = None
    for mistake in key.question.mistakes:
        if mistake.sign is not None:
            shows = [
                not ok and isinstance(o, Returned) and _shows(mistake.sign, o.value, right, inputs)
                for ok, o, right, inputs in zip(
                    passed, outcomes, key.expected, key.drawn, strict=True
                )
            ]
            weight = sum(shows)
        else:
            weight = _likeness(key, mistake, outcomes, passed)
        if weight and weight >= enough and (best is None or weight > best[0]):
            best = (weight, mistake)
    return best[1] if best else None


def _likeness(
    key: AnswerKey, mistake: Mistake, outcomes: Sequence[Outcome], passed: Sequence[bool]
) -> int:
    """How many failed cases a mistake explains; one more than all cases if it agrees in all."""
    question = key.question
    explained, agrees, shown = 0, True, False
    rows = zip(
        question.cases, key.of(mistake), outcomes, key.expected, key.drawn, passed, strict=True
    )
    for case, wrong, outcome, right, inputs, ok in rows:
        harmless = problem_of(question, case, wrong, right, inputs) is None
        if ok or harmless:
            agrees = agrees and ok and harmless
        elif isinstance(wrong, Raised) or isinstance(outcome, Raised):
            # to stumble in the same way explains a case, but shows nothing by itself
            same = isinstance(wrong, Raised) and isinstance(outcome, Raised)
            same = same and wrong.type_name == outcome.type_name
            explained += same
            agrees = agrees and same
        elif difference(question, case, outcome.value, wrong.value, inputs) is None:
            explained += 1
            shown = True
        else:
            agrees = False
    if not shown:
        return 0
    return len(key.drawn) + 1 if agrees else explained


def _shows(sign: Sign, given: Value, expected: Value, inputs: Inputs) -> bool:
    try:
        return bool(sign(given, expected, inputs))  # a forged value may be None
    except UPSET:
        return False
