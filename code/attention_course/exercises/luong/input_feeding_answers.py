"""Answers to luong.input_feeding, right ones and such with bugs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.models.masks import masked_softmax

Model = Mapping[str, Tensor]
Answer = Callable[[Model, Tensor, Tensor, Tensor, Tensor], Tensor]


def decoder_with(
    *,
    start: str = "zeros",
    feed: str = "h̃",
    ask: str = "now",
    tanh: str = "both",
    h_first: bool = False,
    masked: bool = True,
    carry: bool = True,
) -> Answer:
    """The decoder, by default without a bug.

    Args:
        start: what is fed at the first word: "zeros", the first state "h", or "c", the mean of
            the annotations.
        feed: what is fed at the next word: "h̃", "h", "c" or "nothing".
        ask: the state that asks: of "now" or "before".
        tanh: what has one: "both", what is "fed", what is "returned", or "neither".
        h_first: whether [h; c] is joined.
        masked: whether padding is left out.
        carry: whether the state goes on to the next word; else h̃ does.
    """

    def decoder(
        model: Model, words: Tensor, h: Tensor, annotations: Tensor, mask: Tensor
    ) -> Tensor:
        fed = {"zeros": torch.zeros_like(h), "h": h, "c": annotations.mean(1)}[start]
        states = []
        for y in model["E"][words].unbind(1):
            before = h
            h = torch.tanh(y @ model["W"].T + fed @ model["F"].T + h @ model["U"].T)
            asking = h if ask == "now" else before
            scores = ((asking @ model["W_a"])[:, None] * annotations).sum(-1)
            weights = masked_softmax(scores, mask | (not masked))
            c = (weights[:, None] @ annotations)[:, 0]
            joined = torch.cat([h, c] if h_first else [c, h], dim=-1) @ model["W_c"].T
            attentional = torch.tanh(joined) if tanh in ("both", "fed") else joined
            states.append(torch.tanh(joined) if tanh in ("both", "returned") else joined)
            fed = {"h̃": attentional, "h": h, "c": c, "nothing": torch.zeros_like(h)}[feed]
            h = h if carry else attentional
        return torch.stack(states, dim=1)

    return decoder


decoder = decoder_with()
broken_decoder = decoder_with(start="h", feed="h", tanh="neither")  # as the learner is given it


# --- right, written otherwise -----------------------------------------------------------------


def joined_inputs(
    model: Model, words: Tensor, h: Tensor, annotations: Tensor, mask: Tensor
) -> Tensor:
    """One matrix for [y; h̃; h]; the annotations turned once."""
    matrix = torch.cat([model["W"], model["F"], model["U"]], dim=1)
    keys = annotations @ model["W_a"].T
    attentional, found = h.new_zeros(h.shape), torch.empty(*words.shape, h.shape[1], dtype=h.dtype)
    for t in range(words.shape[1]):
        y = F.embedding(words[:, t], model["E"])
        h = torch.tanh(F.linear(torch.cat([y, attentional, h], 1), matrix))
        scores = torch.einsum("bn,bsn->bs", h, keys).masked_fill(~mask, -torch.inf)
        c = torch.einsum("bs,bsn->bn", scores.softmax(-1), annotations)
        attentional = F.linear(torch.cat([c, h], 1), model["W_c"]).tanh()
        found[:, t] = attentional
    return found


def double_columns(
    model: Model, words: Tensor, h: Tensor, annotations: Tensor, mask: Tensor
) -> Tensor:
    """States as columns; the result is not contiguous."""
    m = {name: weight.double() for name, weight in model.items()}
    state, keys, fed, found = h.double().T, annotations.double(), 0 * h.double().T, []
    W_context, W_state = m["W_c"].chunk(2, dim=1)
    for word in words.T:
        state = torch.tanh(m["W"] @ m["E"][word].T + m["F"] @ fed + m["U"] @ state)
        scores = (keys @ (m["W_a"].T @ state).T[..., None])[..., 0].masked_fill(~mask, -1e300)
        c = (scores.softmax(1)[:, None] @ keys)[:, 0].T
        fed = torch.tanh(W_context @ c + W_state @ state)
        found.append(fed)
    return torch.stack(found).permute(2, 0, 1)


def sentence_by_sentence(
    model: Model, words: Tensor, h: Tensor, annotations: Tensor, mask: Tensor
) -> Tensor:
    rows = []
    for b in range(len(words)):
        state, fed, keys, row = h[b], torch.zeros_like(h[b]), annotations[b][mask[b]], []
        for y in model["E"][words[b]]:
            state = (model["W"] @ y + model["F"] @ fed + model["U"] @ state).tanh()
            c = (keys @ (state @ model["W_a"])).softmax(0) @ keys
            fed = (model["W_c"] @ torch.cat([c, state])).tanh()
            row.append(fed)
        rows.append(torch.stack(row))
    return torch.stack(rows)
