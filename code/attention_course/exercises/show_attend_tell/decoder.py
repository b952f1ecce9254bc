"""show_attend_tell.decoder: an LSTM that starts from a picture, and its readout; 1502.03044."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.masks import masked_softmax

VOCABULARY, EMBEDDING, ALIGNMENT = 9, 5, 3  # K, m, n'

Model = Mapping[str, Tensor]
Answer = Callable[[Model, Tensor, Tensor, Tensor], Tensor]


def _decoder(
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
            small", the sum of the real ones over the number of all.
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
        count = share.shape[1] if start == "too small" else share.sum(1, keepdim=True)
        share = share.to(annotations.dtype) / count
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


caption_decoder = _decoder()
broken_decoder = _decoder(start="all", gates="ifgo", output="ungated")  # as a learner is given it


# --- right, written otherwise -----------------------------------------------------------------


def _lstm_cell(model: Model, annotations: Tensor, mask: Tensor, words: Tensor) -> Tensor:
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


def _picture_by_picture(model: Model, annotations: Tensor, mask: Tensor, words: Tensor) -> Tensor:
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


def _inputs(words: int, n: int, D: int, *places: int, dtype: torch.dtype = torch.float32) -> Draw:
    sizes = {
        "E": (VOCABULARY, EMBEDDING),
        "W_h": (n, D),
        "W_c": (n, D),
        "W_a": (ALIGNMENT, n),
        "U_a": (ALIGNMENT, D),
        "T": (4 * n, EMBEDDING + n + D),
        "L_h": (EMBEDDING, n),
        "L_z": (EMBEDDING, D),
        "L_o": (VOCABULARY, EMBEDDING),
    }

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*places)
        model = {
            name: normal(generator, *size, std=1.5 * size[1] ** -0.5, dtype=dtype)
            for name, size in sizes.items()
        }
        model["v_a"] = normal(generator, ALIGNMENT, dtype=dtype)
        model["w_beta"] = normal(generator, n, dtype=dtype)
        return {
            "model": model,
            "annotations": normal(generator, *mask.shape, D, dtype=dtype),
            "mask": mask,
            "words": integers(generator, 0, VOCABULARY, len(places), words),
        }

    return draw


START = (
    "the states start from a mean that counts places outside of the picture; it goes over those "
    "where the mask is True"
)
GATES = "the four parts of T are taken in the order i, f, g, o; the formula has i, f, o, g"
OUTPUT = "the readout sees the context without its gate; it sees ẑ, the gated one"

QUESTION = Question(
    id="show_attend_tell.decoder",
    answer="caption_decoder",
    title="Find the bugs in a decoder of captions",
    points=15,
    minutes=20,
    difficulty=2,
    kind="repair",
    cases=(
        Case("pictures of unequal size", _inputs(4, 6, 5, 5, 7, 3)),
        Case("pictures of one size", _inputs(5, 4, 6, 6, 6)),
        Case("equal sizes", _inputs(4, 4, 4, 3, 4, 2, 4)),
        Case("a single word", _inputs(1, 5, 3, 4, 6)),
        Case("double precision", _inputs(3, 5, 6, 6, 4, dtype=torch.float64)),
    ),
    reference=caption_decoder,
    mistakes=(
        Mistake(
            "as given",
            "these are still the logits of the broken version: look at the mean that the states "
            "start from, at the order of the gates, and at the context in the readout",
            broken_decoder,
        ),
        Mistake("start left", f"one bug is left: {START}", _decoder(start="all")),
        Mistake("gates left", f"one bug is left: {GATES}", _decoder(gates="ifgo")),
        Mistake("output left", f"one bug is left: {OUTPUT}", _decoder(output="ungated")),
        Mistake(
            "start and gates left",
            "the readout is right now; two bugs are left: the mean at the start counts places "
            "outside of the picture, and the gates are in PyTorch's order",
            _decoder(start="all", gates="ifgo"),
        ),
        Mistake(
            "start and output left",
            "the LSTM is right now; two bugs are left: the mean at the start counts places outside "
            "of the picture, and the readout sees the context without its gate",
            _decoder(start="all", output="ungated"),
        ),
        Mistake(
            "gates and output left",
            "the start is right now; two bugs are left: the gates are in PyTorch's order, and the "
            "readout sees the context without its gate",
            _decoder(gates="ifgo", output="ungated"),
        ),
        Mistake(
            "mean too small",
            "the mean at the start is divided by the number of all places: mean() counts those "
            "that you set to zero, too; divide by each picture's own number",
            _decoder(start="too small"),
        ),
        Mistake(
            "no gate at all",
            "the gate is gone from the LSTM too; both the LSTM and the readout see ẑ, the gated "
            "context",
            _decoder(gated=False, output="ungated"),
        ),
        Mistake(
            "the gate moved",
            "now the readout sees the gated context and the LSTM the other; both see ẑ, the gated "
            "one",
            _decoder(gated=False),
        ),
        Mistake(
            "no context in the readout",
            "the readout does not see the context any more; it has a part of its own, L_z ẑ",
            _decoder(output="none"),
        ),
        Mistake(
            "the state before",
            "the readout sees the state from before the word, as in chapter 2; here it sees the "
            "new one, h_t",
            _decoder(shown="before"),
        ),
        Mistake(
            "asks with the first state",
            "every word asks with h_0; it asks with the state that the word before has left",
            _decoder(asking="h_0"),
        ),
        Mistake(
            "in and forget exchanged",
            "the gates i and f are exchanged: the order is i, f, o, g",
            _decoder(gates="fiog"),
        ),
        Mistake(
            "forget and out exchanged",
            "the gates f and o are exchanged: the order is i, f, o, g",
            _decoder(gates="iofg"),
        ),
        Mistake(
            "memory shown as it is",
            "h is o times the memory as it is; the memory goes through a tanh first",
            _decoder(tanh=False),
        ),
        Mistake(
            "linear start",
            "the first states are linear: both have a tanh",
            _decoder(start_tanh=False),
        ),
        Mistake(
            "no word in the readout",
            "the readout does not see the word before any more; E y is its first part",
            _decoder(word=False),
        ),
        Mistake(
            "tanh in the readout",
            "the readout has a tanh, as the authors' program has; the formula has none",
            _decoder(deep_tanh=True),
        ),
        Mistake(
            "probabilities",
            "you return probabilities; the logits are what comes before the softmax",
            lambda *inputs: caption_decoder(*inputs).softmax(-1),
        ),
        Mistake(
            "no mask",
            "places outside of the picture get weight: the mask is gone from the softmax",
            _decoder(masked=False),
        ),
    ),
    alternatives={
        "an LSTMCell": _lstm_cell,
        "picture by picture": _picture_by_picture,
    },
    barred=(
        "attention_course.models.show_attend_tell",
        "attention_course.exercises.show_attend_tell",
    ),
)
