"""show_attend_tell.reinforce: a loss whose gradient is REINFORCE's; 1502.03044, hard attention."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.show_attend_tell.gradients import gradients
from attention_course.exercises.values import Tolerance, Value

Loss = Callable[[Tensor, Tensor, Tensor, Tensor, float, float], Tensor]


def reinforce_loss(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """The reference."""
    better = log_p.detach() - baseline
    return -(log_p + reward * better * _log_of_looks(weights, places, mask)).mean()


def _log_of_looks(weights: Tensor, places: Tensor, mask: Tensor) -> Tensor:
    """log p(s̃ | a) of each caption (B,)."""
    return (_drawn(weights, places).log() * mask).sum(1)


def _drawn(weights: Tensor, places: Tensor) -> Tensor:
    return weights.gather(-1, places[..., None])[..., 0]  # (B, T)


# --- right, written otherwise -----------------------------------------------------------------


def _categorical(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """It makes the weights sum to one once more, which the scores do not feel."""
    log_alpha = torch.distributions.Categorical(probs=weights).log_prob(places)
    looks = torch.where(mask, log_alpha, torch.zeros_like(log_alpha)).sum(-1)
    with torch.no_grad():
        factor = reward * (log_p - baseline)
    return -log_p.mean() - (factor * looks).mean()


def _caption_by_caption(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    total = torch.zeros(())
    for b in range(len(log_p)):
        looks = sum(weights[b, t, places[b, t]].log() for t in range(int(mask[b].sum())))
        total = total - log_p[b] - reward * (log_p[b].item() - baseline) * looks
    return total / len(log_p)


def _value_kept(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """The value of −log p alone, of shape (1,), in double precision."""
    one_hot = torch.nn.functional.one_hot(places, weights.shape[-1])
    alpha = (weights.double() * one_hot).sum(-1).masked_fill(~mask, 1.0)
    term = reward * (log_p.detach() - baseline) * alpha.log().sum(1)
    return -(log_p + term - term.detach()).mean(0, keepdim=True)


# --- wrong ------------------------------------------------------------------------------------


def _with(
    *,
    words: Callable[[Tensor], Tensor] = lambda log_p: log_p,
    better: Callable[[Tensor, float], Tensor] = lambda log_p, b: log_p.detach() - b,
    looks: Callable[[Tensor, Tensor, Tensor], Tensor] = _log_of_looks,
    factor: Callable[[float], float] = lambda reward: reward,
    reduce: Callable[[Tensor], Tensor] = Tensor.mean,
) -> Loss:
    """The right answer with another part.

    Args:
        words: of log_p the first term (B,).
        better: of log_p and b what the looks are weighed with (B,).
        looks: of weights, places and mask log p(s̃ | a) (B,).
        factor: of λ_r what stands before the second term.
        reduce: of both terms (B,) a number.
    """

    def answer(
        log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
    ) -> Tensor:
        second = factor(reward) * better(log_p, baseline) * looks(weights, places, mask)
        return -reduce(words(log_p) + second)

    return answer


def _both_scaled(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    return reward * reinforce_loss(log_p, weights, places, mask, baseline, 1.0)


def _per_word(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    mean = reinforce_loss(log_p, weights, places, mask, baseline, reward)
    return mean * len(mask) / mask.sum()


def _means_multiplied(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    better = (log_p.detach() - baseline).mean()
    return -log_p.mean() - reward * better * _log_of_looks(weights, places, mask).mean()


def _along_the_words(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    looks = (log_p.detach() - baseline) * (_drawn(weights, places).log() * mask)  # (B, T)
    return -(log_p + reward * looks.sum(1)).mean()


# --- judging and inputs -----------------------------------------------------------------------


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal gradients; the value of the loss is left to the answer, since it tells nothing."""
    if "loss" in expected:  # that of a known mistake
        return compare(given.get("loss"), expected["loss"], inputs, tolerance)
    if "loss" in given:
        loss = given["loss"]
        if isinstance(loss, Tensor) and loss.numel() == 1:
            return Problem(
                Rank.NOTHING,
                "no gradient goes back from the loss that you return: detach the reward alone",
            )
        if isinstance(loss, Tensor):
            shape = tuple(loss.shape)
            return Problem(Rank.SHAPE, f"your loss has shape {shape}, expected a single number")
        return compare(loss, torch.zeros(()), inputs, tolerance)
    return _named(given, expected, inputs, tolerance)


