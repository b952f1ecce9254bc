"""What is wrong with an outcome of one case, if anything is."""

from __future__ import annotations

from attention_course.exercises.asking import Outcome, Raised
from attention_course.exercises.comparing import Problem, Rank, compare, unpacked, wrong_kind
from attention_course.exercises.question import Case, Inputs, Question
from attention_course.exercises.values import UPSET, Value

STUB = "write your answer here"  # what the learner's notebook raises where an answer is missing
NOT_WRITTEN = "not written yet: put your own lines in place of raise NotImplementedError"


def problem_of(
    question: Question, case: Case, outcome: Outcome, expected: Value, inputs: Inputs
) -> Problem | None:
    if isinstance(outcome, Raised):
        if is_stub(outcome):
            return Problem(Rank.NOT_WRITTEN, NOT_WRITTEN)
        message = f": {outcome.message}" if outcome.message else ""
        return Problem(Rank.RAISED, f"your function raises {outcome.type_name}{message}")
    problem = difference(question, case, outcome.value, expected, inputs)
    if problem is None and outcome.changed:
        names = " and ".join(f"`{name}`" for name in outcome.changed)
        return Problem(
            Rank.CHANGED,
            f"your function changes its input {names} in place, which its caller still needs",
        )
    return problem


def is_stub(outcome: Raised) -> bool:
    """Whether nothing was written: the notebook's own stub, or one without words."""
    # PyTorch raises this type too, where it has no operation for a dtype
    return outcome.type_name == "NotImplementedError" and outcome.message in ("", STUB)


def difference(
    question: Question, case: Case, given: Value, expected: Value, inputs: Inputs
) -> Problem | None:
    """What the judge says; of answers in parts it sees one part only."""
    if case.part is not None:
        given, missing = _taken(given, expected, case.part)
        if missing is not None:
            return missing
        expected = expected[case.part]
        if question.judge is compare:
            return compare(given, expected, inputs, question.tolerance, _place(case))
    try:
        problem = question.judge(given, expected, inputs, question.tolerance)
    except UPSET:
        problem = Problem(
            Rank.NOTHING, "what your function returns cannot be compared with what was expected"
        )
    if problem is not None and case.part is not None:
        return Problem(problem.rank, f"{case.name}: {problem.sentence}")
    return problem


def _place(case: Case) -> str:
    """How a hint names the part of an answer that a case looks at."""
    if isinstance(case.part, int):
        return f"part {case.part + 1} of your answer ({case.name})"
    return f"your {case.part!r}"


def _taken(given: Value, expected: Value, part: int | str) -> tuple[Value, Problem | None]:
    """The part of an answer that counts, or why there is none."""
    given = unpacked(given)
    kind = list if isinstance(part, int) else dict
    if not isinstance(given, kind):
        return None, wrong_kind(given, expected, "")
    if kind is dict and part not in given:
        return None, Problem(Rank.SHAPE, f"the dictionary you return has no key {part!r}")
    if kind is list and len(given) != len(expected):
        return None, Problem(
            Rank.SHAPE, f"what you return holds {len(given)} parts, expected {len(expected)}"
        )
    return given[part], None  # type: ignore[index]
