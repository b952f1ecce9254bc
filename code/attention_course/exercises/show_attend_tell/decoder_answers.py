"""Answers to show_attend_tell.decoder, right ones and such with bugs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.models.masks import masked_softmax

Model = Mapping[str, Tensor]
Answer = Callable[[Model, Tensor, Tensor, Tensor], Tensor]


def decoder_with(
    *,
    start: str = "real",
    gates: str = "ifog",
    output: str = "gated",
    gated: bool = True,
    shown: str = "now",
    asking: str = "before",
    tanh: bool = True,
    start_tanh: bool = True,
    word: bool = True,
    deep_tanh: bool = False,
    masked: bool = True,
) -> Answer:
    """The decoder, by default without a bug.

    Args:
        start: the places of which the first mean is taken: the "real" ones or "all"; or "too
            small", the sum of the real ones over the number of all; or that "sum" itself.
        gates: in which order the four parts of T are taken for them.
        output: the context that the readout sees: "gated", "ungated" or "none".
        gated: whether the LSTM gets the gated context.
        shown: the state that the readout sees: of "now" or of "before".
        asking: the state that the scores are made with: that of "before", or the first, "h_0".
        tanh: whether the memory goes through one before it is shown.
        start_tanh: whether the first states have one.
        word: whether the readout sees the word before.
        deep_tanh: whether the readout has a tanh, as in the authors' program.
        masked: whether places outside of the picture are left out.
    """

    def decoder(model: Model, annotations: Tensor, mask: Tensor, words: Tensor) -> Tensor:
        share = torch.ones_like(mask) if start == "all" else mask
        counts = {"too small": share.shape[1], "sum": 1}
        share = share.to(annotations.dtype) / counts.get(start, share.sum(1, keepdim=True))
        mean = (share[:, None] @ annotations)[:, 0]
        h, c = mean @ model["W_h"].T, mean @ model["W_c"].T
        if start_tanh:
            h, c = torch.tanh(h), torch.tanh(c)
        first, keys, logits = h, annotations @ model["U_a"].T, []
        for y in model["E"][words].unbind(1):
            before = h
            asks = first if asking == "h_0" else h
            scores = torch.tanh((asks @ model["W_a"].T)[:, None] + keys) @ model["v_a"]
            weights = masked_softmax(scores, mask | (not masked))
            look = (weights[:, None] @ annotations)[:, 0]
            z = torch.sigmoid(h @ model["w_beta"])[:, None] * look
            parts = torch.cat([y, h, z if gated else look], dim=-1) @ model["T"].T
            part = dict(zip(gates, parts.chunk(4, dim=-1), strict=True))
            i, f, o = (torch.sigmoid(part[name]) for name in "ifo")
            c = f * c + i * torch.tanh(part["g"])
            h = o * (torch.tanh(c) if tanh else c)
            seen = {"gated": z, "ungated": look, "none": torch.zeros_like(z)}[output]
            deep = (h if shown == "now" else before) @ model["L_h"].T + seen @ model["L_z"].T
            deep = y + deep if word else deep
            logits.append((torch.tanh(deep) if deep_tanh else deep) @ model["L_o"].T)
        return torch.stack(logits, dim=1)

    return decoder


caption_decoder = decoder_with()
broken_decoder = decoder_with(
    start="all", gates="ifgo", output="ungated"
)  # as a learner is given it


# --- right, written otherwise -----------------------------------------------------------------


def lstm_cell(model: Model, annotations: Tensor, mask: Tensor, words: Tensor) -> Tensor:
    """PyTorch's cell, with the rows of T in its order; the readout of all words at the end."""
    n = len(model["W_h"])
    i, f, o, g = model["T"].split(n)
    T = torch.cat([i, f, g, o])
    m = model["E"].shape[1]
    cell = torch.nn.LSTMCell(T.shape[1] - n, n, bias=False, dtype=T.dtype)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.cat([T[:, :m], T[:, m + n :]], dim=1))
        cell.weight_hh.copy_(T[:, m : m + n])
    mean = (annotations * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    h, c = F.linear(mean, model["W_h"]).tanh(), F.linear(mean, model["W_c"]).tanh()
    keys, found = annotations @ model["U_a"].T, []
    y = F.embedding(words, model["E"])
    for t in range(words.shape[1]):
        scores = torch.tanh(F.linear(h, model["W_a"])[:, None] + keys) @ model["v_a"]
        alpha = scores.masked_fill(~mask, -torch.inf).softmax(-1)
        beta = torch.sigmoid((h * model["w_beta"]).sum(-1, keepdim=True))
        z = beta * torch.einsum("bl,bld->bd", alpha, annotations)
        h, c = cell(torch.cat([y[:, t], z], -1), (h, c))
        found.append((h, z))
    states, contexts = (torch.stack(part, 1) for part in zip(*found, strict=True))
    deep = y + F.linear(states, model["L_h"]) + F.linear(contexts, model["L_z"])
    return F.linear(deep, model["L_o"])


def picture_by_picture(model: Model, annotations: Tensor, mask: Tensor, words: Tensor) -> Tensor:
    """With as many places as the picture has, in double precision."""
    M = {name: weight.double() for name, weight in model.items()}
    rows = []
    for b in range(len(words)):
        a, row = annotations[b][mask[b]].double(), []
        h, c = (M["W_h"] @ a.mean(0)).tanh(), (M["W_c"] @ a.mean(0)).tanh()
        for y in M["E"][words[b]]:
            alpha = ((M["W_a"] @ h + a @ M["U_a"].T).tanh() @ M["v_a"]).softmax(0)
            z = torch.sigmoid(M["w_beta"] @ h) * (alpha @ a)
            i, f, o, g = (M["T"] @ torch.cat([y, h, z])).view(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            row.append(M["L_o"] @ (y + M["L_h"] @ h + M["L_z"] @ z))
        rows.append(torch.stack(row))
    return torch.stack(rows)