def _named(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    for name, where in {"words": "log_p", "scores": "the scores behind the weights"}.items():
        problem = compare(
            given[name], expected[name], inputs, tolerance, f"the gradient of your loss at {where}"
        )
        if problem:
            return problem
    return None


def _inputs(places: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "log_p": -1 - 2 * normal(generator, len(lengths), dtype=dtype).abs(),
            "scores": normal(generator, *mask.shape, places, dtype=dtype),
            "places": integers(generator, 0, places, *mask.shape),
            "mask": mask,
            "baseline": -5 - float(normal(generator, 1).abs()),
            "reward": 0.2 + 0.6 * float(torch.rand(1, generator=generator)),
        }

    return draw


QUESTION = Question(
    id="show_attend_tell.reinforce",
    answer="reinforce_loss",
    title="Write a loss for a draw",
    points=20,
    minutes=25,
    difficulty=3,
    kind="write",
    cases=(
        Case("captions of unequal length", _inputs(6, 5, 3, 4)),
        Case("a batch of one", _inputs(5, 4)),
        Case("as many places as words and captions", _inputs(4, 4, 3, 2, 4)),
        Case("captions of one word", _inputs(3, 1, 1)),
        Case("double precision", _inputs(7, 2, 5, dtype=torch.float64)),
    ),
    reference=reinforce_loss,
    mistakes=(
        Mistake(
            "reward not detached",
            "the reward is not detached, so that log p learns from the second term too, where it "
            "is a plain number",
            _with(better=lambda log_p, b: log_p - b),
        ),
        Mistake(
            "reward not detached, no baseline",
            "two things are amiss in the reward: it is not detached, and b is not taken off it",
            _with(better=lambda log_p, b: log_p),
        ),
        Mistake(
            "everything turned",
            "your loss falls when the captions get worse: an optimizer makes a loss smaller, so "
            "both terms have a minus",
            _with(reduce=lambda terms: -terms.mean()),
        ),
        Mistake(
            "looks turned",
            "the sign of the second term is turned: looks that did better than usual get rarer",
            _with(factor=lambda reward: -reward),
        ),
        Mistake(
            "words turned",
            "the sign of log p itself is turned: the words of the caption get less probable",
            _with(words=lambda log_p: -log_p),
        ),
        Mistake(
            "no baseline",
            "your gradient is that without a baseline: b is taken off the reward, before that is "
            "multiplied",
            _with(better=lambda log_p, b: log_p.detach()),
        ),
        Mistake(
            "baseline added",
            "you add the baseline to the reward; it is taken off",
            _with(better=lambda log_p, b: log_p.detach() + b),
        ),
        Mistake(
            "baseline from the batch",
            "you take the mean of this batch off the reward; b is given, and comes from the "
            "batches before",
            _with(better=lambda log_p, b: log_p.detach() - log_p.detach().mean()),
        ),
        Mistake(
            "no words",
            "no gradient reaches log p, so that the words are never learnt: the first term is log "
            "p itself, not detached",
            _with(words=torch.detach),
        ),
        Mistake(
            "no looks",
            "no gradient reaches the weights, so that nobody learns where to look: of the second "
            "term the reward is detached, log p(s̃) is not",
            _with(looks=lambda weights, places, mask: 0 * mask.sum(1)),
        ),
        Mistake(
            "no λ",
            "your second term leaves λ_r out",
            _with(factor=lambda reward: 1.0),
        ),
        Mistake(
            "λ on both",
            "your λ_r scales both terms; it belongs to the second alone",
            _both_scaled,
        ),
        Mistake(
            "probability for a reward",
            "your reward is the probability of the caption; it is its logarithm, log p as it comes",
            _with(better=lambda log_p, b: log_p.detach().exp() - b),
        ),
        Mistake(
            "no logarithm",
            "your looks are weighed by α as it is; it is the gradient of ln α that makes the mean "
            "right",
            _with(looks=lambda weights, places, mask: (_drawn(weights, places) * mask).sum(1)),
        ),
        Mistake(
            "probability of all looks",
            "you multiply the α of all looks, which is p(s̃) itself; the rule has the gradient of "
            "its logarithm, the sum of ln α",
            _with(
                looks=lambda weights, places, mask: (
                    _drawn(weights, places).masked_fill(~mask, 1.0).prod(1)
                )
            ),
        ),
        Mistake(
            "mask before the logarithm",
            "you set α to 0 at padding and then take its logarithm, which is minus infinity: mask "
            "what the logarithm gives",
            _with(
                looks=lambda weights, places, mask: (_drawn(weights, places) * mask).log().sum(1)
            ),
        ),
        Mistake(
            "logarithm of the sum",
            "you add up α over the words and take the logarithm of that; log p(s̃) is the sum of "
            "the logarithms",
            _with(
                looks=lambda weights, places, mask: (_drawn(weights, places) * mask).sum(1).log()
            ),
        ),
        Mistake(
            "padding counted",
            "looks at padding count: no word was written there, so that nothing was drawn",
            _with(looks=lambda weights, places, mask: _drawn(weights, places).log().sum(1)),
        ),
        Mistake(
            "mean over the words",
            "you take the mean of ln α over the words of a caption; log p(s̃) is their sum",
            _with(
                looks=lambda weights, places, mask: (
                    _log_of_looks(weights, places, mask) / mask.sum(1)
                )
            ),
        ),
        Mistake(
            "mean over all steps",
            "you divide the sum of ln α by T; log p(s̃) is the sum over the words",
            _with(
                looks=lambda weights, places, mask: (
                    _log_of_looks(weights, places, mask) / mask.shape[1]
                )
            ),
        ),
        Mistake(
            "first look alone",
            "the first look of each caption alone is praised or blamed; every look is, so add ln α "
            "up over the words",
            _with(looks=lambda weights, places, mask: _drawn(weights, places)[:, 0].log()),
        ),
        Mistake(
            "likeliest place",
            "you take the largest weight of each word; what was looked at is in `places`, and need "
            "not be the likeliest",
            _with(looks=lambda weights, places, mask: (weights.amax(-1).log() * mask).sum(1)),
        ),
        Mistake(
            "all places",
            "you add up ln α over all places; only the one that was drawn counts: gather it",
            _with(looks=lambda weights, places, mask: (weights.log().sum(-1) * mask).sum(1)),
        ),
        Mistake(
            "summed over the batch",
            "you add up over the captions; take their mean",
            _with(reduce=Tensor.sum),
        ),
        Mistake(
            "divided by the words",
            "you divide by the number of words in the batch; here the mean goes over the captions",
            _per_word,
        ),
        Mistake(
            "one for each caption",
            "your loss is (B,), one for each caption: their mean is still missing",
            _with(reduce=lambda terms: terms),
        ),
        Mistake(
            "means multiplied",
            "you multiply the mean reward of the batch by the mean of log p(s̃): each caption's "
            "reward belongs to its own looks",
            _means_multiplied,
        ),
        Mistake(
            "reward along the words",
            "your reward (B,) lies along the words: add ln α up over the words first, then "
            "multiply",
            _along_the_words,
        ),
    ),
    alternatives={
        "Categorical": _categorical,
        "caption by caption": _caption_by_caption,
        "the value kept": _value_kept,
    },
    ask=gradients,
    judge=judge,
    barred=(
        "attention_course.models.captions",
        "attention_course.exercises.show_attend_tell",
    ),
)
