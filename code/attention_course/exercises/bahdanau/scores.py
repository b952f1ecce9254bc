"""bahdanau.scores: e_ij = v_aᵀ tanh(W_a s_{i-1} + U_a h_j); 1409.0473, Appendix A.1.2."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def additive_score(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    """The reference."""
    return torch.tanh(query[:, None] + keys) @ v  # (B, S)


def _inputs(batch: int, source: int, size: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "query": normal(generator, batch, size, std=0.7, dtype=dtype),
            "keys": normal(generator, batch, source, size, std=0.7, dtype=dtype),
            "v": normal(generator, size, dtype=dtype),
        }

    return draw


def _by_sentence(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    scores = torch.empty(keys.shape[:2], dtype=keys.dtype)
    for b, sentence in enumerate(keys):
        for j, key in enumerate(sentence):
            scores[b, j] = torch.dot(v, torch.tanh(query[b] + key))
    return scores


def _through_sigmoid(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    return ((2 * torch.sigmoid(2 * (query.unsqueeze(1) + keys)) - 1) * v).sum(-1)


def _double(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    return torch.einsum("bsa,a->bs", (query[:, None].double() + keys.double()).tanh(), v.double())


def _not_contiguous(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    return torch.tanh(keys.permute(1, 0, 2) + query).matmul(v).T


QUESTION = Question(
    id="bahdanau.scores",
    answer="additive_score",
    title="Write the score",
    points=15,
    minutes=10,
    difficulty=1,
    kind="write",
    cases=(
        Case("several sentences", _inputs(3, 7, 5)),
        Case("a batch of one", _inputs(1, 4, 6)),
        Case("as many sentences as words", _inputs(4, 4, 3)),
        Case("double precision", _inputs(2, 5, 8, torch.float64)),
    ),
    reference=additive_score,
    mistakes=(
        Mistake(
            "no tanh",
            "your scores are what comes out without the tanh, a plain sum of the two parts",
            lambda query, keys, v: (query[:, None] + keys) @ v,
        ),
        Mistake(
            "tanh after v",
            "your tanh comes after the product with v; it belongs inside, on each of the A numbers",
            lambda query, keys, v: torch.tanh((query[:, None] + keys) @ v),
        ),
        Mistake(
            "tanh on each part",
            "you take the tanh of query and keys apart; it is the tanh of their sum",
            lambda query, keys, v: (torch.tanh(query)[:, None] + torch.tanh(keys)) @ v,
        ),
        Mistake(
            "v inside",
            "you multiply by v before the tanh; the tanh comes first, then the product with v",
            lambda query, keys, v: torch.tanh((query[:, None] + keys) * v).sum(-1),
        ),
        Mistake(
            "no v",
            "you add up the A numbers as they are; v weighs them",
            lambda query, keys, v: torch.tanh(query[:, None] + keys).sum(-1),
        ),
        Mistake(
            "sigmoid",
            "your scores are what a sigmoid gives in place of the tanh",
            lambda query, keys, v: torch.sigmoid(query[:, None] + keys) @ v,
        ),
        Mistake(
            "relu",
            "your scores are what a relu gives in place of the tanh",
            lambda query, keys, v: torch.relu(query[:, None] + keys) @ v,
        ),
        Mistake(
            "tanh twice",
            "you take the tanh of the tanh; it is taken once, of the sum of query and keys",
            lambda query, keys, v: torch.tanh(torch.tanh(query[:, None] + keys)) @ v,
        ),
        Mistake(
            "minus",
            "your scores have the wrong sign: there is no minus in this score, so that the word "
            "that fits best has the largest",
            lambda query, keys, v: -additive_score(query, keys, v),
        ),
        Mistake(
            "product",
            "you multiply query and keys; this score adds them, which is why it is called additive",
            lambda query, keys, v: torch.tanh(query[:, None] * keys) @ v,
        ),
        Mistake(
            "difference",
            "you take the difference of query and keys; this score adds them",
            lambda query, keys, v: torch.tanh(query[:, None] - keys) @ v,
        ),
        Mistake(
            "summed over the words",
            "you add up over the words; add up the A numbers of each word, weighed by v",
            lambda query, keys, v: (torch.tanh(query[:, None] + keys) * v).sum(1),
        ),
        Mistake(
            "dot product",
            "this is a dot product of query and keys; here they are added, and v makes the score",
            lambda query, keys, v: torch.einsum("ba,bsa->bs", query, keys),
        ),
        Mistake(
            "mean over A",
            "your scores are too small by the factor A: a mean over the A numbers, not a sum",
            lambda query, keys, v: (torch.tanh(query[:, None] + keys) * v).mean(-1),
        ),
        Mistake(
            "divided by the root of A",
            "your scores are divided by √A, which belongs to dot products; here there is no scale",
            lambda query, keys, v: torch.tanh(query[:, None] + keys) @ v / len(v) ** 0.5,
        ),
        Mistake(
            "multiplied by the root of A",
            "your scores are multiplied by √A; here there is no scale",
            lambda query, keys, v: torch.tanh(query[:, None] + keys) @ v * len(v) ** 0.5,
        ),
        Mistake(
            "weights",
            "these are weights, which sum to one over the source words; return the scores before "
            "the softmax",
            lambda query, keys, v: additive_score(query, keys, v).softmax(-1),
        ),
        Mistake(
            "softmax over the sentences",
            "your numbers sum to one over the sentences of the batch; return the scores, without "
            "any softmax",
            lambda query, keys, v: additive_score(query, keys, v).softmax(0),
        ),
        Mistake(
            "wrong broadcast",
            "query (B, A) meets keys (B, S, A) without a dimension for S: the sentence's number is "
            "taken for the word's",
            lambda query, keys, v: torch.tanh(query + keys) @ v,
        ),
        Mistake(
            "squeezed to nothing",
            "squeeze() takes away every dimension of size 1, the batch's too where it holds one "
            "sentence: say which, squeeze(-1)",
            lambda query, keys, v: additive_score(query, keys, v).squeeze(),
        ),
        Mistake(
            "column left",
            "your scores are (B, S, 1): the product with v as a column leaves a dimension of size "
            "1, which squeeze(-1) takes away",
            lambda query, keys, v: additive_score(query, keys, v)[..., None],
        ),
        Mistake(
            "transposed",
            "your scores are (S, B), expected (B, S)",
            lambda query, keys, v: additive_score(query, keys, v).T,
        ),
    ),
    alternatives={
        "word by word": _by_sentence,
        "through a sigmoid": _through_sigmoid,
        "einsum in double precision": _double,
        "not contiguous": _not_contiguous,
    },
    barred=(
        "attention_course.models.bahdanau",
        "attention_course.models.scores",
        "attention_course.exercises.bahdanau",
    ),
)
