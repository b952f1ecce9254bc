"""transformer.by_hand: beam search and its length penalty with a pencil; 1609.08144, Eq. (14)."""

from __future__ import annotations

import itertools
import math

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

# log₂ p of each next word after the last one; the model looks at no other.
LOG_P = {
    "start": {"a": -1.2, "b": -1.3, "end": -2.7},
    "a": {"a": -3.3, "b": -0.2, "end": -4.3},
    "b": {"a": -3.3, "b": -2.0, "end": -0.6},
}
WIDTH = 2
FINISHED = ("b end", "a b end")  # in the order in which they do
ALPHA = 1.0  # of the scores; tests/exercises/test_transformer.py has the course's search find all

Search = dict[str, Value]


def log_p(sentence: str) -> float:
    """The sum of its words' log-probabilities."""
    words = ["start", *sentence.split()]
    return sum(LOG_P[before][word] for before, word in itertools.pairwise(words))


def penalty(length: int, alpha: float = ALPHA) -> float:
    """((5 + length) / 6)^α."""
    return ((5 + length) / 6) ** alpha


def _scores(alpha: float = ALPHA, shift: int = 0) -> list[float]:
    """log p over the penalty; `shift` is added to the true length."""
    return [log_p(y) / penalty(len(y.split()) + shift, alpha) for y in FINISHED]


def search() -> Search:
    """The reference."""
    return {
        "greedy": "a b end",
        "beams": ["a b", "b b"],
        "log_p": [log_p(y) for y in FINISHED],
        "scores": _scores(),
        "winners": ["b end", "a b end"],
    }


def _rounded() -> Search:
    """As a pencil has it."""
    return search() | {"log_p": (-1.9, -2), "scores": (-1.63, -1.5), "beams": ("A B", "B B")}


def _from_fractions() -> Search:
    return search() | {"scores": [-1.9 * 6 / 7, -2.0 * 6 / 8]}


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: search() | wrong)


LAST = [LOG_P[y.split()[-2]]["end"] for y in FINISHED]

QUESTION = Question(
    id="transformer.by_hand",
    answer="search",
    title="A beam search by hand",
    points=12,
    minutes=12,
    difficulty=2,
    kind="by hand",
    cases=tuple(
        Case(name, part=name) for name in ("greedy", "beams", "log_p", "scores", "winners")
    ),
    reference=search,
    mistakes=(
        _mistake(
            "greedy with the better sentence",
            "greedy search cannot find this one: its first word is the most probable first word, "
            "and it never goes back",
            greedy="b end",
        ),
        _mistake(
            "greedy without end",
            "the end mark is a word of the sentence, too: greedy search stops when it has said it",
            greedy="a b",
        ),
        _mistake(
            "an ended beam kept",
            "a sentence that has ended is no beam any more: it is put aside, and the best that go "
            "on fill both places",
            beams=["a b", "b end"],
        ),
        _mistake(
            "one beam alone",
            "you go on from the better beam alone; the continuations of both are ranked together",
            beams=["a b", "a a"],
        ),
        _mistake(
            "one from each",
            "your second beam is less probable than another continuation: rank all six by the sums",
            beams=["a b", "b a"],
        ),
        _mistake(
            "beams exchanged",
            "these are the beams; name the more probable one first",
            beams=["b b", "a b"],
        ),
        _mistake(
            "last word alone",
            "these are the last words' log-probabilities; those of all words of a sentence are "
            "added up",
            log_p=LAST,
        ),
        _mistake(
            "finished in another order",
            "you have exchanged the two sentences: the one that ends first comes first",
            log_p=[log_p(y) for y in reversed(FINISHED)],
        ),
        _mistake(
            "multiplied",
            "you multiply log-probabilities; probabilities are multiplied, so their logarithms are "
            "added",
            log_p=[-1.3 * -0.6, -1.2 * -0.2 * -0.6],
        ),
        _mistake(
            "probabilities",
            "these are probabilities; the question asks for their logarithms, as the table has "
            "them",
            log_p=[2 ** log_p(y) for y in FINISHED],
        ),
        _mistake(
            "not divided",
            "these are the log-probabilities; each is still divided by its penalty",
            scores=[log_p(y) for y in FINISHED],
        ),
        _mistake(
            "multiplied by the penalty",
            "you multiply by the penalty, which makes long sentences worse still; divide by it",
            scores=[log_p(y) * penalty(len(y.split())) for y in FINISHED],
        ),
        _mistake(
            "divided by the length",
            "you divide by the number of words; the penalty is (5 + n)/6",
            scores=[log_p(y) / len(y.split()) for y in FINISHED],
        ),
        _mistake(
            "end not counted",
            "your lengths leave the end mark out; it counts",
            scores=_scores(shift=-1),
        ),
        _mistake(
            "start counted",
            "your lengths count the start mark; the model reads it, but does not write it",
            scores=_scores(shift=1),
        ),
        _mistake(
            "alpha of the paper",
            "these are the scores with the paper's α = 0.6; here α is 1",
            scores=_scores(alpha=0.6),
        ),
        _mistake(
            "logarithm of the penalty",
            "your scores have the penalty taken off; they are divided by it",
            scores=[log_p(y) - math.log2(penalty(len(y.split()))) for y in FINISHED],
        ),
        _mistake(
            "winners exchanged",
            "you have exchanged the two: without a penalty the shorter one has the advantage",
            winners=["a b end", "b end"],
        ),
        _mistake(
            "penalty changes nothing",
            "the longer one wins once both are divided by their penalties: of two negative numbers "
            "the one nearer to zero is larger",
            winners=["b end", "b end"],
        ),
        _mistake(
            "longer one always",
            "with α = 0 every penalty is 1, and the log-probabilities decide",
            winners=["a b end", "a b end"],
        ),
    ),
    alternatives={
        "rounded, as tuples, in capitals": _rounded,
        "from fractions": _from_fractions,
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
