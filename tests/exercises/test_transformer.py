"""Exercise 10: what its notebook shows is what its questions have, and what they say of answers."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from attention_course.data.vocabulary import BOS, EOS
from attention_course.decoding import beam_search, greedy
from attention_course.exercises import choosing, registry, writing
from attention_course.exercises.checking import SEED
from attention_course.exercises.transformer import (
    by_hand,
    layer_answers,
    train,
    training,
)
from attention_course.exercises.transformer.smoothing_answers import smoothed_loss
from attention_course.exercises.transformer.sublayer_answers import around
from attention_course.grading.intake.barred import barred_uses
from attention_course.models.positions import Learned
from attention_course.models.self_attention import attend
from attention_course.models.transformer_layers import AddNorm, ScaledEmbedding
from attention_course.training import noam
from sheets import Sheet
from torch import Tensor, nn

SHEET = Sheet("transformer")
TEXT, shown, examined = SHEET.text, SHEET.shown, SHEET.examined


def reference(name: str) -> Callable[..., Any]:
    return registry.question(f"transformer.{name}").reference


# --- the text -----------------------------------------------------------------------------------


def test_the_broken_layer_in_the_text_is_the_known_mistake() -> None:
    broken = shown("broken_layer")
    for inputs in registry.question("transformer.layer").draw(3):
        given = layer_answers.broken_layer(*inputs.values())
        torch.testing.assert_close(broken(*inputs.values()), given)


def test_the_step_gives_what_the_parallel_version_in_the_text_gives() -> None:
    at_once, step = shown("all_words"), reference("cache")
    for inputs in registry.question("transformer.cache").draw(3):
        words, _, _, _, *rest = inputs.values()
        heads = rest[-1]
        keys = values = words.new_zeros(len(words), heads, 0, words.shape[2] // heads)
        gathered = []
        for x in words.unbind(1):
            out, keys, values = step(x, keys, values, *rest)
            gathered.append(out)
        torch.testing.assert_close(torch.stack(gathered, 1), at_once(words, *rest))


def test_the_table_in_the_text_is_that_of_the_question() -> None:
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| ([−\d. |]+) \|$", TEXT, re.MULTILINE)
    table = {
        name: [float(cell.replace("−", "-")) for cell in row.split(" | ")] for name, row in rows
    }
    assert table == {name: list(row.values()) for name, row in by_hand.LOG_P.items()}
    for row in by_hand.LOG_P.values():
        assert sum(2**log_p for log_p in row.values()) == pytest.approx(1, abs=0.05)


def test_the_training_in_the_text_is_that_of_the_question() -> None:
    batches = train.SENTENCES // choosing.BATCH_SIZE
    assert f"{batches} batches of {choosing.BATCH_SIZE} such pairs" in TEXT
    assert f"one layer a side, $d = {training.D}$, four heads, post-norm" in TEXT
    assert training.HEADS == 4
    assert f"sources have {train.SHORTEST} to {train.LONGEST} words" in TEXT
    assert f"at least {100 * writing.ENOUGH:.0f} % of {train.UNSEEN} targets" in TEXT
    assert f"rises to {train.PEAK} over the first {train.WARMUP} updates" in TEXT
    assert "each word said once or twice" in TEXT
    assert train.MOST == 2


# --- the references are what the course and torch have -------------------------------------------


def test_embedding_is_what_the_parts_of_the_model_do() -> None:
    words, places = ScaledEmbedding(11, 6), Learned(6, 13)
    ids, start = torch.tensor([[3, 10, 4], [5, 6, 2]]), 2
    expected = words(ids) + places(torch.arange(start, start + 3))
    torch.testing.assert_close(
        reference("embed")(ids, words.weight, places.E.weight, start), expected
    )


def test_rates_are_those_of_the_course() -> None:
    assert reference("rates")(64, 7, 20) == pytest.approx([noam(64, 7)(n) for n in range(1, 21)])


@pytest.mark.parametrize("order", ["post", "pre"])
def test_what_stands_around_a_part_is_what_the_model_has(order: Any) -> None:
    around_it = AddNorm(5, dropout=0.0, norm=order)
    nn.init.normal_(around_it.norm.weight)
    nn.init.normal_(around_it.norm.bias)
    x, part = torch.randn(2, 3, 5), nn.Linear(5, 5)
    expected = around_it.leave(x, part(around_it.enter(x)))
    found = around(x, part, order, around_it.norm.weight, around_it.norm.bias)
    torch.testing.assert_close(found, expected)


def test_the_loss_is_that_of_torch_and_its_gradient_that_of_autograd() -> None:
    for inputs in registry.question("transformer.smoothing").draw(3):
        logits, target, mask, smoothing, _ = inputs.values()
        logits = logits.clone().requires_grad_()
        expected = F.cross_entropy(logits[mask], target[mask], label_smoothing=smoothing)
        expected.backward()
        loss, gradient = smoothed_loss(logits.detach(), target, mask, smoothing)
        torch.testing.assert_close(loss, expected.detach())
        torch.testing.assert_close(gradient, logits.grad)


WORDS = {"a": 4, "b": 5, "end": EOS}
BITS = torch.tensor(2.0).log().item()


@dataclass
class Alone:
    """A state that holds nothing: the last word is all."""

    rows: int

    def select(self, rows: Tensor) -> Alone:
        return Alone(len(rows))


class Table(nn.Module):
    """The model of the question; its log-probabilities are rounded, and not made to sum to one."""

    def start(self, source: Tensor, source_mask: Tensor) -> Alone:
        return Alone(len(source))

    def step(self, token: Tensor, state: Alone) -> tuple[Tensor, Tensor, Alone]:
        names = {BOS: "start"} | {i: word for word, i in WORDS.items()}
        log_p = torch.full((len(token), 6), -torch.inf)
        for row, i in zip(log_p, token.tolist(), strict=True):
            for word, bits in by_hand.LOG_P.get(names.get(i, ""), {"end": 0.0}).items():
                row[WORDS[word]] = bits * BITS
        return log_p, torch.zeros(len(token), 0, 1, 1), state


def test_the_searches_by_hand_are_those_of_the_course(monkeypatch: pytest.MonkeyPatch) -> None:
    # the table is rounded: without this, the search would make its rows sum to one
    monkeypatch.setattr(Tensor, "log_softmax", lambda self, dim: self)
    source, mask = torch.full((1, 1), 4), torch.ones(1, 1, dtype=torch.bool)
    names = {i: word for word, i in WORDS.items()}

    def said(tokens: list[int]) -> str:
        return " ".join(names[token] for token in tokens)

    right = by_hand.search()
    assert said(greedy(Table(), source, mask)[0].tokens) == right["greedy"]
    for alpha, winner in zip((0.0, 1.0), right["winners"], strict=True):
        found = beam_search(
            Table(), source, mask, width=by_hand.WIDTH, length_penalty=alpha, n_best=by_hand.WIDTH
        )[0]
        assert said(found[0].tokens) == winner
        assert {said(one.tokens) for one in found} == set(by_hand.FINISHED)
        for one in found:
            at = by_hand.FINISHED.index(said(one.tokens))
            assert one.log_probability / BITS == pytest.approx(right["log_p"][at])
            if alpha == by_hand.ALPHA:
                assert one.score / BITS == pytest.approx(right["scores"][at])


# --- what is said of answers ---------------------------------------------------------------------


def test_scalings_of_the_embedding_are_told_apart() -> None:
    names = {
        -1.0: "divided without the root",
        -0.5: "divided",
        0.0: "not scaled",
        0.5: None,
        1.0: "no root",
    }
    for power, name in names.items():

        def scaled(ids: Tensor, E: Tensor, P: Tensor, start: int, power: float = power) -> Tensor:
            return E[ids] * E.shape[1] ** power + P[start : start + ids.shape[1]]

        assert examined("embed", scaled).mistake == name


def test_a_step_that_does_not_exist_is_told_as_what_it_raises() -> None:
    def from_zero(d: int, warmup: int, updates: int) -> list[float]:
        return [d**-0.5 * min(n**-0.5, n * warmup**-1.5) for n in range(updates)]

    assert "raises ZeroDivisionError" in examined("rates", from_zero).line


def test_a_deviation_and_an_epsilon_behind_it_are_named() -> None:
    def copied(x: Tensor, part: Any, order: str, gain: Tensor, bias: Tensor) -> Tensor:
        def norm(y: Tensor) -> Tensor:
            return gain * (y - y.mean(-1, keepdim=True)) / (y.std(-1, keepdim=True) + 1e-5) + bias

        return norm(x + part(x)) if order == "post" else x + part(norm(x))

    assert examined("sublayer", copied).mistake == "unbiased, epsilon outside"


@pytest.mark.parametrize("epsilon", [1e-3, 1e-4, 1e-6, 1e-7, 1e-8])
@pytest.mark.parametrize("seed", [1, 2])
def test_another_epsilon_is_named(epsilon: float, seed: int) -> None:
    def other(x: Tensor, part: Any, order: str, gain: Tensor, bias: Tensor) -> Tensor:
        def norm(y: Tensor) -> Tensor:
            return F.layer_norm(y, y.shape[-1:], gain, bias, epsilon)

        return norm(x + part(x)) if order == "post" else x + part(norm(x))

    assert examined("sublayer", other, seed).mistake == f"epsilon 1e-{-round(math.log10(epsilon))}"


def test_a_word_that_asks_before_its_key_is_kept_is_told_so() -> None:
    def late(x: Tensor, keys: Tensor, values: Tensor, *matrices: Any) -> tuple[Tensor, ...]:
        W_Q, _, _, W_O, heads = matrices
        _, after, those = reference("cache")(x, keys, values, *matrices)
        query = (x @ W_Q).unflatten(-1, (heads, -1))[:, :, None]
        gathered = attend(query, keys, values)[0] if keys.shape[2] else torch.zeros_like(query)
        return gathered.flatten(1) @ W_O, after, those

    assert examined("cache", late).mistake == "itself not seen"


def test_a_wrong_gradient_leaves_the_points_of_the_loss() -> None:
    def uphill(*inputs: Any) -> tuple[Tensor, Tensor]:
        loss, gradient = smoothed_loss(*inputs)
        return loss, -gradient

    verdict = examined("smoothing", uphill)
    assert verdict.mistake == "gradient uphill"
    assert sum(verdict.passed) == 3


def test_of_a_gradient_that_is_not_divided_the_loss_is_not_blamed() -> None:
    def summed(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Any:
        loss, gradient = smoothed_loss(logits, target, mask, smoothing)
        return loss, gradient.float().double() * mask.sum()  # and rounded besides

    assert examined("smoothing", summed).mistake == "gradient of the sum"


def backward(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Any:
    leaf = logits.clone().requires_grad_()
    loss = F.cross_entropy(leaf[mask], target[mask], label_smoothing=smoothing)
    loss.backward()
    return loss.detach(), leaf.grad


def test_autograd_does_not_derive_the_gradient() -> None:
    verdict = examined("smoothing", backward)
    assert "raises RuntimeError: element 0 of tensors does not require grad" in verdict.line
    assert not any(verdict.passed)


@pytest.mark.parametrize(
    "mode",
    [
        torch.enable_grad,
        lambda: torch.set_grad_enabled(True),
        lambda: torch.inference_mode(False),
    ],
)
def test_whoever_has_gradients_recorded_is_told_to_take_a_pencil(mode: Any) -> None:
    def recorded(*inputs: Any) -> Any:
        with mode():
            return backward(*inputs)

    verdict = examined("smoothing", recorded)
    assert "the gradient is to be derived with a pencil" in verdict.line
    assert not any(verdict.passed)


def test_whoever_has_the_gradient_derived_is_told_to_take_a_pencil() -> None:
    def by_transform(logits: Tensor, *others: Any) -> Any:
        gradient, loss = torch.func.grad_and_value(lambda z: smoothed_loss(z, *others)[0])(logits)
        return loss, gradient

    verdict = examined("smoothing", by_transform)
    assert "the gradient is to be derived with a pencil" in verdict.line
    assert not any(verdict.passed)


@pytest.mark.parametrize(
    "mode", ["torch.no_grad()", "torch.inference_mode()", "torch.set_grad_enabled(False)"]
)
def test_to_switch_gradients_off_is_allowed(mode: str) -> None:
    question = registry.question("transformer.smoothing")
    source = f"def smoothed_loss(*inputs):\n    with {mode}:\n        return right(*inputs)\n"
    assert barred_uses(["import torch"], source, question.answer, question.barred) == ()
    namespace: dict[str, Any] = {"torch": torch, "right": smoothed_loss}
    exec(source, namespace)
    assert all(examined("smoothing", namespace["smoothed_loss"]).passed)


def test_finite_differences_take_longer_than_an_answer_may() -> None:
    question = registry.question("transformer.smoothing")
    logits, target, mask, smoothing, _ = question.draw(SEED)[-1].values()
    passes, begin = 100, time.process_time()
    for place in range(passes):  # the cheapest way: only forwards, all words of the batch at once
        moved = logits.clone()
        moved[..., place] += 1e-5
        smoothed_loss(moved, target, mask, smoothing)
    taken = (time.process_time() - begin) / passes * logits.shape[-1]
    assert taken > 2 * question.seconds


@pytest.mark.parametrize(
    "shaped", [float, Tensor.item, lambda loss: loss[None], lambda loss: loss.view(1, 1)]
)
def test_a_loss_is_one_number_in_whatever_shape(shaped: Any) -> None:
    def answer(*inputs: Any) -> Any:
        loss, gradient = smoothed_loss(*inputs)
        return shaped(loss), gradient

    assert all(examined("smoothing", answer).passed)


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("smoothing", "torch.autograd.grad"),
        ("smoothing", "torch.autograd.forward_ad.make_dual"),
        ("smoothing", "torch.autograd.graph.saved_tensors_hooks"),
        ("smoothing", "torch.func.grad"),
        ("smoothing", "functorch.grad"),
        ("sublayer", "torch.nn.functional.group_norm"),
    ],
)
def test_what_torch_has_ready_made_is_barred(name: str, use: str) -> None:
    question = registry.question(f"transformer.{name}")
    source = f"def {question.answer}(*inputs):\n    return {use}(*inputs)\n"
    setup = ["import torch, functorch"]
    assert barred_uses(setup, source, question.answer, question.barred) == (use,)


@pytest.mark.parametrize("returned", [None, (1.0,), torch.zeros(2)])
def test_a_loss_without_its_gradient_is_told_so(returned: object) -> None:
    assert "has to return two things" in examined("smoothing", lambda *inputs: returned).line


@pytest.mark.parametrize("returned", [None, (1.0, 2.0), torch.zeros(3)])
def test_a_step_that_does_not_return_three_tensors_is_told_so(returned: object) -> None:
    assert "has to return three tensors" in examined("cache", lambda *inputs: returned).line
