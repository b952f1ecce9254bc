"""The numbers of self_attention.by_hand, and what a pencil makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from attention_course.exercises.values import Value

# Words are birds, eat, seeds; what is asked for is the row of eat. Every exp of a scaled score is a
# whole number, and other scalings give other weights. Other numbers than in the chapter.
WORDS = ("birds", "eat", "seeds")
QUERIES = ((3, 1, 2, 1), (5, 4, 1, 1 / 2), (2, 1, 4, 3))  # the number n stands for 2 ln n
KEYS = ((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 1))
VALUES = ((8.0, 0.0), (0.0, 4.0), (4.0, 8.0))
ASKING, PULLED = 1, 2  # eat asks; the score of seeds is moved
D_K = 4

Step = dict[str, Value]


def products(query: int) -> list[float]:
    """The dot product of a query with each key."""
    asked = [2 * math.log(n) for n in QUERIES[query]]
    return [sum(q * k for q, k in zip(asked, key, strict=True)) for key in KEYS]


def softmax(scores: Sequence[float], seen: Sequence[int] = (0, 1, 2)) -> list[float]:
    """The softmax over what is seen, zero elsewhere."""
    total = sum(math.exp(scores[s]) for s in seen)
    return [math.exp(e) / total if s in seen else 0.0 for s, e in enumerate(scores)]


SCORES = [product / math.sqrt(D_K) for product in products(ASKING)]
WEIGHTS = softmax(SCORES)


def mixed(weights: Sequence[float], vectors: Sequence[Sequence[float]] = VALUES) -> list[float]:
    """The values, or other vectors, summed by weights."""
    columns = zip(*vectors, strict=True)
    return [sum(a * v for a, v in zip(weights, column, strict=True)) for column in columns]


def slopes(weights: Sequence[float], moved: int = PULLED) -> list[float]:
    """How fast each weight grows with one score: a_i (δ_ij - a_j)."""
    return [a * ((s == moved) - weights[moved]) for s, a in enumerate(weights)]


def pull(weights: Sequence[float], moved: int = PULLED) -> list[float]:
    """How fast the new vector grows with one score."""
    return mixed(slopes(weights, moved))


def step(
    weights: Sequence[float] = WEIGHTS,
    *,
    causal: Sequence[float] | None = None,
    moved: int = PULLED,
) -> Step:
    """What is returned; by default the right step.

    Args:
        weights: those of the word that asks.
        causal: its weights under a causal mask; by default what the weights make of it.
        moved: the place of the score that is moved.
    """
    if causal is None:
        earlier = sum(weights[: ASKING + 1])
        causal = [a / earlier if s <= ASKING else 0.0 for s, a in enumerate(weights)]
    return {
        "weights": list(weights),
        "new": mixed(weights),
        "causal": list(causal),
        "slopes": slopes(weights, moved),
        "pull": pull(weights, moved),
    }


def three_words() -> Step:
    """The reference."""
    return step()


# --- right, written otherwise -----------------------------------------------------------------


def rounded() -> Step:
    """As a pencil has it."""
    return {
        "weights": (0.63, 0.13, 0.25),
        "new": (6, 2.5),
        "causal": (0.83, 0.17, 0),
        "slopes": (-0.16, -0.03, 0.19),
        "pull": (-0.5, 1.38),
    }


def from_differences() -> Step:
    """The slopes by moving the score a little."""
    little = 1e-6
    moved = softmax([e + little * (s == PULLED) for s, e in enumerate(SCORES)])
    found = [(new - old) / little for new, old in zip(moved, WEIGHTS, strict=True)]
    return three_words() | {"slopes": found, "pull": mixed(found)}


# --- wrong ------------------------------------------------------------------------------------


def of_chapter() -> Step:
    """The chapter's own numbers, which are not asked for."""
    return step([0.3, 0.1, 0.6]) | {"new": [3.6, 0.4, 2.4, 0.0], "causal": [0.75, 0.25, 0.0]}


def scaled(by: Callable[[float], float]) -> Step:
    """Products that become scores otherwise."""
    return step(softmax([by(product) for product in products(ASKING)]))


def over_the_queries() -> list[float]:
    """The row of a softmax that runs along the columns."""
    rows = [[product / 2 for product in products(t)] for t in range(len(WORDS))]
    columns = zip(*rows, strict=True)
    return [softmax(column)[ASKING] for column in columns]


def asked_instead() -> list[float]:
    """The softmax of how the others look at the word."""
    return softmax([products(t)[ASKING] / 2 for t in range(len(WORDS))])
