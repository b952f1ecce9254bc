"""luong.general: score(h_t, h̄_s) = h_tᵀ W_a h̄_s; 1508.04025, Equation (7)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def general_score(query: Tensor, keys: Tensor, W_a: Tensor) -> Tensor:
    """The reference."""
    return torch.einsum("bn,nm,bsm->bs", query, W_a, keys)


def _inputs(batch: int, source: int, n: int, m: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "query": normal(generator, batch, n, std=0.8, dtype=dtype),
            "keys": normal(generator, batch, source, m, std=0.8, dtype=dtype),
            "W_a": normal(generator, n, m, std=n**-0.5, dtype=dtype),
        }

    return draw


# --- right, written otherwise -----------------------------------------------------------------


def _word_by_word(query: Tensor, keys: Tensor, W_a: Tensor) -> Tensor:
    return torch.stack(
        [torch.stack([h @ W_a @ key for key in row]) for h, row in zip(query, keys, strict=True)]
    )


def _keys_first(query: Tensor, keys: Tensor, W_a: Tensor) -> Tensor:
    return (F.linear(keys, W_a) @ query[..., None]).squeeze(-1)


def _double(query: Tensor, keys: Tensor, W_a: Tensor) -> Tensor:
    turned = (query.double() @ W_a.double())[:, None]
    return (turned * keys.double()).sum(-1)


def _bilinear(query: Tensor, keys: Tensor, W_a: Tensor) -> Tensor:
    asked = query[:, None].expand(-1, keys.shape[1], -1).contiguous()
    return F.bilinear(asked, keys.contiguous(), W_a[None])[..., 0]


def _not_contiguous(query: Tensor, keys: Tensor, W_a: Tensor) -> Tensor:
    return (keys.permute(1, 0, 2) * (query @ W_a)).sum(-1).T


QUESTION = Question(
    id="luong.general",
    answer="general_score",
    title="Write the score general",
    points=12,
    minutes=10,
    difficulty=1,
    kind="write",
    cases=(
        Case("several sentences", _inputs(3, 6, 5, 7)),
        Case("a batch of one", _inputs(1, 4, 6, 3)),
        Case("equal sizes", _inputs(4, 4, 4, 4)),
        Case("double precision", _inputs(2, 5, 8, 4, torch.float64)),
    ),
    reference=general_score,
    mistakes=(
        Mistake(
            "W_a transposed",
            "your W_a is transposed: it has a row for each number of h_t, so h_t stands on its "
            "left and h̄_s on its right",
            lambda query, keys, W_a: general_score(query, keys, W_a.T),
        ),
        Mistake(
            "no W_a",
            "these are the scores dot: general has the matrix W_a between the two vectors",
            lambda query, keys, W_a: torch.einsum("bn,bsn->bs", query, keys),
        ),
        Mistake(
            "scaled by the query's size",
            "your scores are divided by √n, the root of a query's size; this score has no scale",
            lambda query, keys, W_a: general_score(query, keys, W_a) / query.shape[-1] ** 0.5,
        ),
        Mistake(
            "scaled by the key's size",
            "your scores are divided by √m, the root of a key's size; this score has no scale",
            lambda query, keys, W_a: general_score(query, keys, W_a) / keys.shape[-1] ** 0.5,
        ),
        Mistake(
            "mean",
            "your scores are too small by the factor m: a mean over the numbers of a key, not a "
            "sum",
            lambda query, keys, W_a: general_score(query, keys, W_a) / keys.shape[-1],
        ),
        Mistake(
            "weights",
            "these are weights, which sum to one over the source words; return the scores before "
            "the softmax",
            lambda query, keys, W_a: general_score(query, keys, W_a).softmax(-1),
        ),
        Mistake(
            "softmax over the sentences",
            "your numbers sum to one over the sentences of the batch; return the scores, without "
            "any softmax",
            lambda query, keys, W_a: general_score(query, keys, W_a).softmax(0),
        ),
        Mistake(
            "tanh at the end",
            "your scores are squeezed by a tanh; only concat and the additive score have one",
            lambda query, keys, W_a: general_score(query, keys, W_a).tanh(),
        ),
        Mistake(
            "tanh on the keys",
            "your W_a h̄_s goes through a tanh; only concat and the additive score have one",
            lambda query, keys, W_a: torch.einsum("bn,bsn->bs", query, (keys @ W_a.T).tanh()),
        ),
        Mistake(
            "tanh on the query",
            "your h_t W_a goes through a tanh; only concat and the additive score have one",
            lambda query, keys, W_a: torch.einsum("bm,bsm->bs", (query @ W_a).tanh(), keys),
        ),
        Mistake(
            "sum of the two",
            "you add h_t and W_a h̄_s; this score multiplies them number by number and adds up",
            lambda query, keys, W_a: (query[:, None] + keys @ W_a.T).sum(-1),
        ),
        Mistake(
            "cosine",
            "your two vectors are cut to length 1, which makes a cosine of the score; general "
            "takes them as they are",
            lambda query, keys, W_a: F.cosine_similarity((query @ W_a)[:, None], keys, dim=-1),
        ),
        Mistake(
            "every query meets every sentence",
            "your scores are (B, B, S), each query with every sentence: a query that is (B, 1, m) "
            "meets its own sentence only",
            lambda query, keys, W_a: query @ W_a @ keys.mT,
        ),
        Mistake(
            "summed over the words",
            "you add up over the words; add up over the numbers of each word, the last dimension",
            lambda query, keys, W_a: ((query @ W_a)[:, None] * keys).sum(1),
        ),
        Mistake(
            "not summed",
            "your scores are (B, S, m): the products of single numbers still have to be added up",
            lambda query, keys, W_a: (query @ W_a)[:, None] * keys,
        ),
        Mistake(
            "squeezed to nothing",
            "squeeze() takes away every dimension of size 1, the batch's too where it holds one "
            "sentence: say which, squeeze(-1)",
            lambda query, keys, W_a: general_score(query, keys, W_a).squeeze(),
        ),
        Mistake(
            "column left",
            "your scores are (B, S, 1): the product with h_t as a column leaves a dimension of "
            "size 1, which squeeze(-1) takes away",
            lambda query, keys, W_a: general_score(query, keys, W_a)[..., None],
        ),
        Mistake(
            "row left",
            "your scores are (B, 1, S): the dimension that you gave the query is still there, and "
            "squeeze(1) takes it away",
            lambda query, keys, W_a: general_score(query, keys, W_a)[:, None],
        ),
        Mistake(
            "transposed",
            "your scores are (S, B), expected (B, S)",
            lambda query, keys, W_a: general_score(query, keys, W_a).T,
        ),
    ),
    alternatives={
        "word by word": _word_by_word,
        "keys turned first": _keys_first,
        "a sum in double precision": _double,
        "bilinear": _bilinear,
        "not contiguous": _not_contiguous,
    },
    barred=(
        "attention_course.models.scores",
        "attention_course.models.luong",
        "attention_course.exercises.luong",
    ),
)
