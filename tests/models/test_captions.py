"""The losses of Show, Attend and Tell, against loops and against exact enumeration."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from attention_course.data.batches import Batch
from attention_course.models.captions import (
    ReinforceLoss,
    SoftLoss,
    doubly_stochastic_penalty,
    log_probability,
)
from attention_course.models.show_attend_tell import ShowAttendTell
from attention_course.training import translation_loss
from torch import Tensor
from translators import shaken

WORDS, L, T = 5, 4, 2  # 2 × 2 locations, 2 words: 16 ways to look


def model_of(attention: str, seed: int = 3) -> Any:
    made = ShowAttendTell(
        WORDS,
        embedding=3,
        hidden=4,
        annotation=3,
        alignment=4,
        picture=(16, 16),
        attention=attention,
    )
    return shaken(made, seed).train()


def pictures(lengths: list[int]) -> Batch:
    generator = torch.Generator().manual_seed(1)
    B, most = len(lengths), max(lengths)
    source = torch.rand(B, 3, 16, 16, generator=generator, dtype=torch.float64)
    words = torch.randint(WORDS, (B, most + 1), generator=generator)
    real = torch.arange(most) < torch.tensor(lengths)[:, None]
    return Batch(source, torch.ones(B, L, dtype=torch.bool), words[:, :-1], words[:, 1:], real)


def repeated(batch: Batch, times: int) -> Batch:
    return Batch(*(x.repeat_interleave(times, 0) for x in vars(batch).values()))


def gradient(loss: Tensor, model: Any, names: str = "") -> Tensor:
    """Of all parameters whose names begin so, as one vector."""
    wanted = [p for name, p in model.named_parameters() if name.startswith(names)]
    parts = torch.autograd.grad(loss, wanted, retain_graph=True, materialize_grads=True)
    return torch.cat([part.flatten() for part in parts])


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=1e-9, atol=1e-9)


# --- the penalty, and soft attention ---


def test_the_penalty_by_a_loop() -> None:
    weights = torch.rand(3, 1, 1, 4, 5, dtype=torch.float64)
    real = torch.tensor(
        [[True, True, True, True], [True, True, False, False], [True] + [False] * 3]
    )
    total = 0.0
    for b in range(3):
        for i in range(5):
            seen = sum(weights[b, 0, 0, t, i].item() for t in range(4) if real[b, t])
            total += (1 - seen) ** 2
    assert doubly_stochastic_penalty(weights, real).item() == pytest.approx(total / 3)


def test_looking_once_everywhere_costs_nothing() -> None:
    once = torch.eye(4)[None, None, None]
    assert doubly_stochastic_penalty(once, torch.ones(1, 4, dtype=torch.bool)) == 0
    evenly = torch.full((2, 1, 1, 3, 6), 1 / 6)  # C = 3 words, L = 6: (1 − 1/2)² each
    penalty = doubly_stochastic_penalty(evenly, torch.ones(2, 3, dtype=torch.bool))
    assert penalty.item() == pytest.approx(6 / 4)


@pytest.mark.parametrize("penalty", [0.0, 0.7])
def test_the_soft_loss(penalty: float) -> None:
    """Per word: the sum over all words and λ times the sum of penalties, over all words."""
    model, batch = model_of("soft"), pictures([4, 2, 1])
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    log_p = logits.log_softmax(-1).gather(2, batch.target_out[..., None])[..., 0]
    total = -(log_p * batch.target_mask).sum()
    total = total + penalty * 3 * doubly_stochastic_penalty(weights, batch.target_mask)
    loss = SoftLoss(penalty)
    close(loss(model, batch), total / 7)
    close(gradient(loss(model, batch), model), gradient(total / 7, model))
    if not penalty:
        close(loss(model, batch), translation_loss(model, batch))


def test_losses_in_evaluation_are_plain() -> None:
    for loss, model in ((SoftLoss(1.0), model_of("soft")), (ReinforceLoss(), model_of("hard"))):
        model.eval()
        batch = pictures([4, 2, 1])
        close(loss(model, batch), translation_loss(model, batch))
    assert loss.b == 0.0


# --- hard attention: every way to look, weighed by its probability ---


def looking(model: Any, batch: Batch, path: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """log p(y | s, a) and log p(s | a) of one picture for the locations s."""
    steps = iter(path)

    def look(alpha: Tensor, soft: Tensor | None) -> Tensor:
        return torch.eye(L, dtype=alpha.dtype)[next(steps)].expand_as(alpha)

    model._look = look
    try:
        logits, weights, _ = model.looking(batch.source, batch.source_mask, batch.target_in)
    finally:
        del model._look
    log_s = sum(weights[0, t, s].log() for t, s in enumerate(path))
    return log_probability(logits, batch)[0], log_s


def bound(model: Any, batch: Batch) -> Tensor:
    """L_s = Σ_s p(s | a) log p(y | s, a), over all L^T ways to look."""
    total = torch.zeros((), dtype=torch.float64)
    probability = 0.0
    for path in product(range(L), repeat=T):
        log_y, log_s = looking(model, batch, path)
        total = total + log_s.exp() * log_y
        probability += log_s.exp().item()
    assert probability == pytest.approx(1)
    return total


def estimates(
    loss: ReinforceLoss, model: Any, batch: Batch, *, b: float, runs: int = 400, times: int = 50
) -> Tensor:
    """(runs, parameters): in each run the mean gradient of so many draws, nats per caption."""
    many = repeated(batch, times)
    found = []
    for _ in range(runs):
        loss.b = b  # fixed, for a fair comparison of variances
        found.append(-gradient(loss(model, many) * T, model))
    return torch.stack(found)


def assert_unbiased(drawn: Tensor, exact: Tensor) -> None:
    """Every coordinate within 4.5 standard errors, and all together as far off as chance has it."""
    error = drawn.std(0) / len(drawn) ** 0.5
    moving = error > 1e-12
    close(drawn.mean(0)[~moving], exact[~moving])
    z = (drawn.mean(0) - exact)[moving] / error[moving]
    assert z.abs().max() < 4.5
    assert z.square().mean() < 2
    # and it would be seen if it were off: the errors are small beside the gradient itself
    assert error.norm() < 0.1 * exact.norm()


@pytest.fixture(scope="module")
def exact() -> dict[str, Any]:
    """The one picture, the bound and its gradient."""
    model, batch = model_of("hard"), pictures([T])
    value = bound(model, batch)
    return {"batch": batch, "value": value.item(), "gradient": gradient(value, model)}


def test_the_bound_is_a_bound(exact: dict[str, Any]) -> None:
    """Σ_s p(s | a) log p(y | s, a) ≤ log p(y | a)."""
    model = model_of("hard")
    paths = [looking(model, exact["batch"], s) for s in product(range(L), repeat=T)]
    log_y = torch.stack([log_y + log_s for log_y, log_s in paths]).logsumexp(0)
    assert exact["value"] < log_y.item()


@pytest.mark.parametrize("b", [0.0, -3.0, 5.0], ids=["no baseline", "good", "bad"])
def test_reinforce_is_unbiased_whatever_the_baseline(exact: dict[str, Any], b: float) -> None:
    torch.manual_seed(0)
    loss = ReinforceLoss(reward=1.0, entropy=0.0, half=False)
    assert_unbiased(estimates(loss, model_of("hard"), exact["batch"], b=b), exact["gradient"])


def test_half_of_the_pictures_learn_softly(exact: dict[str, Any]) -> None:
    """In expectation: half the gradient of the bound, half that of soft attention."""
    torch.manual_seed(0)
    model, soft = model_of("hard"), model_of("soft")
    batch = exact["batch"]
    logits, _ = soft(batch.source, batch.source_mask, batch.target_in)
    softly = gradient(log_probability(logits, batch)[0], soft)
    assert not torch.allclose(softly, exact["gradient"], rtol=0.2)
    drawn = estimates(ReinforceLoss(1.0, 0.0), model, batch, b=exact["value"])
    assert_unbiased(drawn, (softly + exact["gradient"]) / 2)


def test_every_picture_has_a_chance_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the paper; the authors' program draws once for the whole batch."""
    torch.manual_seed(0)
    model, batch = model_of("hard"), repeated(pictures([2]), 400)
    real, asked = model.looking, []
    monkeypatch.setattr(model, "looking", lambda *args: (asked.append(args[3]), real(*args))[1])
    ReinforceLoss()(model, batch)
    ReinforceLoss(half=False)(model, batch)
    halves, none = asked
    assert 160 < halves.sum() < 240  # 4 standard deviations of a fair coin
    assert none is None


