"""Every question of every exercise: what is right passes, what is wrong gets its own hint."""

from __future__ import annotations

import pytest
from attention_course.exercises import registry
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import examine

QUESTIONS = [q for name in registry.names() for q in registry.exercise(name).questions]
SEEDS = (SEED, 7)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_passes(question, seed):
    assert all(examine(question, question.reference, seed).passed)


@pytest.mark.parametrize(
    ("question", "name"),
    [pytest.param(q, name, id=f"{q.id}-{name}") for q in QUESTIONS for name in q.alternatives],
)
def test_alternatives_pass(question, name):
    for seed in SEEDS:
        verdict = examine(question, question.alternatives[name], seed)
        assert all(verdict.passed), verdict.line


@pytest.mark.parametrize(
    ("question", "mistake"),
    [pytest.param(q, m, id=f"{q.id}-{m.name}") for q in QUESTIONS for m in q.mistakes],
)
def test_mistakes_get_their_own_hint(question, mistake):
    for seed in SEEDS:
        verdict = examine(question, mistake.answer, seed)
        assert not all(verdict.passed)
        assert verdict.mistake == mistake.name, verdict.line
        assert mistake.hint in verdict.line
