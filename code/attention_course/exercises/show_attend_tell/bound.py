"""show_attend_tell.bound: Σ_s p(s | a) log p(y | s, a) without trying every s; 1502.03044."""

from __future__ import annotations

import itertools

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal
from attention_course.exercises.growing import BOTH, LEFT, MANY, Loops, right, shows_leaving
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.show_attend_tell.counting import DIMENSIONS, TIMES, grown
from attention_course.exercises.values import Value

WAYS = (
    "your numbers are right, but your function still tries the L^T ways to look: the mean of a sum "
    "is the sum of the means, and log p(y | s) is a sum over the words"
)
OFTEN = 10  # that many calls of a pair of sizes: a single one is over before it could be timed
LOOPS = {
    "words": "your numbers are right, but your function goes through the words one by one: they "
    "are a dimension of both tensors",
    "places": "your numbers are right, but your function goes through the places one by one: they "
    "are a dimension of both tensors",
    "pictures": "your numbers are right, but your function goes through the pictures one by one: "
    "they are a dimension of both tensors",
}


def slow_bound(weights: Tensor, log_p: Tensor) -> Tensor:
    """The version that a learner is given: every way to look."""
    _, T, L = weights.shape
    steps = torch.arange(T)
    bound = torch.zeros_like(weights[:, 0, 0])
    for s in itertools.product(range(L), repeat=T):
        looks = torch.tensor(s)
        chance = weights[:, steps, looks].prod(1)  # p(s | a) (B,)
        bound = bound + chance * log_p[:, steps, looks].sum(1)
    return bound


def bound(weights: Tensor, log_p: Tensor) -> Tensor:
    """The reference."""
    return _means(weights, log_p).sum(1)


def _means(weights: Tensor, log_p: Tensor) -> Tensor:
    return (weights * log_p).sum(2)  # of each word (B, T)


# --- right, written otherwise -----------------------------------------------------------------


def _einsum(weights: Tensor, log_p: Tensor) -> Tensor:
    return torch.einsum("btl,btl->b", weights, log_p)


def _double(weights: Tensor, log_p: Tensor) -> Tensor:
    """One product for each word, in double precision."""
    products = weights.double()[:, :, None] @ log_p.double()[..., None]  # (B, T, 1, 1)
    return products.sum((1, 2, 3))


def _flat(weights: Tensor, log_p: Tensor) -> Tensor:
    return (weights.flatten(1)[:, None] @ log_p.flatten(1)[..., None])[:, 0, 0]


# --- wrong ------------------------------------------------------------------------------------


def _word_by_word(weights: Tensor, log_p: Tensor) -> Tensor:
    total = torch.zeros_like(weights[:, 0, 0])
    for alpha, word in zip(weights.unbind(1), log_p.unbind(1), strict=True):
        total = total + (alpha * word).sum(1)
    return total


def _place_by_place(weights: Tensor, log_p: Tensor) -> Tensor:
    columns = zip(weights.unbind(2), log_p.unbind(2), strict=True)
    return torch.stack([(alpha * place).sum(1) for alpha, place in columns]).sum(0)


def _picture_by_picture(weights: Tensor, log_p: Tensor) -> Tensor:
    pictures = zip(weights.unbind(0), log_p.unbind(0), strict=True)
    return torch.stack([(alpha * one).sum() for alpha, one in pictures])


def _through_numpy(weights: Tensor, log_p: Tensor) -> Tensor:
    return torch.from_numpy((weights.numpy() * log_p.numpy()).sum((1, 2)))


def _likeliest(weights: Tensor, log_p: Tensor) -> Tensor:
    return log_p.gather(2, weights.argmax(2, keepdim=True)).sum((1, 2))


# --- judging and inputs -----------------------------------------------------------------------


def _sizes(inputs: Inputs) -> dict[str, int]:
    return dict(zip(DIMENSIONS, inputs["weights"].shape, strict=True))


NO_LOOPS = Loops(LOOPS, _sizes, TIMES, bound, ("weights", "log_p"))


