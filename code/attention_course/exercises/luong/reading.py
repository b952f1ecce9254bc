"""luong.reading: three maps of the same scores, seen through three windows."""

from __future__ import annotations

import torch

from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.masks import masked_softmax
from attention_course.models.windows import gaussian, inside

SOURCE = ("a", "b", "c", "d", "e", "f")
TARGET = ("a1", "a2", "b1", "b2", "c1")  # each word is said twice: 0, 0, 1, 1, 2 are looked for
SCORES = (
    (2.5, 0.6, 0.2, 0.9, 0.3, 0.7),
    (2.2, 1.1, 0.4, 0.5, 0.8, 0.2),
    (0.9, 2.4, 1.0, 0.3, 0.6, 0.5),
    (0.4, 2.6, 0.8, 1.2, 0.2, 0.9),
    (0.6, 0.8, 2.7, 0.3, 1.4, 0.5),
)
POSITIONS = (0.3, 0.8, 1.4, 1.7, 2.2)  # p_t of local-p
D_MONOTONIC, D_PREDICTIVE = 1, 2

Map = list[list[float]]


def maps() -> dict[str, Map]:
    """The three maps of the question, (T, S) each, rounded to two decimals."""
    e, p = torch.tensor(SCORES), torch.tensor(POSITIONS)
    everywhere = torch.ones_like(e, dtype=torch.bool)
    near = inside(p.floor().long(), everywhere, D_PREDICTIVE)
    beside = inside(torch.arange(len(TARGET)), everywhere, D_MONOTONIC)
    found = {
        "local-p": masked_softmax(e, near) * gaussian(p, len(SOURCE), D_PREDICTIVE),
        "global": masked_softmax(e, everywhere),
        "local-m": masked_softmax(e, beside),
    }
    return {
        name: [[round(weight, 2) for weight in row] for row in weights.tolist()]
        for name, weights in found.items()
    }


def read_maps() -> dict[str, Value]:
    """The reference."""
    looked = torch.tensor(maps()["global"]).argmax(1).tolist()
    barred = [row[s] == 0 for row, s in zip(maps()["local-m"], looked, strict=True)]
    return {
        "windows": list(maps()),
        "D": D_MONOTONIC,
        "lost": [t for t, is_barred in enumerate(barred) if is_barred],
        "reason": "c",
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: read_maps() | wrong)


def _shows_misnamed_global(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The three names, but another than B is called global."""
    names = [str(name).strip().lower() for name in given["windows"]]
    return sorted(names) == sorted(expected["windows"]) and names[1] != "global"


QUESTION = Question(
    id="luong.reading",
    answer="read_maps",
    title="Read which window made a map",
    points=10,
    minutes=10,
    difficulty=2,
    kind="read",
    cases=(
        Case("windows", part="windows"),
        Case("D", part="D"),
        Case("lost", part="lost"),
        Case("reason", part="reason"),
    ),
    reference=read_maps,
    mistakes=(
        Mistake(
            "global misnamed",
            "a softmax over the whole sentence leaves no word out: only one of the maps has no "
            "zeros at all",
            lambda: read_maps() | {"windows": ["local-p", "local-m", "global"]},
            _shows_misnamed_global,
        ),
        _mistake(
            "the local ones exchanged",
            "you have exchanged local-m and local-p: one window moves on by a word with each row, "
            "and its rows sum to one",
            windows=["local-m", "global", "local-p"],
        ),
        _mistake(
            "names spelt otherwise",
            'your windows are spelt otherwise than in the question: it has "local-m" and '
            '"local-p", with a hyphen',
            windows=["local_p", "global", "local_m"],
        ),
        _mistake(
            "D of local-p",
            "this is the D of local-p; the question asks for that of local-m",
            D=D_PREDICTIVE,
        ),
        _mistake(
            "size of the window",
            "this is how many words the window holds, 2D + 1; D is how far it reaches on either "
            "side",
            D=2 * D_MONOTONIC + 1,
        ),
        _mistake(
            "lost from one",
            "you count the target words from 1; count from 0",
            lost=[4, 5],
        ),
        _mistake(
            "none lost",
            "where the window of local-m has moved too far, its weight at the word that the global "
            "map looks at is zero",
            lost=[],
        ),
        _mistake(
            "the last one lost",
            "one more is lost: compare each row of local-m with that of the global map",
            lost=[4],
        ),
        _mistake(
            "the first one lost",
            "one more is lost: the window moves on by a word a row, and falls no less behind",
            lost=[3],
        ),
        _mistake(
            "barely inside",
            "b1 is looked for at b, which lies at the left end of the window, still inside",
            lost=[2, 3, 4],
        ),
        _mistake(
            "reason a",
            "rounding to two decimals changes a sum of six weights by 0.03 at most; much more is "
            "missing",
            reason="a",
        ),
        _mistake(
            "reason b",
            "no word is padding in this sentence",
            reason="b",
        ),
        _mistake(
            "reason d",
            "positions outside the sentence take no part in the softmax, so they take nothing away",
            reason="d",
        ),
    ),
    alternatives={
        "tuples and capitals": lambda: {
            "windows": ("Local-p", "Global", "Local-m"),
            "D": 1.0,
            "lost": (3, 4),
            "reason": "(c)",
        },
        "as a tensor": lambda: read_maps() | {"lost": torch.tensor([3, 4])},
    },
)