def test_a_baseline_near_the_mean_lowers_the_variance(exact: dict[str, Any]) -> None:
    torch.manual_seed(0)
    model = model_of("hard")
    attention = [
        name.startswith("f_att") for name, p in model.named_parameters() for _ in p.flatten()
    ]
    variance = {}
    for name, b, half in (
        ("none", 0.0, False),
        ("mean", exact["value"], False),
        ("half", exact["value"], True),
    ):
        loss = ReinforceLoss(1.0, 0.0, half=half)
        drawn = estimates(loss, model, exact["batch"], b=b, runs=200, times=8)
        variance[name] = drawn[:, attention].var(0).sum().item()
    assert variance["mean"] < 0.5 * variance["none"]
    assert variance["half"] < variance["mean"]


def test_the_baseline_follows_the_log_likelihood() -> None:
    model, batch, loss = model_of("hard"), pictures([2, 2, 1]), ReinforceLoss()
    expected = 0.0
    for _ in range(3):
        before = torch.get_rng_state()
        value = float(loss(model, batch).detach()) * batch.tokens / 3  # nats per caption
        expected = 0.9 * expected - 0.1 * value
        assert loss.b == pytest.approx(expected)
        assert not torch.equal(before, torch.get_rng_state())
    without = ReinforceLoss(baseline=False)
    without(model, batch)
    assert without.b == 0.0


