"""Exercise 11: what its notebook shows is what its questions have, and what they say of answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.exercises import registry
from attention_course.exercises.universal_transformer import by_hand_answers as by_hand
from attention_course.exercises.universal_transformer import (
    counts,
    encoder,
    encoder_answers,
    halt_answers,
    ponder_cost,
    reading,
    train,
    training,
)
from attention_course.exercises.universal_transformer.signals import into_step
from attention_course.models.adaptive_computation import AdaptiveSteps
from attention_course.models.positions import sinusoids
from attention_course.models.transformer_layers import EncoderLayer
from attention_course.models.universal_transformer import signal
from sheets import Sheet
from torch import Tensor

SHEET = Sheet("universal_transformer")
TEXT, shown, examined = SHEET.text, SHEET.shown, SHEET.examined


def table(first_cell: str) -> list[list[str]]:
    """The rows under the first table whose head begins so."""
    lines = TEXT.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(first_cell))
    rows = []
    for line in lines[at + 2 :]:
        if not line.startswith("|"):
            return rows
        rows.append(line.strip("| ").split(" | "))
    return rows


# --- the text -----------------------------------------------------------------------------------


def test_the_layer_and_the_broken_loop_in_the_text_are_those_of_the_question() -> None:
    layer, signal, broken = map(shown, ("layer", "signal", "broken_encoder"))
    for inputs in encoder.QUESTION.draw(3):
        model, h, mask, _, most = inputs.values()
        assert torch.equal(layer(model, h, mask), encoder_answers.layer(model, h, mask))
        assert torch.equal(signal(h, most), encoder_answers.signal(h, most))
        given = encoder_answers.broken_encoder(*inputs.values())
        torch.testing.assert_close(broken(*inputs.values()), given)


def test_the_words_that_halt_by_hand_are_those_of_the_question() -> None:
    rows = table("| | $p^1$ |")
    assert tuple(row[0].strip("*") for row in rows) == by_hand.WORDS
    assert [[f"{8 * p}/8" for p in word] for word in by_hand.P] == [row[1:5] for row in rows]
    assert [[int(cell) for cell in row[5:]] for row in rows] == [list(word) for word in by_hand.H]
    assert r"$1 - \varepsilon = \frac34$ and $T = 4$" in TEXT
    assert (float(by_hand.THRESHOLD), by_hand.T) == (0.75, 4)
    assert f"of the word *{by_hand.WORDS[by_hand.PULLED]}* alone" in TEXT


def test_the_tables_in_the_text_are_those_of_the_question() -> None:
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| (\d\.\d\d \| [\d. |]+) \|$", TEXT, re.MULTILINE)
    read = [[float(cell) for cell in row.split(" | ")] for _, row in rows]
    assert read == [row for one in reading.tables().values() for row in one]
    assert tuple(word for word, _ in rows) == reading.WORDS * 3
    assert f"the threshold {reading.THRESHOLD}" in TEXT


def test_the_numbers_in_the_text_are_those_of_the_questions() -> None:
    assert f"$d = {counts.D}$ numbers, attention has $H = {counts.HEADS}$ heads" in TEXT
    assert f"$d_{{ff}} = {counts.D_FF}$" in TEXT
    assert counts.DEPTH == 6
    assert "a stack of six such layers" in TEXT
    assert counts.STEPS == ((2, 5, 3), (1, 4))
    assert "take 2, 5 and 3 steps, those of the second 1 and 4" in TEXT
    assert f"{train.BATCHES} batches" in TEXT
    assert f"of {training.BATCH_SIZE} sentences" in TEXT
    assert f"at least {100 * train.ENOUGH:.0f} % have to be said" in TEXT
    assert len(train.PLACES) == 4
    assert "at each of four" in TEXT
    assert training.STEPS == 3
    assert "applied three times" in TEXT


# --- the models of the course -------------------------------------------------------------------


def test_the_counts_are_those_of_the_course() -> None:
    def size(module: torch.nn.Module) -> int:
        return sum(parameter.numel() for parameter in module.parameters())

    right = counts.counts()
    layer = EncoderLayer(counts.D, counts.HEADS, counts.D_FF)
    assert size(layer) == right["loop"]
    assert right["stack"] == counts.DEPTH * size(layer)
    assert size(AdaptiveSteps(counts.D, counts.DEPTH)) == right["unit"]


def test_the_signals_are_those_of_the_course() -> None:
    for inputs in registry.question("universal_transformer.signals").draw(1):
        h, first, step = inputs.values()
        places = sinusoids(first[:, None] + torch.arange(h.shape[1]), h.shape[-1])
        torch.testing.assert_close(into_step(h, first, step), h + signal(places, step))


def of_course(p: Tensor, threshold: float) -> Any:
    """What the course's own module makes of probabilities (steps, B, S)."""
    steps = AdaptiveSteps(1, len(p), threshold=threshold).to(p.dtype)
    with torch.no_grad():
        steps.halt.weight.fill_(1)
        steps.halt.bias.fill_(0)
        _, ponder = steps(
            p[0, ..., None],
            lambda state, n, _: (state, p[n - 1].logit()[..., None]),
            all_steps=True,
        )
    return ponder


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_weights_and_their_cost_are_those_of_the_course(seed: int) -> None:
    for case, inputs in zip(
        registry.question("universal_transformer.halt").cases,
        registry.question("universal_transformer.halt").draw(seed),
        strict=True,
    ):
        if "meet the threshold" in case.name:
            continue  # the course's come through a sigmoid, which rounds
        p, threshold = inputs.values()
        ponder = of_course(p, threshold)
        weights = halt_answers.halting_weights(p, threshold)
        torch.testing.assert_close(weights, ponder.weights.permute(2, 0, 1))
        mask = torch.rand(p.shape[1:], generator=torch.Generator().manual_seed(seed)) < 0.8
        cost = ponder_cost.ponder_cost(p, (weights > 0).sum(0), mask)
        torch.testing.assert_close(cost, ponder.cost(mask))


