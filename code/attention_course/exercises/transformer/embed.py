"""transformer.embed: words as loud as the paper has them, and where they stand; 1706.03762, 3.4."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import integers, normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value

VOCABULARY, PLACES = 11, 13  # a position for each word id, too: so that to mix them up runs


def embed(ids: Tensor, E: Tensor, P: Tensor, start: int) -> Tensor:
    """The reference."""
    return _loud(ids, E) + _stand(ids, P, start)


def _loud(ids: Tensor, E: Tensor) -> Tensor:
    return E[ids] * _width(E) ** 0.5


def _stand(ids: Tensor, P: Tensor, start: int) -> Tensor:
    return P[start : start + ids.shape[1]]  # (T, d)


def _width(E: Tensor) -> int:
    return E.shape[1]


# --- right, written otherwise -----------------------------------------------------------------


def _word_by_word(ids: Tensor, E: Tensor, P: Tensor, start: int) -> Tensor:
    rows = [
        torch.stack([E[word] * len(E[word]) ** 0.5 + P[start + t] for t, word in enumerate(row)])
        for row in ids
    ]
    return torch.stack(rows)


def _time_first(ids: Tensor, E: Tensor, P: Tensor, start: int) -> Tensor:
    """Works on (T, B, d); the result is not contiguous."""
    words = F.embedding(ids.T, E).mul(_width(E) ** 0.5)
    return (words + P.roll(-start, 0)[: len(words), None]).transpose(0, 1)


def _one_hot(ids: Tensor, E: Tensor, P: Tensor, start: int) -> Tensor:
    """As products with rows of zeros and a one, in double precision."""
    places = torch.arange(start, start + ids.shape[1]).expand(ids.shape)
    words = F.one_hot(ids, len(E)).double() @ (E.double() * _width(E) ** 0.5)
    return words + F.one_hot(places, len(P)).double() @ P.double()


# --- inputs -----------------------------------------------------------------------------------


def _inputs(batch: int, words: int, d: int, start: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "ids": integers(generator, 0, VOCABULARY, batch, words),
            "E": normal(generator, VOCABULARY, d, std=d**-0.5, dtype=dtype),
            "P": normal(generator, PLACES, d, std=0.7, dtype=dtype),
            "start": start,
        }

    return draw


QUESTION = Question(
    id="transformer.embed",
    answer="embed",
    title="Write what the first layer gets",
    points=10,
    minutes=6,
    difficulty=1,
    kind="write",
    cases=(
        Case("sentences", _inputs(3, 5, 7, 0)),
        Case("the fourth word alone", _inputs(4, 1, 6, 3)),
        Case("words after the first two", _inputs(2, 6, 5, 2)),
        Case("as many sentences as words", _inputs(4, 4, 4, 1)),
        Case("double precision", _inputs(2, 3, 8, 5, dtype=torch.float64)),
    ),
    reference=embed,
    mistakes=(
        Mistake(
            "not scaled",
            "your embeddings are as they stand in E: they are multiplied by √d before the "
            "positions are added",
            lambda ids, E, P, start: E[ids] + _stand(ids, P, start),
        ),
        Mistake(
            "divided",
            "your embeddings are divided by √d, as scores are; embeddings are multiplied by it",
            lambda ids, E, P, start: E[ids] / _width(E) ** 0.5 + _stand(ids, P, start),
        ),
        Mistake(
            "no root",
            "your embeddings are multiplied by d; multiply them by its root",
            lambda ids, E, P, start: E[ids] * _width(E) + _stand(ids, P, start),
        ),
        Mistake(
            "divided without the root",
            "your embeddings are divided by d; they are multiplied by its root",
            lambda ids, E, P, start: E[ids] / _width(E) + _stand(ids, P, start),
        ),
        Mistake(
            "root of the vocabulary",
            "you multiply by the root of the vocabulary's size, the rows of E; d is the number of "
            "its columns",
            lambda ids, E, P, start: E[ids] * len(E) ** 0.5 + _stand(ids, P, start),
        ),
        Mistake(
            "sum scaled",
            "you multiply the whole sum by √d, the positions too; only the embeddings are "
            "multiplied",
            lambda ids, E, P, start: (E[ids] + _stand(ids, P, start)) * _width(E) ** 0.5,
        ),
        Mistake(
            "positions scaled",
            "you multiply the positions by √d; it is the embeddings that are multiplied",
            lambda ids, E, P, start: E[ids] + _stand(ids, P, start) * _width(E) ** 0.5,
        ),
        Mistake(
            "positions along the batch",
            "your positions go along the batch: each sentence gets one position for all of its "
            "words; they go along the time, the second dimension",
            lambda ids, E, P, start: _loud(ids, E) + P[start : start + len(ids), None],
        ),
        Mistake(
            "positions of the ids",
            "you look up P by the ids of the words; a position is counted, whatever the word is",
            lambda ids, E, P, start: _loud(ids, E) + P[ids],
        ),
        Mistake(
            "start forgotten",
            "your positions begin at 0; the first of the ids stands at the position start",
            lambda ids, E, P, start: _loud(ids, E) + _stand(ids, P, 0),
        ),
        Mistake(
            "from one",
            "your positions are one too far: the first word stands at start itself",
            lambda ids, E, P, start: _loud(ids, E) + _stand(ids, P, start + 1),
        ),
        Mistake(
            "one position for all",
            "all your words get the position of the first; each stands one further than the last",
            lambda ids, E, P, start: _loud(ids, E) + P[start],
        ),
        Mistake(
            "backwards",
            "your positions run backwards along the words",
            lambda ids, E, P, start: _loud(ids, E) + _stand(ids, P, start).flip(0),
        ),
        Mistake(
            "no positions",
            "your words have no positions: the rows of P are still to be added",
            lambda ids, E, P, start: _loud(ids, E),
        ),
        Mistake(
            "multiplied",
            "you multiply words and positions; they are added",
            lambda ids, E, P, start: _loud(ids, E) * _stand(ids, P, start),
        ),
        Mistake(
            "subtracted",
            "you subtract the positions; they are added",
            lambda ids, E, P, start: _loud(ids, E) - _stand(ids, P, start),
        ),
        Mistake(
            "mean",
            "you take the mean of words and positions; it is their sum",
            lambda ids, E, P, start: embed(ids, E, P, start) / 2,
        ),
        Mistake(
            "joined",
            "you join words and positions to vectors of 2d numbers; they are added",
            lambda ids, E, P, start: torch.cat(
                [_loud(ids, E), _stand(ids, P, start).expand(*ids.shape, -1)], dim=-1
            ),
        ),
        Mistake(
            "time first",
            "your vectors have the words first, (T, B, d), expected (B, T, d)",
            lambda ids, E, P, start: embed(ids, E, P, start).transpose(0, 1),
        ),
    ),
    alternatives={
        "word by word": _word_by_word,
        "time first, not contiguous": _time_first,
        "one-hot, double precision": _one_hot,
    },
    barred=(
        "attention_course.models.transformer",
        "attention_course.models.transformer_layers",
        "attention_course.exercises.transformer",
    ),
)