def test_this_batch_is_not_in_its_own_baseline() -> None:
    """Else a draw would be compared with itself, and the estimate biased."""
    model, batch = model_of("hard"), pictures([2])
    used = []

    class Watched(ReinforceLoss):
        def _terms(self, *arguments: Any) -> Tensor:
            used.append(self.b)
            return super()._terms(*arguments)

    loss = Watched()
    loss(model, batch)
    after = loss.b
    loss(model, batch)
    assert used == [0.0, after]
    assert after != 0.0


def test_the_reward_reaches_the_attention_alone_through_the_draws() -> None:
    """λ_r scales the score term and nothing else; with λ_r = λ_e = 0 f_att learns nothing."""
    model, batch = model_of("hard"), pictures([2, 2])
    gradients = []
    for reward in (0.0, 1.0, 2.0):
        torch.manual_seed(5)
        gradients.append(gradient(ReinforceLoss(reward, 0.0, half=False)(model, batch), model))
    close(gradients[2] - gradients[1], gradients[1] - gradients[0])
    torch.manual_seed(5)
    nothing = ReinforceLoss(0.0, 0.0, half=False)(model, batch)
    assert (gradient(nothing, model, "f_att") == 0).all()
    torch.manual_seed(5)
    assert (gradient(ReinforceLoss(1.0, 0.0, half=False)(model, batch), model, "f_att") != 0).any()


def test_the_entropy_is_that_of_torch() -> None:
    """Padded words have no part in it."""
    model, batch = model_of("hard"), pictures([3, 1])
    torch.manual_seed(5)
    with_entropy = ReinforceLoss(0.0, 0.3, half=False)(model, batch)
    torch.manual_seed(5)
    _, weights, _ = model.looking(batch.source, batch.source_mask, batch.target_in)
    torch.manual_seed(5)
    without = ReinforceLoss(0.0, 0.0, half=False)(model, batch)
    entropy = torch.distributions.Categorical(probs=weights).entropy()  # (B, T)
    per_word = (entropy * batch.target_mask).sum() / batch.tokens
    close(gradient(without - 0.3 * per_word, model), gradient(with_entropy, model))
    close(with_entropy, without)  # the value is that of the captions alone


def test_sharp_weights_have_finite_gradients() -> None:
    model, batch = model_of("hard").float(), pictures([2, 2])
    with torch.no_grad():
        model.f_att.v_a.mul_(1e4)
    batch = Batch(batch.source.float(), *list(vars(batch).values())[1:])
    _, weights, _ = model.looking(batch.source, batch.source_mask, batch.target_in)
    assert (weights == 0).any()
    for half in (True, False):
        assert gradient(ReinforceLoss(1.0, 1.0, half=half)(model, batch), model).isfinite().all()


def test_mixed_precision() -> None:
    batch = pictures([3, 2])
    batch = Batch(batch.source.float(), *list(vars(batch).values())[1:])
    for loss, kind in ((SoftLoss(), "soft"), (ReinforceLoss(), "hard")):
        model = model_of(kind).float()
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(model, batch)
        assert value.dtype == torch.float32
        assert gradient(value, model).isfinite().all()


# --- bad input ---


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SoftLoss(-1.0), "penalty is -1.0, expected 0 or more"),
        (lambda: ReinforceLoss(-1.0), "reward is -1.0, expected 0 or more"),
        (lambda: ReinforceLoss(1.0, -0.1), "entropy is -0.1, expected 0 or more"),
        (
            lambda: ReinforceLoss()(model_of("soft"), pictures([2])),
            "the model's attention is 'soft', expected 'hard'",
        ),
        (
            lambda: doubly_stochastic_penalty(torch.rand(2, 3, 4), torch.ones(2, 3).bool()),
            r"weights has shape \(2, 3, 4\) .*expected \(B, 1, 1, T, L\) and \(B, T\)",
        ),
        (lambda: SoftLoss("1"), "penalty is '1', expected a number"),
        (
            lambda: doubly_stochastic_penalty([[1.0]], torch.ones(2, 3).bool()),
            "weights is a list, expected a torch.Tensor",
        ),
        (
            lambda: doubly_stochastic_penalty(torch.rand(2, 1, 1, 3, 4), torch.ones(2, 4).bool()),
            r"target_mask \(2, 4\)",
        ),
    ],
)
def test_bad_input_is_named(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
