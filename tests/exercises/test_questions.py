"""Every question of every exercise: what is right passes, what is wrong gets its own hint."""

from __future__ import annotations

import importlib
import itertools

import pytest
import torch
from attention_course.exercises import registry
from attention_course.exercises.asking import Returned
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import examine, judge, put
from attention_course.exercises.question import Mistake, Question
from torch import Tensor

EXERCISES = [registry.exercise(name) for name in registry.names()]
QUESTIONS = [question for exercise in EXERCISES for question in exercise.questions]
TRAINS = {"bahdanau.train"}  # seconds for each answer, so on one seed and in a process of its own


def seeds(question: Question) -> tuple[int, ...]:
    return (SEED,) if question.id in TRAINS else (SEED, 7)


def each(*values: object, of: Question, name: str) -> object:
    marks = [pytest.mark.xdist_group(of.id)] if of.id in TRAINS else []
    return pytest.param(of, *values, id=name, marks=marks)


ALL = [each(of=q, name=q.id) for q in QUESTIONS]
QUICK = [each(of=q, name=q.id) for q in QUESTIONS if q.id not in TRAINS]


def zeros_like(value: object) -> object:
    """An answer that knows the shape and nothing else."""
    if isinstance(value, Tensor):
        return torch.zeros_like(value)
    if isinstance(value, list):
        return [zeros_like(item) for item in value]
    if isinstance(value, dict):
        return {key: zeros_like(item) for key, item in value.items()}
    return "" if isinstance(value, str) else 0


@pytest.mark.parametrize("question", ALL)
def test_the_reference_passes(question: Question) -> None:
    for seed in seeds(question):
        verdict = examine(question, question.reference, seed)
        count = len(question.cases)
        assert verdict.line == f"{question.name}: {count} of {count} checks"
        assert verdict.points == question.points


@pytest.mark.parametrize(
    ("question", "name"),
    [each(name, of=q, name=f"{q.id}-{name}") for q in QUESTIONS for name in q.alternatives],
)
def test_alternatives_pass(question: Question, name: str) -> None:
    for seed in seeds(question):
        verdict = examine(question, question.alternatives[name], seed)
        assert all(verdict.passed), verdict.line


@pytest.mark.parametrize(
    ("question", "mistake"),
    [each(m, of=q, name=f"{q.id}-{m.name}") for q in QUESTIONS for m in q.mistakes],
)
def test_mistakes_get_their_own_hint(question: Question, mistake: Mistake) -> None:
    for seed in seeds(question):
        verdict = examine(question, mistake.answer, seed)
        assert not all(verdict.passed)
        assert verdict.points < question.points
        assert verdict.mistake == mistake.name, verdict.line
        assert verdict.line.startswith(f"{question.name}: hint: {mistake.hint}")


@pytest.mark.parametrize("question", QUICK)
def test_mistakes_are_far_from_right_and_from_each_other(question: Question) -> None:
    """Ten times the tolerance would still tell them apart, so rounding cannot blur them."""
    wide = question.tolerance.__class__(
        question.tolerance.absolute * (10 if question.tolerance.absolute < 1e-3 else 1),
        question.tolerance.relative * 10,
    )
    for seed in seeds(question):
        drawn = question.draw(seed)
        answers = {"the reference": question.reference}
        answers |= {m.name: m.answer for m in question.mistakes if m.sign is None}
        outcomes = {name: put(question, answer, drawn) for name, answer in answers.items()}
        for (one, ones), (other, others) in itertools.combinations(outcomes.items(), 2):
            differ = False
            for case, inputs, a, b in zip(question.cases, drawn, ones, others, strict=True):
                if not (isinstance(a, Returned) and isinstance(b, Returned)):
                    differ = differ or type(a) is not type(b)
                    continue
                values = (a.value, b.value)
                if case.part is not None:
                    values = (a.value[case.part], b.value[case.part])
                differ = differ or question.judge(*values, inputs, wide) is not None
            assert differ, f"{one} and {other} give the same"


