"""luong.all_at_once: weights, contexts and attentional states of all target words; Section 3."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.growing import BOTH, LEFT, MANY, Loops, shows_leaving
from attention_course.exercises.luong.counting import TIMES, grown
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.masks import masked_softmax

LOOPS = {
    "target words": "your numbers are right, but your function still goes through the target words "
    "one by one: multiply matrices that have a dimension for T",
    "sentences": "your numbers are right, but your function goes through the sentences of the "
    "batch one by one: the batch is a dimension of every product",
    "source words": "your numbers are right, but your function goes through the source words one "
    "by one: they are a dimension of the product of queries and annotations",
}


def slow_states(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    """The version that a learner is given: one target word after the other."""
    states = []
    for h in queries.unbind(1):  # h_t (B, n)
        scores = ((h @ W_a)[:, None] * annotations).sum(-1)  # (B, S)
        weights = masked_softmax(scores, mask)  # a_t (B, S)
        c = (weights[:, None] @ annotations)[:, 0]  # c_t (B, n)
        states.append(torch.tanh(torch.cat([c, h], dim=-1) @ W_c.T))  # h̃_t (B, n)
    return torch.stack(states, dim=1)


def all_states(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    """The reference."""
    return _joined(_contexts(queries, annotations, mask, W_a), queries, W_c).tanh()


def _contexts(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor) -> Tensor:
    return masked_softmax(_scores(queries, annotations, W_a), mask[:, None]) @ annotations


def _scores(queries: Tensor, annotations: Tensor, W_a: Tensor) -> Tensor:
    return queries @ W_a @ annotations.mT  # (B, T, S)


def _joined(c: Tensor, h: Tensor, W_c: Tensor) -> Tensor:
    return torch.cat([c, h], dim=-1) @ W_c.T  # before the tanh (B, T, n)


# --- right, written otherwise -----------------------------------------------------------------


def _einsum(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor) -> Tensor:
    scores = torch.einsum("btn,nm,bsm->bts", queries, W_a, annotations)
    weights = scores.masked_fill(~mask[:, None], -torch.inf).softmax(-1)
    c = torch.einsum("bts,bsn->btn", weights, annotations)
    W_context, W_state = W_c.chunk(2, dim=1)  # instead of joining the two vectors
    return torch.tanh(c @ W_context.T + queries @ W_state.T)


def _words_first(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    """Softmax over the first of (S, B, T); the result is not contiguous."""
    scores = (F.linear(annotations, W_a) @ queries.mT).permute(1, 0, 2)  # (S, B, T)
    weights = scores.masked_fill(~mask.T[..., None], -1e9).softmax(0)
    c = (weights[..., None] * annotations.transpose(0, 1)[:, :, None]).sum(0)  # (B, T, n)
    return F.linear(torch.cat([c, queries], -1).transpose(0, 1), W_c).tanh().transpose(0, 1)


def _torch_attention(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    c = F.scaled_dot_product_attention(
        queries @ W_a, annotations, annotations, attn_mask=mask[:, None], scale=1.0
    )
    return torch.tanh(torch.cat([c, queries], dim=-1) @ W_c.T)


def _double(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor) -> Tensor:
    h, keys = queries.double(), annotations.double()
    scores = (h @ W_a.double() @ keys.mT).masked_fill(~mask[:, None], -1e300)
    c = scores.softmax(-1) @ keys
    return torch.tanh(torch.cat([c, h], dim=-1) @ W_c.double().T)


def _mapped(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor) -> Tensor:
    """Written for one word of one sentence, and mapped over both."""

    def one(h: Tensor, keys: Tensor, real: Tensor) -> Tensor:
        weights = (keys @ (h @ W_a)).masked_fill(~real, -1e9).softmax(0)
        return torch.tanh(W_c @ torch.cat([weights @ keys, h]))

    words = torch.vmap(one, in_dims=(0, None, None))
    return torch.vmap(words)(queries, annotations, mask)


# --- wrong ------------------------------------------------------------------------------------


def _by_sentence(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    rows = zip(queries.split(1), annotations.split(1), mask.split(1), strict=True)
    return torch.cat([all_states(h, keys, real, W_a, W_c) for h, keys, real in rows])


def _by_source_word(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    turned = queries @ W_a
    scores = torch.stack([(turned * h[:, None]).sum(-1) for h in annotations.unbind(1)], dim=-1)
    return _joined(masked_softmax(scores, mask[:, None]) @ annotations, queries, W_c).tanh()


def _through_lists(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    scores = torch.from_numpy(_scores(queries, annotations, W_a).numpy())
    return _joined(masked_softmax(scores, mask[:, None]) @ annotations, queries, W_c).tanh()


def _from_weights(weights: Tensor, queries: Tensor, annotations: Tensor, W_c: Tensor) -> Tensor:
    return _joined(weights @ annotations, queries, W_c).tanh()


# --- judging and inputs -----------------------------------------------------------------------


def _sizes(inputs: Inputs) -> dict[str, int]:
    batch, target, _ = inputs["queries"].shape
    return {
        "sentences": batch,
        "target words": target,
        "source words": inputs["annotations"].shape[1],
    }


NO_LOOPS = Loops(LOOPS, _sizes, TIMES, all_states, ("queries", "annotations", "mask", "W_a", "W_c"))


def _inputs(words: int, n: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def drawn(generator: Generator, words: int, n: int, lengths: list[int]) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "queries": normal(generator, len(lengths), words, n, std=0.8, dtype=dtype),
            "annotations": normal(generator, *mask.shape, n, std=0.8, dtype=dtype),
            "mask": mask,
            "W_a": normal(generator, n, n, std=n**-0.5, dtype=dtype),
            "W_c": normal(generator, n, 2 * n, std=n**-0.5, dtype=dtype),
        }

    def draw(generator: Generator) -> dict[str, Value]:
        large = {
            "sentences": (2, 2, [2, 1] * (MANY // 2)),
            "target words": (MANY, 2, [2, 3]),
            "source words": (2, 2, [MANY, MANY - 7]),
        }
        two = {
            "sentences and target words": (BOTH, 2, [2, 1] * (BOTH // 2)),
            "sentences and source words": (1, 2, [BOTH, BOTH - 7] * (BOTH // 2)),
            "target words and source words": (BOTH, 2, [BOTH]),
        }
        few = drawn(generator, words, n, list(lengths))
        many = {name: drawn(generator, *sizes) for name, sizes in large.items()}
        both = {
            name: [drawn(generator, *sizes) for _ in range(TIMES)] for name, sizes in two.items()
        }
        return few | {"many": many, "both": both}

    return draw


QUESTION = Question(
    id="luong.all_at_once",
    answer="all_states",
    title="Do all target words at once",
    points=15,
    minutes=20,
    difficulty=2,
    kind="make faster",
    cases=(
        Case("padded sentences", _inputs(5, 6, 7, 4, 6)),
        Case("a batch of one", _inputs(6, 5, 4)),
        Case("equal sizes", _inputs(4, 4, 4, 2, 3, 4)),
        Case("double precision", _inputs(3, 5, 5, 2, dtype=torch.float64)),
    ),
    reference=all_states,
    mistakes=(
        Mistake(
            "loop over target words",
            LOOPS["target words"],
            slow_states,
            NO_LOOPS.sign("target words"),
        ),
        Mistake(
            "loop over sentences", LOOPS["sentences"], _by_sentence, NO_LOOPS.sign("sentences")
        ),
        Mistake(
            "loop over source words",
            LOOPS["source words"],
            _by_source_word,
            NO_LOOPS.sign("source words"),
        ),
        Mistake("out of PyTorch", LEFT, _through_lists, shows_leaving),
        Mistake(
            "softmax over the target words",
            "your weights sum to one over the target words; each target word shares out its own "
            "weight over the source words",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                _scores(queries, annotations, W_a)
                .masked_fill(~mask[:, None], -1e9)
                .softmax(1)
                .masked_fill(~mask[:, None], 0.0),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "softmax over the target words, padding even",
            "your softmax goes over the target words, the second dimension of the scores; it goes "
            "over the source words, the last",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                _scores(queries, annotations, W_a).masked_fill(~mask[:, None], -1e9).softmax(1),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "softmax over the sentences",
            "your softmax goes over the sentences of the batch, the first dimension of the scores; "
            "it goes over the source words, the last",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                _scores(queries, annotations, W_a).masked_fill(~mask[:, None], -1e9).softmax(0),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "mask after the softmax",
            "your mask comes after the softmax, so padding has taken its share and the rest no "
            "longer sums to one",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                _scores(queries, annotations, W_a).softmax(-1) * mask[:, None],
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "inverted mask",
            "your mask is the wrong way round: True means that a word may be looked at",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                masked_softmax(_scores(queries, annotations, W_a), ~mask[:, None]),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "no mask",
            "padding gets weight: the mask has to go into the softmax, as (B, 1, S)",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, torch.ones_like(mask), W_a, W_c
            ),
        ),
        Mistake(
            "mask along the target",
            "your mask (B, S) lies along the wrong dimensions of the scores (B, T, S): it takes a "
            "dimension of size 1 for T, mask[:, None]",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                masked_softmax(_scores(queries, annotations, W_a), mask), queries, annotations, W_c
            ),
        ),
        Mistake(
            "mask turned",
            "your mask bars target words: it belongs along the source words, the last dimension "
            "of the scores",
            lambda queries, annotations, mask, W_a, W_c: _from_weights(
                masked_softmax(_scores(queries, annotations, W_a), mask[..., None]),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "no tanh",
            "your states are linear: the tanh around W_c [c; h] is missing",
            lambda queries, annotations, mask, W_a, W_c: _joined(
                _contexts(queries, annotations, mask, W_a), queries, W_c
            ),
        ),
        Mistake(
            "h before c",
            "you join [h; c], but the first half of W_c is made for c: the order is [c; h]",
            lambda queries, annotations, mask, W_a, W_c: _joined(
                queries, _contexts(queries, annotations, mask, W_a), W_c
            ).tanh(),
        ),
        Mistake(
            "W_a transposed",
            "your W_a is transposed: h_t stands on its left, as in the slow version",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, W_a.T, W_c
            ),
        ),
        Mistake(
            "no W_a",
            "your scores are those without W_a",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, torch.eye(len(W_a), dtype=W_a.dtype), W_c
            ),
        ),
        Mistake(
            "scaled",
            "your scores are divided by √n, as PyTorch's attention does by itself; the slow "
            "version has no scale",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, W_a * len(W_a) ** -0.5, W_c
            ),
        ),
        Mistake(
            "h left out",
            "your states are made of the contexts alone: the second half of W_c is for h_t",
            lambda queries, annotations, mask, W_a, W_c: _joined(
                _contexts(queries, annotations, mask, W_a), torch.zeros_like(queries), W_c
            ).tanh(),
        ),
        Mistake(
            "contexts alone",
            "you return the contexts c_t; the states h̃_t = tanh(W_c [c_t; h_t]) are still to come",
            lambda queries, annotations, mask, W_a, W_c: _contexts(queries, annotations, mask, W_a),
        ),
        Mistake(
            "words first",
            "your states have the target words first, (T, B, n), expected (B, T, n)",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, W_a, W_c
            ).transpose(0, 1),
        ),
    ),
    alternatives={
        "einsum, W_c in halves": _einsum,
        "softmax over the first dimension, not contiguous": _words_first,
        "PyTorch's attention without its scale": _torch_attention,
        "double precision": _double,
        "mapped": _mapped,
    },
    ask=grown,
    second=NO_LOOPS.second(),
    judge=NO_LOOPS.judge,
    barred=(
        "attention_course.models.scores",
        "attention_course.models.luong",
        "attention_course.exercises.luong",
    ),
)
