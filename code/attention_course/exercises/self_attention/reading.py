"""self_attention.reading: four heads, and what each of them looks for."""

from __future__ import annotations

import torch
from torch import Tensor

from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.masks import masked_softmax
from attention_course.models.self_attention import causal_mask

SENTENCE = ("the", "cat", "sees", "the", "dog", "run")  # a word comes twice, at 0 and at 3
LOOKS = ("before", "first", "equal", "even")
LOUD = 2.5  # how much higher a score is where a head looks
# what else a score has in it: something of the word that is asked, or of its place
OF_WORDS = {"the": 0.0, "cat": 0.6, "sees": -0.5, "dog": 0.3, "run": -0.2}
OF_PLACES = (0.3, -0.4, 0.5, 0.0, -0.3, 0.4)

Map = list[list[float]]


def _everywhere() -> Tensor:
    return torch.ones(len(SENTENCE), len(SENTENCE), dtype=torch.bool)


def scores() -> dict[str, tuple[Tensor, Tensor]]:
    """For each kind of head its scores and its mask, (T, T) both, in the order of the maps."""
    T = len(SENTENCE)
    place = torch.arange(T)
    equal = torch.tensor([[one == other for other in SENTENCE] for one in SENTENCE])
    before = place == (place[:, None] - 1).clamp_min(0)
    places = torch.tensor(OF_PLACES)
    noise = 2 * places[:, None] * places + places.flip(0)  # of both places
    return {
        "equal": (
            LOUD * equal + torch.tensor([OF_WORDS[word] for word in SENTENCE]),
            _everywhere(),
        ),
        "before": (LOUD * before + noise, _everywhere()),
        "even": (torch.zeros(T, T), causal_mask(T)),
        "first": (LOUD * (place == 0) + noise, _everywhere()),
    }


def maps() -> dict[str, Map]:
    """The four maps of the question, rounded to two decimals."""
    return {
        name: [[round(a, 2) for a in row] for row in masked_softmax(e, mask).tolist()]
        for name, (e, mask) in scores().items()
    }


def read_heads() -> dict[str, Value]:
    """The reference."""
    letters = dict(zip(maps(), "ABCD", strict=True))
    asked = torch.tensor(maps()["before"])[:, SENTENCE.index("cat")]
    return {
        "heads": list(maps()),
        "writes": letters["even"],
        "knows": int(asked.argmax()),
        "blind": [letters["equal"], letters["even"]],
        "reason": "b",
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: read_heads() | wrong)


def _shows_misnamed(of: str, given: Value, expected: Value) -> bool:
    """Names of the question, but another at the place of this one."""
    names = [str(name).strip().lower() for name in given["heads"]]
    return sorted(names) == sorted(LOOKS) and names[expected["heads"].index(of)] != of


def _shows_even(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _shows_misnamed("even", given, expected)


def _shows_equal(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _shows_misnamed("equal", given, expected)


def _shows_need(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Some of the heads that need positions are among those named."""
    letters = {str(letter).strip().upper() for letter in given["blind"]}
    return letters <= set("ABCD") and bool(letters & set("BD"))


QUESTION = Question(
    id="self_attention.reading",
    answer="read_heads",
    title="Read what heads look for",
    points=8,
    minutes=8,
    difficulty=1,
    kind="read",
    cases=tuple(Case(name, part=name) for name in ("heads", "writes", "knows", "blind", "reason")),
    reference=read_heads,
    mistakes=(
        Mistake(
            "even misnamed",
            "a head that looks at all alike gives the same weight to each word that it may see: "
            "look for the map whose rows have one number besides zeros",
            lambda: read_heads() | {"heads": ["even", "before", "equal", "first"]},
            _shows_even,
        ),
        Mistake(
            "equal misnamed",
            "a head that looks at equal words shares out the weight of *the* over both of them: "
            "look for the map with two large numbers in those rows",
            lambda: read_heads() | {"heads": ["before", "equal", "even", "first"]},
            _shows_equal,
        ),
        _mistake(
            "before and first exchanged",
            'you have exchanged "before" and "first": one of the two has its large numbers in a '
            "single column, the other beside the diagonal",
            heads=["equal", "first", "even", "before"],
        ),
        _mistake(
            "a head that is sharp",
            "this map has weight above the diagonal, on words that are yet to be written",
            writes="B",
        ),
        _mistake(
            "a head that looks at the first word",
            "every word may look at the first one, but this map also has weight above the "
            "diagonal, on words that are yet to be written",
            writes="D",
        ),
        _mistake(
            "symmetric",
            "this map has as many numbers above the diagonal as below: its words look at some that "
            "are yet to be written",
            writes="A",
        ),
        _mistake(
            "row for column",
            "this is the word that *cat* looks at, in the row of *cat*; the question is who looks "
            "at *cat*, in its column",
            knows=0,
        ),
        _mistake(
            "cat itself",
            "*cat* lays hardly any weight on itself in this map; look down its column",
            knows=1,
        ),
        _mistake(
            "counted from one",
            "you count the words from 1; count from 0",
            knows=3,
        ),
        _mistake(
            "equal alone",
            "one more needs no positions: its scores are all alike, whatever stands where",
            blind=["A"],
        ),
        _mistake(
            "even alone",
            "one more needs no positions: it looks for what a word is, wherever that stands",
            blind=["C"],
        ),
        _mistake(
            "those that need them",
            "these are the heads that need positions: they give the two *the* different weights, "
            "and one word is as good as its equal for a head without positions",
            blind=["B", "D"],
        ),
        _mistake(
            "first too",
            "the head that looks at the first word tells the first *the* from the second, which "
            "without positions are one and the same",
            blind=["A", "C", "D"],
        ),
        _mistake(
            "before too",
            "the head that looks at the word before needs to know which one that is",
            blind=["A", "B", "C"],
        ),
        _mistake(
            "all but the even one",
            "two of these give the two *the* different weights, which needs positions; and a head "
            "that looks at all alike needs none",
            blind=["A", "B", "D"],
        ),
        _mistake(
            "another order",
            "these are the right letters, but not in alphabetical order",
            blind=["C", "A"],
        ),
        Mistake(
            "one that needs them",
            "one of these at least gives the two *the* different weights, and so needs positions",
            lambda: read_heads() | {"blind": ["A", "B"]},
            _shows_need,
        ),
        _mistake(
            "reason a",
            "grammar may be why training made such a head, but two rows are equal number by number "
            "only where the scores are",
            reason="a",
        ),
        _mistake(
            "reason c",
            "map A has no causal mask: there is weight above its diagonal",
            reason="c",
        ),
        _mistake(
            "reason d",
            "a softmax knows nothing of words: of different scores it makes different rows",
            reason="d",
        ),
    ),
    alternatives={
        "tuples and capitals": lambda: {
            "heads": ("Equal", "Before", "Even", "First"),
            "writes": "c",
            "knows": 2.0,
            "blind": ("a", "c"),
            "reason": "(b)",
        },
        "a number of torch": lambda: read_heads() | {"knows": torch.tensor(2)},
    },
)
