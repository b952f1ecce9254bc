"""Every question of every exercise: what is right passes, what is wrong gets its own hint."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch
from attention_course.authoring.proofs import answers, completeness, forms, inputs
from attention_course.authoring.proofs.common import Problems, trains
from attention_course.exercises import registry
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import examine
from attention_course.exercises.question import KINDS, Mistake, Question
from torch import Tensor

EXERCISES = [registry.exercise(name) for name in registry.names()]
QUESTIONS = [question for exercise in EXERCISES for question in exercise.questions]


def each(*values: object, of: Question, name: str) -> object:
    """A parameter; where answers train, in a process of its own."""
    marks = [pytest.mark.xdist_group(of.id)] if trains(of) else []
    return pytest.param(of, *values, id=name, marks=marks)


ALL = [each(of=q, name=q.id) for q in QUESTIONS]
QUICK = [each(of=q, name=q.id) for q in QUESTIONS if not trains(q)]


@pytest.mark.parametrize(
    "proof",
    [
        answers.reference_passes,
        answers.no_work_wins_nothing,
        inputs.inputs_change,
        completeness.question_is_complete,
    ],
    ids=lambda proof: proof.__name__,
)
@pytest.mark.parametrize("question", ALL)
def test_every_question(question: Question, proof: Callable[[Question], Problems]) -> None:
    assert list(proof(question)) == []


@pytest.mark.parametrize(
    "proof",
    [answers.mistakes_are_far_apart, forms.forms_pass],
    ids=lambda proof: proof.__name__,
)
@pytest.mark.parametrize("question", QUICK)
def test_every_question_that_is_quick(
    question: Question, proof: Callable[[Question], Problems]
) -> None:
    assert list(proof(question)) == []


@pytest.mark.parametrize(
    ("question", "name"),
    [each(name, of=q, name=f"{q.id}-{name}") for q in QUESTIONS for name in q.alternatives],
)
def test_alternatives_pass(question: Question, name: str) -> None:
    assert list(answers.alternative_passes(question, name)) == []


@pytest.mark.parametrize(
    ("question", "mistake"),
    [each(m, of=q, name=f"{q.id}-{m.name}") for q in QUESTIONS for m in q.mistakes],
)
def test_mistakes_get_their_own_hint(question: Question, mistake: Mistake) -> None:
    assert list(answers.mistake_is_named(question, mistake)) == []


WRITE_TENSORS = (
    *("scores", "masked_softmax", "gated_unit", "padded_step", "final_state", "loss"),
    *("general", "local_p", "input_feeding"),
    *("glimpse", "penalty", "reinforce", "decoder"),
    *("attend", "masks", "positions"),
    *("embed", "sublayer", "layer"),
    *("signals", "halt"),
)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.name in WRITE_TENSORS])
def test_what_is_wrong_in_an_unknown_way_gets_no_known_hint(question: Question) -> None:
    def strange(*inputs: Tensor) -> Tensor:
        right = question.reference(*inputs)
        assert isinstance(right, Tensor)
        return -3.7 * right

    verdict = examine(question, strange, SEED)
    assert verdict.mistake is None
    assert re.search("not right|none of its .* is right", verdict.line)


def test_points_add_up() -> None:
    points = {exercise.name: exercise.points for exercise in EXERCISES}
    expected = {"encoder_decoder": 50, "bahdanau": 100, "show_attend_tell": 100, "luong": 100}
    expected |= {"self_attention": 100, "transformer": 100, "universal_transformer": 100}
    assert points.items() >= expected.items()


@pytest.mark.parametrize("name", ["bahdanau", "show_attend_tell", "luong", "self_attention"])
def test_exercises_have_questions_of_every_kind(name: str) -> None:
    assert {question.kind for question in registry.exercise(name).questions} == set(KINDS)


def test_scores_do_not_saturate() -> None:
    """Else all scalings of a score would look alike: the tanh must be in its curved part."""
    for seed in range(20):
        for drawn in registry.question("bahdanau.scores").draw(seed):
            inside = torch.tanh(drawn["query"][:, None] + drawn["keys"]).abs()
            assert 0.3 < inside.mean() < 0.8
            assert (inside > 0.99).double().mean() < 0.1


def test_scalings_of_a_score_are_told_apart() -> None:
    question = registry.question("bahdanau.scores")
    names = {
        0.0: None,
        -1.0: "mean over A",
        -0.5: "divided by the root of A",
        0.5: "multiplied by the root of A",
    }
    for power, name in names.items():

        def scaled(query: Tensor, keys: Tensor, v: Tensor, power: float = power) -> Tensor:
            return torch.tanh(query[:, None] + keys) @ v * len(v) ** power

        assert examine(question, scaled, SEED).mistake == name
