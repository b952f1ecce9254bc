"""universal_transformer.ponder_cost: the mean of N + R; 1603.08983, Section 2.1."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from attention_course.exercises.comparing import Problem, compare, one_number
from attention_course.exercises.drawing import integers, padding_mask
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.universal_transformer.gradients import at_p
from attention_course.exercises.values import Tolerance, Value


def ponder_cost(p: Tensor, N: Tensor, mask: Tensor) -> Tensor:
    """The reference."""
    return _costs(p, N)[mask].mean()


def _costs(p: Tensor, N: Tensor) -> Tensor:
    return N + _remainder(p, N)  # (B, S)


def _remainder(p: Tensor, N: Tensor) -> Tensor:
    """R (B, S)."""
    return 1 - (p * (_numbers(p) < N)).sum(0)


def _numbers(p: Tensor) -> Tensor:
    return torch.arange(1, len(p) + 1)[:, None, None]  # of the steps


# --- right, written otherwise -----------------------------------------------------------------


def _word_by_word(p: Tensor, N: Tensor, mask: Tensor) -> Tensor:
    costs = [
        steps + 1 - p[: steps - 1, b, i].sum()
        for b, row in enumerate(N.tolist())
        for i, steps in enumerate(row)
        if mask[b, i]
    ]
    return torch.stack(costs).mean()


def _sums_gathered(p: Tensor, N: Tensor, mask: Tensor) -> Tensor:
    """The sums before each step, and of these the one before the last; in double precision."""
    before = torch.cat([torch.zeros_like(p[:1]), p]).double().cumsum(0)
    spent = before.gather(0, N[None] - 1)[0]
    return ((N + 1 - spent) * mask).sum() / mask.sum()


def _sums_apart(p: Tensor, N: Tensor, mask: Tensor) -> Tensor:
    spent = torch.where((_numbers(p) < N) & mask, p, 0.0).sum()
    return (N[mask].sum() - spent) / mask.sum() + 1


# --- judging and inputs -----------------------------------------------------------------------


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal costs, and equal gradients; none goes back from a bare number."""
    cost, right = one_number(given["result"]), one_number(expected["result"])
    problem = compare(cost, right, inputs, tolerance)
    if problem is not None:
        return problem
    nothing = {"p": torch.zeros_like(inputs["p"])}
    back, right = (output["gradients"] or nothing for output in (given, expected))
    return compare(back["p"], right["p"], inputs, tolerance, "the gradient of your cost at p")


