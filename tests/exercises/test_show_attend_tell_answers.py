"""Exercise 3: what its questions say of answers, and that their inputs tell mistakes apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import torch
from attention_course.data.batches import Batch
from attention_course.data.scenes import corpus, make_batch
from attention_course.exercises import writing
from attention_course.exercises.growing import BOTH, MANY
from attention_course.exercises.show_attend_tell import (
    bound,
    bound_answers,
    decoder,
    glimpse,
    penalty,
    reinforce,
    train,
    training,
)
from attention_course.exercises.show_attend_tell import by_hand_answers as by_hand
from attention_course.exercises.show_attend_tell.counting import DIMENSIONS
from sheets import Sheet
from torch import Tensor

examined = Sheet("show_attend_tell").examined


# --- inputs that tell mistakes apart ------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_some_inputs_are_padded_and_some_have_equal_sizes(seed: int) -> None:
    for question, name, equal in (
        (penalty.QUESTION, "weights", 2),
        (reinforce.QUESTION, "scores", 2),
        (glimpse.QUESTION, "annotations", 2),
    ):
        drawn = question.draw(seed)
        assert len(set(drawn[equal][name].shape)) == 1
        assert any(len(set(inputs[name].shape)) == 3 for inputs in drawn)
    for question in (penalty.QUESTION, reinforce.QUESTION, decoder.QUESTION):
        masked = [bool((~inputs["mask"]).any()) for inputs in question.draw(seed)]
        assert any(masked)
        assert not all(masked)


@pytest.mark.parametrize("seed", range(10))
def test_no_gate_is_shut_or_wide_open(seed: int) -> None:
    """Else a gate left out, or squeezed otherwise, would look alike."""
    for inputs in glimpse.QUESTION.draw(seed):
        beta = torch.sigmoid(inputs["h"] @ inputs["w_beta"] + inputs["b_beta"])
        assert (beta > 0.05).all()
        assert (beta < 0.99).all()


# --- bound --------------------------------------------------------------------------------------


def test_two_loops_within_each_other_are_loops_over_words() -> None:
    def looping(weights: Tensor, log_p: Tensor) -> Tensor:
        total = torch.zeros_like(weights[:, 0, 0])
        for t in range(weights.shape[1]):
            for i in range(weights.shape[2]):
                total = total + weights[:, t, i] * log_p[:, t, i]
        return total

    verdict = examined("bound", looping)
    assert verdict.mistake == "loop over words"
    assert not any(verdict.passed)


def test_all_ways_built_at_once_still_are_all_ways() -> None:
    """Without a loop in Python the calls do not grow; the tensors do."""

    def at_once(weights: Tensor, log_p: Tensor) -> Tensor:
        _, T, L = weights.shape
        ways = torch.cartesian_prod(*[torch.arange(L)] * T).view(-1, T)  # (L^T, T)
        steps = torch.arange(T)
        return (weights[:, steps, ways].prod(2) * log_p[:, steps, ways].sum(2)).sum(1)

    verdict = examined("bound", at_once)
    assert not any(verdict.passed)
    assert "with 2 times as many words your largest tensor is" in verdict.line


def test_all_words_with_all_words_is_too_much() -> None:
    def matrices(weights: Tensor, log_p: Tensor) -> Tensor:
        return (weights @ log_p.mT).diagonal(dim1=1, dim2=2).sum(-1)

    verdict = examined("bound", matrices)
    assert not any(verdict.passed)
    assert "with 2 times as many words your largest tensor is 4 times as large" in verdict.line


def test_what_no_gradient_comes_through_is_told_so() -> None:
    verdict = examined("bound", lambda weights, log_p: bound_answers.bound(weights.detach(), log_p))
    assert "no gradient comes back through your function" in verdict.line
    assert not any(verdict.passed)


def test_a_loop_that_no_count_sees_takes_too_long() -> None:
    def unseen(weights: Tensor, log_p: Tensor) -> Tensor:
        with torch._C.DisableTorchFunction():
            return bound_answers.word_by_word(weights, log_p)

    verdict = examined("bound", unseen)
    assert verdict.mistake is None
    assert "takes many times as long as one without a loop" in verdict.line


def test_what_fails_with_many_is_told_so() -> None:
    def few(weights: Tensor, log_p: Tensor) -> Tensor:
        assert max(weights.shape) < 100
        return bound_answers.bound(weights, log_p)

    line = examined("bound", few).line
    assert "where there are thousands of something your function raises" in line


def test_every_case_has_very_much_of_each_thing() -> None:
    """Else a loop that fails in the one case where it is long wins the others."""
    for inputs in bound.QUESTION.draw(1):
        for dim, name in enumerate(DIMENSIONS):
            assert inputs["many"][name]["weights"].shape[dim] == MANY
        for pair in itertools.combinations(DIMENSIONS, 2):
            for one in inputs["both"][" and ".join(pair)]:
                sizes = dict(zip(DIMENSIONS, one["weights"].shape, strict=True))
                assert sizes == {name: BOTH if name in pair else 1 for name in DIMENSIONS}


def test_what_is_wrong_with_many_names_of_what() -> None:
    def short(weights: Tensor, log_p: Tensor) -> Tensor:
        return bound_answers.bound(weights[..., :100], log_p[..., :100])

    line = examined("bound", short).line
    assert "right here, but not where there are thousands of places" in line


def test_an_answer_that_rests_on_equal_sizes_is_told_so() -> None:
    def equal(weights: Tensor, log_p: Tensor) -> Tensor:
        if len(weights) == 1:
            return bound_answers.bound(weights, log_p)[:, None].squeeze(1)
        assert weights.shape[1] in (2, 3)
        return bound_answers.bound(weights, log_p)

    line = examined("bound", equal).line
    assert "raises an error where there are more words" in line


# --- reinforce ----------------------------------------------------------------------------------


def test_a_value_of_ones_own_is_no_mistake() -> None:
    def shifted(log_p: Tensor, *others: Any) -> Tensor:
        return reinforce.reinforce_loss(log_p, *others) + 1e3

    assert all(examined("reinforce", shifted).passed)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda log_p, *_: log_p.detach().mean(), "no gradient goes back from the loss"),
        (
            lambda log_p, *_: log_p.mean().item(),
            "your function returns a number, expected a tensor",
        ),
        (lambda log_p, *_: None, "your function returns None"),
        (lambda log_p, *_: -log_p[None].repeat(2, 1), "expected a single number"),
    ],
)
def test_what_is_no_loss_is_told_so(answer: Callable[..., object], said: str) -> None:
    verdict = examined("reinforce", answer)
    assert not any(verdict.passed)
    assert said in verdict.line


@pytest.mark.parametrize("power", [0.5, 2.0])
def test_a_factor_that_nobody_makes_is_no_known_mistake(power: float) -> None:
    def scaled(
        log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, b: float, reward: float
    ) -> Tensor:
        return reinforce.reinforce_loss(log_p, weights, places, mask, b, power * reward)

    verdict = examined("reinforce", scaled)
    assert verdict.mistake is None
    assert "the gradient of your loss at the scores behind the weights" in verdict.line


# --- by_hand ------------------------------------------------------------------------------------


def test_the_pencil_finds_no_long_numbers() -> None:
    """Every number that is asked for is a fraction with a small denominator."""
    for part in by_hand.one_look().values():
        for number in part if isinstance(part, list) else [part]:
            assert Fraction(number).limit_denominator(16) == pytest.approx(number, abs=1e-9)


def test_the_baseline_calms_the_estimate() -> None:
    without, with_baseline = by_hand.one_look()["variances"]
    assert with_baseline < without / 10


# --- train --------------------------------------------------------------------------------------


@pytest.fixture
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "SCENES", 64)


@pytest.mark.usefixtures("few_scenes")
def test_scenes_are_sent_as_they_are() -> None:
    scenes = corpus(train=50, validation=0, test=0, most_objects=training.MOST_OBJECTS, seed=3)
    sent = training.examples(training.as_numbers(scenes.train))
    for (picture, words), (own_picture, own_words) in zip(
        sent, scenes.encode(scenes.train), strict=True
    ):
        assert torch.equal(picture, own_picture)
        assert words == own_words


@pytest.mark.usefixtures("few_scenes")
@pytest.mark.parametrize("seed", range(5))
def test_one_caption_for_all_scenes_is_far_from_enough(seed: int) -> None:
    """Whichever it is: even that of most scenes."""
    captions = [tuple(row) for row in train.QUESTION.draw(seed)[0]["sentences"].tolist()]
    assert max(captions.count(one) for one in captions) / len(captions) < writing.ENOUGH / 4


@pytest.mark.usefixtures("few_scenes")
def test_an_untrained_model_passes_no_check() -> None:
    """Though its weights are nearly even, and it has not learnt to say padding."""

    def barely(model: torch.nn.Module, batches: list[Batch]) -> None:
        for parameter in model.parameters():
            parameter.data.mul_(1.001)

    verdict = examined("train", barely)
    assert not any(verdict.passed)
    assert verdict.mistake == "hardly learnt"


@pytest.mark.usefixtures("few_scenes")
def test_what_the_answers_process_measures_wins_and_loses_no_point() -> None:
    """It says there how far the weights moved and what gradients it saw, and could say anything."""
    for case in train.QUESTION.draw(1):
        for part in ("habits", "places"):
            assert not case[part].keys() & {"moved", "leftovers"}


@pytest.mark.usefixtures("few_scenes")
def test_gradients_that_are_left_are_named_where_a_model_hardly_learns() -> None:
    def left(model: torch.nn.Module, batches: list[Batch]) -> None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        for _ in range(10):
            for batch in batches:
                train._loss(model, batch).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()

    assert examined("train", left).mistake == "gradients add up"


@pytest.mark.usefixtures("few_scenes")
def test_gradients_that_are_meant_to_add_up_are_not_called_a_mistake() -> None:
    """Over twelve batches, and then a step."""

    def accumulated(model: torch.nn.Module, batches: list[Batch]) -> None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        for number, batch in enumerate(batches * 30, 1):
            (train._loss(model, batch) / 12).backward()
            if number % 12 == 0:
                optimizer.step()
                optimizer.zero_grad()

    assert examined("train", accumulated).mistake == "hardly learnt"


@pytest.mark.parametrize(
    ("above", "loss", "passes"),
    [(0.7, 0.1, True), (0.2, 0.1, False), (2.0, 0.1, False), (0.7, 0.9, False)],
)
def test_the_penalty_lies_within_its_bounds(above: float, loss: float, passes: bool) -> None:
    bounds = {"least": train.LEAST, "most": train.MOST, "loss": train.LOSS}
    given = {"above_even": above, "loss": loss}
    problem = train.judge(given, bounds, {}, train.QUESTION.tolerance)
    assert (problem is None) == passes


def test_what_is_above_even_is_the_penalty() -> None:
    """A look at one place, and always the same, by hand."""
    scenes = corpus(train=3, validation=0, test=0, most_objects=1, seed=0)
    batch = make_batch(scenes.encode(scenes.train))
    words = batch.target_mask.shape[1]

    def staring(*_: Tensor) -> tuple[None, Tensor]:
        weights = torch.zeros(3, 1, 1, words, 16)
        weights[..., 5] = 1
        return None, weights

    even = 16 * (1 - words / 16) ** 2
    expected = 15 + (1 - words) ** 2 - even
    assert train._above_even(staring, batch) == pytest.approx(expected)  # type: ignore[arg-type]
