"""A question has all that it needs, and its hints are sentences that help."""

from __future__ import annotations

import pkgutil

from attention_course.authoring.proofs.common import Problems
from attention_course.exercises.question import Mistake, Question


def question_is_complete(question: Question) -> Problems:
    """Enough cases, mistakes and alternatives, each with a name of its own; hints as hints are."""
    q = question
    if len(q.cases) < 2:
        yield f"it has {len(q.cases)} case, expected at least 2"
    if len({case.name for case in q.cases}) < len(q.cases):
        yield "two cases have one name"
    if len(q.mistakes) < 3:
        yield f"it knows {len(q.mistakes)} mistakes, expected at least 3"
    if len({m.name for m in q.mistakes}) < len(q.mistakes):
        yield "two mistakes have one name"
    if len({m.hint for m in q.mistakes}) < len(q.mistakes):
        yield "two mistakes have one hint"
    if len(q.alternatives) < 2:
        yield f"it has {len(q.alternatives)} alternatives, expected at least 2"
    if q.difficulty not in (1, 2, 3):
        yield f"its difficulty is {q.difficulty}, expected 1, 2 or 3"
    if q.points <= 0:
        yield f"it is worth {q.points} points, expected more than 0"
    if not 0 < q.minutes <= 30:
        yield f"it takes {q.minutes} minutes, expected 1 to 30"
    for mistake in q.mistakes:
        yield from hint_is_one_sentence(mistake)
    for name in q.barred:
        if not _exists(name):
            yield f"it bars {name}, which does not exist"


def hint_is_one_sentence(mistake: Mistake) -> Problems:
    """A hint is one sentence without a full stop, and begins in lower case."""
    hint, it = mistake.hint, f"the hint of {mistake.name!r}"
    if not hint:
        yield f"{it} is empty"
        return
    if "\n" in hint or ". " in hint or hint.endswith("."):
        yield f"{it} is not one sentence without a full stop: {hint}"
    if hint[0].isalpha() and not hint[0].islower():
        yield f"{it} does not begin in lower case: {hint}"
    if len(hint) > 200:
        yield f"{it} has {len(hint)} letters, expected at most 200"


def _exists(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True