WRITE_TENSORS = ("scores", "masked_softmax", "gated_unit", "padded_step", "final_state", "loss")


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.name in WRITE_TENSORS])
def test_what_is_wrong_in_an_unknown_way_gets_no_known_hint(question: Question) -> None:
    def strange(*inputs: Tensor) -> Tensor:
        right = question.reference(*inputs)
        assert isinstance(right, Tensor)
        return -3.7 * right

    verdict = examine(question, strange, SEED)
    assert verdict.mistake is None
    assert "not right" in verdict.line


@pytest.mark.parametrize("question", ALL)
def test_no_work_wins_no_points(question: Question) -> None:
    lazy = [
        lambda *inputs: None,
        lambda *inputs: inputs[0] if inputs else {},
        lambda *inputs: torch.zeros(()),
        lambda *inputs: [],
        lambda *inputs: "",
    ]
    for answer in lazy:
        assert examine(question, answer, SEED).points == 0


@pytest.mark.parametrize("question", QUICK)
def test_zeros_of_the_right_shape_win_no_points(question: Question) -> None:
    drawn = question.draw(SEED)
    right = put(question, question.reference, drawn)
    zeros = [Returned(zeros_like(outcome.value)) for outcome in right]  # type: ignore[union-attr]
    verdict = judge(question, drawn, zeros)
    assert not all(verdict.passed)
    # a sentence of nothing but padding has zeros by right, all other cases do not
    assert sum(verdict.passed) == 0


def test_without_a_body_nothing_is_written_yet() -> None:
    def stub(*inputs: object) -> None:
        raise NotImplementedError("write your answer here")

    for question in QUESTIONS:
        verdict = examine(question, stub, SEED)
        assert verdict.points == 0
        assert "not written yet" in verdict.line


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_is_complete(question: Question) -> None:
    own = [m for m in question.mistakes if m.hint]
    assert len(own) >= 3
    assert len({m.hint for m in own}) == len({m.name for m in own}) == len(question.mistakes)
    assert len(question.alternatives) >= 2
    assert len({case.name for case in question.cases}) == len(question.cases) >= 2
    assert question.difficulty in (1, 2, 3)
    assert question.points > 0
    assert 0 < question.minutes <= 30


@pytest.mark.parametrize(
    "mistake",
    [pytest.param(m, id=f"{q.id}-{m.name}") for q in QUESTIONS for m in q.mistakes],
)
def test_a_hint_is_one_sentence(mistake: Mistake) -> None:
    assert "\n" not in mistake.hint
    assert mistake.hint[0].islower() or not mistake.hint[0].isalpha()
    assert not mistake.hint.endswith(".")
    assert ". " not in mistake.hint
    assert len(mistake.hint) <= 200


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_barred_names_exist(question: Question) -> None:
    for name in question.barred:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            module, _, attribute = name.rpartition(".")
            assert hasattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize("question", QUICK)
def test_inputs_depend_on_the_seed_alone(question: Question) -> None:
    def numbers(seed: int) -> list[float]:
        flat: list[float] = []

        def collect(value: object) -> None:
            if isinstance(value, Tensor):
                flat.extend(value.double().flatten().tolist())
            elif isinstance(value, dict):
                for item in value.values():
                    collect(item)

        for inputs in question.draw(seed):
            collect(dict(inputs))
        return flat

    torch.manual_seed(1)
    first = numbers(5)
    torch.manual_seed(2)
    torch.set_default_dtype(torch.float64)
    try:
        assert numbers(5) == first
    finally:
        torch.set_default_dtype(torch.float32)
    if first:
        assert numbers(6) != first


def test_points_add_up() -> None:
    points = {exercise.name: exercise.points for exercise in EXERCISES}
    assert points == {"bahdanau": 100, "encoder_decoder": 50}


def test_exercise_2_has_questions_of_many_kinds() -> None:
    kinds = {question.kind for question in registry.exercise("bahdanau").questions}
    assert kinds >= {"write", "repair", "by hand", "predict", "make faster", "train", "read"}


def test_scores_do_not_saturate() -> None:
    """Else all scalings of a score would look alike: the tanh must be in its curved part."""
    for seed in range(20):
        for inputs in registry.question("bahdanau.scores").draw(seed):
            inside = torch.tanh(inputs["query"][:, None] + inputs["keys"]).abs()
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