def _inputs(steps: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        p = torch.rand(steps, *mask.shape, generator=generator, dtype=torch.float64)
        N = integers(generator, 1, steps + 1, *mask.shape)
        N[0, :2] = torch.tensor([1, steps])[: mask.shape[1]]
        # p before the last step sums to less than 1; padding is thought about, too
        return {"p": (p * 0.9 / steps + 0.01).to(dtype), "N": N, "mask": mask}

    return draw


QUESTION = Question(
    id="universal_transformer.ponder_cost",
    answer="ponder_cost",
    title="Write what thinking costs",
    points=14,
    minutes=10,
    difficulty=2,
    kind="write",
    cases=(
        Case("sentences of unequal length", _inputs(4, 5, 3, 2)),
        Case("a batch of one", _inputs(6, 4)),
        Case("equal sizes", _inputs(4, 4, 2, 3, 4)),
        Case("one word and much padding", _inputs(3, 7, 1)),
        Case("double precision", _inputs(5, 6, 3, dtype=torch.float64)),
    ),
    reference=ponder_cost,
    mistakes=(
        Mistake(
            "no remainder",
            "the remainder R is left out: N alone is a whole number, from which no gradient comes",
            lambda p, N, mask: N[mask].to(p.dtype).mean(),
        ),
        Mistake(
            "remainder alone",
            "the number of steps N is left out: the cost of a word is N + R",
            lambda p, N, mask: _remainder(p, N)[mask].mean(),
        ),
        Mistake(
            "no gradient",
            "your number is right, but no gradient goes back to p: something was cut off on the "
            "way, by detach, item or no_grad",
            lambda p, N, mask: ponder_cost(p.detach(), N, mask),
        ),
        Mistake(
            "remainder after the last probability",
            "the sum in your remainder goes up to step N; it goes over the steps before N",
            lambda p, N, mask: ponder_cost(p, N + 1, mask) - 1,
        ),
        Mistake(
            "a step too few",
            "the sum in your remainder ends two steps before N; it goes over all steps before N",
            lambda p, N, mask: ponder_cost(p, N - 1, mask) + 1,
        ),
        Mistake(
            "last probability",
            "your remainder is the probability of the last step; it is what the steps before have "
            "left of 1",
            lambda p, N, mask: (N + p.gather(0, N[None] - 1)[0])[mask].mean(),
        ),
        Mistake(
            "all steps",
            "your remainder takes the probabilities of all steps away from 1; a word has halted "
            "after N of them",
            lambda p, N, mask: (N + 1 - p.sum(0))[mask].mean(),
        ),
        Mistake(
            "sum of the probabilities",
            "you add the probabilities before the last step; the remainder is 1 minus their sum",
            lambda p, N, mask: (N + 1 - _remainder(p, N))[mask].mean(),
        ),
        Mistake(
            "steps from zero",
            "your cost is too small by 1: N is the number of steps as it is given, and R is 1 "
            "minus the sum",
            lambda p, N, mask: ponder_cost(p, N, mask) - 1,
        ),
        Mistake(
            "remainder taken away",
            "you take the remainder away from N; it is added",
            lambda p, N, mask: (N - _remainder(p, N))[mask].mean(),
        ),
        Mistake(
            "product",
            "you multiply N and R; they are added",
            lambda p, N, mask: (N * _remainder(p, N))[mask].mean(),
        ),
        Mistake(
            "mean step",
            "this is the mean step, in which each step counts by its weight; the cost counts every "
            "step that was made as a whole",
            lambda p, N, mask: (
                (p * _numbers(p) * (_numbers(p) < N)).sum(0) + N * _remainder(p, N)
            )[mask].mean(),
        ),
        Mistake(
            "padding counted",
            "padding counts in your mean: leave it out of the sum and out of the number of words",
            lambda p, N, mask: _costs(p, N).mean(),
        ),
        Mistake(
            "padding in the sum",
            "you divide by the number of real words, but what padding costs is still in the sum",
            lambda p, N, mask: _costs(p, N).sum() / mask.sum(),
        ),
        Mistake(
            "padding in the number",
            "padding is out of your sum, but you divide by the number of all places",
            lambda p, N, mask: (_costs(p, N) * mask).mean(),
        ),
        Mistake(
            "padding in the mean of N",
            "padding is left out of the mean of R, but not out of that of N",
            lambda p, N, mask: N.to(p.dtype).mean() + _remainder(p, N)[mask].mean(),
        ),
        Mistake(
            "no remainder, padding counted",
            "two things are amiss: the remainder R is left out, and padding counts in your mean",
            lambda p, N, mask: N.to(p.dtype).mean(),
        ),
        Mistake(
            "inverted mask",
            "your mask is the wrong way round: True means that there is a word",
            lambda p, N, mask: (_costs(p, N) * ~mask).sum() / (~mask).sum().clamp(min=1),
        ),
        Mistake(
            "sum over the words",
            "you add up over the words; take their mean, so that a larger batch is not punished "
            "more",
            lambda p, N, mask: _costs(p, N)[mask].sum(),
        ),
        Mistake(
            "mean of the sentences",
            "you take the mean of the sentences' means, in which a word of a short sentence counts "
            "more; take one mean over all words",
            lambda p, N, mask: ((_costs(p, N) * mask).sum(1) / mask.sum(1)).mean(),
        ),
        Mistake(
            "divided by the sentences",
            "you divide by the number of sentences; the mean goes over the words",
            lambda p, N, mask: _costs(p, N)[mask].sum() / len(mask),
        ),
        Mistake(
            "one for each word",
            "you return one number for each word, (B, S): the mean over the real ones is missing",
            lambda p, N, mask: _costs(p, N),
        ),
        Mistake(
            "one for each sentence",
            "you return one number for each sentence, (B,): take one mean over all real words",
            lambda p, N, mask: (_costs(p, N) * mask).sum(1) / mask.sum(1),
        ),
    ),
    alternatives={
        "word by word": _word_by_word,
        "sums gathered": _sums_gathered,
        "sums apart": _sums_apart,
    },
    ask=at_p,
    judge=judge,
    barred=(
        "attention_course.models.adaptive_computation",
        "attention_course.pondering",
        "attention_course.exercises.universal_transformer",
    ),
)