def _shows_all_ways(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Twice the words cost many times the calls: a loop over words only doubles them."""
    first = given["first"]
    return right(given, expected, inputs) and bool(first["more"]["words"] > TIMES * first["calls"])


def _inputs(pictures: int, words: int, places: int, dtype: torch.dtype = torch.float32) -> Draw:
    def drawn(generator: Generator, *size: int) -> dict[str, Value]:
        return {
            "weights": normal(generator, *size, std=1.5, dtype=dtype).softmax(-1),
            "log_p": -0.2 - normal(generator, *size, std=1.5, dtype=dtype).abs(),
        }

    def draw(generator: Generator) -> dict[str, Value]:
        few = drawn(generator, pictures, words, places)
        large = {
            many: drawn(generator, *(MANY if name == many else 2 for name in DIMENSIONS))
            for many in DIMENSIONS
        }
        both = {
            " and ".join(pair): [
                drawn(generator, *(BOTH if name in pair else 1 for name in DIMENSIONS))
                for _ in range(OFTEN)
            ]
            for pair in itertools.combinations(DIMENSIONS, 2)
        }
        return few | {"many": large, "both": both}

    return draw


QUESTION = Question(
    id="show_attend_tell.bound",
    answer="bound",
    title="Try all looks at once",
    points=10,
    minutes=15,
    difficulty=2,
    kind="make faster",
    cases=(
        Case("several pictures", _inputs(4, 3, 2)),
        Case("a batch of one", _inputs(1, 4, 3)),
        Case("equal sizes", _inputs(3, 3, 3)),
        Case("double precision", _inputs(2, 3, 4, torch.float64)),
    ),
    reference=bound,
    mistakes=(
        Mistake("all ways to look", WAYS, slow_bound, _shows_all_ways),
        Mistake("loop over words", LOOPS["words"], _word_by_word, NO_LOOPS.sign("words")),
        Mistake("loop over places", LOOPS["places"], _place_by_place, NO_LOOPS.sign("places")),
        Mistake(
            "loop over pictures", LOOPS["pictures"], _picture_by_picture, NO_LOOPS.sign("pictures")
        ),
        Mistake("out of PyTorch", LEFT, _through_numpy, shows_leaving),
        Mistake(
            "logarithm of the mean",
            "you take the logarithm of each word's mean probability: that is log p(y | a) itself, "
            "above the bound; the bound is the mean of the logarithms",
            lambda weights, log_p: (weights * log_p.exp()).sum(2).log().sum(1),
        ),
        Mistake(
            "product of the means",
            "you multiply the means of the words; it is the chances that multiply, while log p(y | "
            "s) is a sum over the words",
            lambda weights, log_p: _means(weights, log_p).prod(1),
        ),
        Mistake(
            "weights left out",
            "your looks all count in full; each counts by the chance that it is drawn, α",
            lambda weights, log_p: log_p.sum((1, 2)),
        ),
        Mistake(
            "all looks alike",
            "your looks count alike, 1/L each; each counts by the chance that it is drawn, α",
            lambda weights, log_p: log_p.mean(2).sum(1),
        ),
        Mistake(
            "likeliest look alone",
            "you follow the likeliest look alone; the mean goes over all of them",
            _likeliest,
        ),
        Mistake(
            "best look alone",
            "you take the best look of each word; the mean goes over all of them, good and bad",
            lambda weights, log_p: log_p.amax(2).sum(1),
        ),
        Mistake(
            "logarithm of the chance",
            "you weigh with ln α; the mean weighs with the chance α itself",
            lambda weights, log_p: (weights.log() * log_p).sum((1, 2)),
        ),
        Mistake(
            "chances added",
            "you add ln α to log p, which makes log p(y, s) of it; the mean is of log p(y | s) "
            "alone",
            lambda weights, log_p: (weights * (log_p + weights.log())).sum((1, 2)),
        ),
        Mistake(
            "every word with every other",
            "you multiply the weights of each word with log p of every word; each belongs to its "
            "own word alone",
            lambda weights, log_p: (weights @ log_p.mT).sum((1, 2)),
        ),
        Mistake(
            "one place for all words",
            "you add up as if all words looked at the same place; each word has a look of its own",
            lambda weights, log_p: (weights.prod(1) * log_p.sum(1)).sum(1),
        ),
        Mistake(
            "mean over the words",
            "you take the mean over the words; log p of a caption is their sum",
            lambda weights, log_p: _means(weights, log_p).mean(1),
        ),
        Mistake(
            "mean over everything",
            "you take the mean over words and places; the weights make the mean over the places "
            "already, and the words are added up",
            lambda weights, log_p: (weights * log_p).mean((1, 2)),
        ),
        Mistake(
            "one number",
            "you return a single number for the whole batch; return one for each picture, (B,)",
            lambda weights, log_p: (weights * log_p).sum(),
        ),
        Mistake(
            "not added up over the words",
            "your numbers are (B, T), one for each word: add them up",
            _means,
        ),
        Mistake(
            "not added up over the places",
            "your numbers are (B, L), one for each place: the places are added up too",
            lambda weights, log_p: (weights * log_p).sum(1),
        ),
        Mistake(
            "summed over the pictures",
            "you keep the words and add up over the pictures; keep the pictures, the first "
            "dimension",
            lambda weights, log_p: (weights * log_p).sum((0, 2)),
        ),
        Mistake(
            "minus",
            "your bound is positive; a loss would be, but the bound itself is a mean of logarithms "
            "of probabilities",
            lambda weights, log_p: -bound(weights, log_p),
        ),
    ),
    alternatives={
        "einsum": _einsum,
        "products in double precision": _double,
        "flat": _flat,
    },
    ask=grown,
    second=NO_LOOPS.second(),
    judge=NO_LOOPS.judge,
    barred=("attention_course.exercises.show_attend_tell",),
)
