"""Luong, Pham and Manning's equations, one sentence and one word at a time.

Written from the paper and not from the model: torch's LSTMCell for the layers, lists and loops for
the rest, no masks, no batches, nothing computed ahead. Positions count from 0 in the original
order, however the source came.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn


def cells_of(stack: nn.LSTM) -> list[nn.LSTMCell]:
    """The layers of a stack as cells with the same weights."""
    cells = []
    for layer in range(stack.num_layers):
        w_ih, w_hh = stack.all_weights[layer]
        cell = nn.LSTMCell(w_ih.shape[1], stack.hidden_size, bias=False).double()
        with torch.no_grad():
            cell.weight_ih.copy_(w_ih)
            cell.weight_hh.copy_(w_hh)
        cells.append(cell)
    return cells


def run(cells: list[nn.LSTMCell], x: Tensor, states: list[tuple[Tensor, Tensor]]) -> Tensor:
    """One input through all layers; changes `states` and gives the top layer's h."""
    for layer, cell in enumerate(cells):
        states[layer] = cell(x, states[layer])
        x = states[layer][0]
    return x


def translate(model: Any, tokens: list[int], target: list[int]) -> tuple[Tensor, Tensor]:
    """Logits (T, V) and weights (T, S) of a source as it comes, end mark and all."""
    n, E, F = model.W_c.out_features, model.E_source.weight, model.E_target.weight
    encoder, decoder = cells_of(model.encoder), cells_of(model.decoder)
    states = [(torch.zeros(n).double(), torch.zeros(n).double()) for _ in encoder]
    tops = [run(encoder, E[token], states) for token in tokens]
    words = tops if model.attend_end else tops[:-1]
    S = len(words)
    turned = model.reversed_sources and model.align.window != "last"  # which is the one read last
    # place[s] is where the word of the original position s came in the source as given
    place = [S - 1 - s for s in range(S)] if turned else list(range(S))
    h_bar = [words[place[s]] for s in range(S)]
    fed, logits, weights = torch.zeros(n).double(), [], []
    for t, y in enumerate(target):
        x = torch.cat([F[y], fed]) if model.input_feeding else F[y]
        h_t = run(decoder, x, states)
        a = look(model, h_t, h_bar, t)
        c_t = sum((a_s * h_s for a_s, h_s in zip(a, h_bar, strict=True)), torch.zeros(n).double())
        fed = torch.tanh(model.W_c.weight @ torch.cat([c_t, h_t]))
        logits.append(model.W_s.weight @ fed)
        row = torch.zeros(len(tokens)).double()
        for s in range(S):
            row[place[s]] = a[s]
        weights.append(row)
    return torch.stack(logits), torch.stack(weights)


def look(model: Any, h_t: Tensor, h_bar: list[Tensor], t: int) -> list[Tensor]:
    """a_t(s) for each position s of the original order."""
    S, align = len(h_bar), model.align
    keys = torch.stack(h_bar)[None]
    e = model.score(h_t[None], model.score.project(keys))[0]  # the scores have tests of their own
    if align.window == "last":
        p, window = S - 1.0, range(S - 1, S)
    elif align.window == "global":
        p, window = 0.0, range(S)
    else:
        p = float(min(t, S - 1))
        if align.window == "local-p":
            inner = float((align.v_p.weight[0] @ torch.tanh(align.W_p.weight @ h_t)).detach())
            p = S / (1 + math.exp(-inner))
        centre = min(math.floor(p), S - 1)
        window = range(max(0, centre - align.D), min(S - 1, centre + align.D) + 1)
    sigma = align.D / 2
    near = [
        math.exp(-((s - p) ** 2) / (2 * sigma**2)) if align.window == "local-p" else 1.0
        for s in range(S)
    ]
    inside = {s: torch.exp(e[s] * near[s] if align.renormalise else e[s]) for s in window}
    total = sum(inside.values(), torch.zeros(()).double())
    nothing = torch.zeros(()).double()
    return [
        inside.get(s, nothing) / total * (1.0 if align.renormalise else near[s]) for s in range(S)
    ]
