"""What a learner calls in a notebook: `check` and `progress`."""

from __future__ import annotations

import os

from attention_course.exercises import registry
from attention_course.exercises.asking import Answer
from attention_course.exercises.judging import AnswerKey, Verdict, tried
from attention_course.exercises.question import Question
from attention_course.exercises.values import named, plain

SEED = 1409  # of the inputs in notebooks; a graded run draws others

_verdicts: dict[str, Verdict] = {}
_keys: dict[str, AnswerKey] = {}


def check(question_id: str, answer: Answer) -> float | None:
    """Tries an answer and prints one line: how many checks it passes, or a hint.

    The answer is run on a handful of inputs. What it prints meanwhile is not shown.

    Args:
        question_id: for example "bahdanau.scores".
        answer: the function that the question asks for.

    Returns:
        Nothing; but the points where nbgrader runs it, which takes a cell's result for them.

    Raises:
        ValueError: there is no such question.
    """
    question = registry.question(question_id)
    if callable(answer):
        verdict = tried(_key(question), answer)
    else:
        hint = f"{question.answer} is {named(plain(answer))}, expected the function itself"
        verdict = Verdict(question, (False,) * len(question.cases), hint)
    _verdicts[question.id] = verdict
    print(verdict.line)
    return verdict.points if "NBGRADER_EXECUTION" in os.environ else None


def _key(question: Question) -> AnswerKey:
    """The inputs of a question, drawn once in a session: to draw a corpus takes a second."""
    if question.id not in _keys:
        _keys[question.id] = AnswerKey(question, question.draw(SEED))
    return _keys[question.id]


def progress(name: str) -> None:
    """Prints how many points of an exercise the checks of this session have won so far.

    Args:
        name: of the exercise, for example "bahdanau".

    Raises:
        ValueError: there is no such exercise.
    """
    exercise = registry.exercise(name)
    verdicts = {question.name: _verdicts.get(question.id) for question in exercise.questions}
    won = sum(verdict.points for verdict in verdicts.values() if verdict)
    open_ = [name for name, verdict in verdicts.items() if verdict and not all(verdict.passed)]
    # a kernel that was started again knows of no check: the answers stand in the notebook still
    unknown = [name for name, verdict in verdicts.items() if verdict is None]
    rest = f"; still open: {', '.join(open_)}" if open_ else ""
    rest += f"; check not run in this session: {', '.join(unknown)}" if unknown else ""
    print(
        f"exercise {exercise.number}: {round(won, 1):g} of {exercise.points} points so far{rest} "
        "(the graded run uses other inputs)"
    )