def test_what_halts_by_hand_halts_so_in_the_function() -> None:
    p = torch.tensor([[float(p) for p in word] for word in by_hand.P]).T[:, None]
    right = by_hand.by_pencil()
    weights = halt_answers.halting_weights(p, float(by_hand.THRESHOLD))
    assert (weights > 0).sum(0)[0].tolist() == right["steps"]
    states = torch.tensor(by_hand.H).T[:, None]
    assert (weights * states).sum(0)[0].tolist() == right["results"]
    leaf = p.clone().requires_grad_()
    N = torch.tensor([right["steps"]])
    only = torch.arange(4)[None] == by_hand.PULLED
    ponder_cost.ponder_cost(leaf, N, only).backward()  # type: ignore[no-untyped-call]
    assert leaf.grad is not None
    assert leaf.grad[:, 0, by_hand.PULLED].tolist() == right["gradient"]


@pytest.mark.parametrize("seed", range(3))
def test_the_loop_is_what_the_course_has(seed: int) -> None:
    for inputs in encoder.QUESTION.draw(seed):
        model, h, mask, threshold, most = inputs.values()
        steps = AdaptiveSteps(h.shape[-1], most, threshold=threshold)

        def step(state: Tensor, n: int, _: Tensor, model: Any = model, mask: Tensor = mask) -> Any:
            into = state + encoder_answers.signal(state, n)
            return into, encoder_answers.layer(model, into, mask)

        with torch.no_grad():
            steps.halt.weight.copy_(model["w"][None])
            steps.halt.bias.copy_(model["b"])
            result, _ = steps(h, step, all_steps=False)
        torch.testing.assert_close(encoder_answers.encoder(*inputs.values()), result)


# --- halt ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_words_halt_at_many_steps(seed: int) -> None:
    question = registry.question("universal_transformer.halt")
    met = 0
    for inputs in question.draw(seed):
        p, threshold = inputs.values()
        N = (halt_answers.halting_weights(p, threshold) > 0).sum(0)
        assert len(p) == 2 or len(N.unique()) > 1  # two steps are too few for nearly all
        sums = p.double().cumsum(0)
        met += int((sums == threshold).sum())
        assert ((sums == threshold) | ((sums - threshold).abs() > 1e-4)).all()
    assert met >= 2


# --- ponder_cost --------------------------------------------------------------------------------


def test_a_cost_is_one_number_in_whatever_shape() -> None:
    verdict = examined("ponder_cost", lambda *inputs: ponder_cost.ponder_cost(*inputs)[None])
    assert all(verdict.passed)


def test_a_bare_number_is_told_that_no_gradient_comes_from_it() -> None:
    verdict = examined("ponder_cost", lambda *inputs: ponder_cost.ponder_cost(*inputs).item())
    assert verdict.mistake == "no gradient"


# --- encoder ------------------------------------------------------------------------------------


def test_states_written_in_place_are_named() -> None:
    def in_place(model: Any, h: Tensor, mask: Tensor, threshold: float, most: int) -> Tensor:
        total, running = torch.zeros_like(h[..., 0]), torch.ones_like(mask)
        weights, states = [], []
        for t in range(1, most + 1):
            out = encoder_answers.layer(model, h + encoder_answers.signal(h, t), mask)
            h[running] = out[running]
            p = torch.sigmoid(h.clone() @ model["w"] + model["b"])
            last = running & ((total + p > threshold) | (t == most))
            weight = torch.where(last, 1 - total, torch.where(running, p, 0.0))
            total, running = total + weight, running & ~last
            weights.append(weight)
            states.append(h)
        return (torch.stack(weights)[..., None] * torch.stack(states)).sum(0)

    assert examined("encoder", in_place).mistake == "last states"


# --- reading ------------------------------------------------------------------------------------


def test_any_other_order_is_told_which_table_is_fixed() -> None:
    for kinds in (["fixed", "text", "cut"], ["cut", "text", "fixed"], ["text", "cut", "fixed"]):
        verdict = examined("reading", lambda kinds=kinds: reading.read_tables() | {"kinds": kinds})
        assert verdict.mistake == "fixed misnamed"


# --- train --------------------------------------------------------------------------------------


def test_a_place_for_each_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "BATCHES", 8)

    def each_word(model: Any, batches: Any, most: int) -> None:
        for words, _ in batches:
            model(words, torch.randint(most + 1, words.shape))

    line = examined("train", each_word).line
    assert "expected one position for each of the 32 sentences" in line
