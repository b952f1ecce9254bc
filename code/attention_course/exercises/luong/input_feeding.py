"""luong.input_feeding: a decoder that is told what it has just attended to; 1508.04025, 3.3."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.masks import masked_softmax

VOCABULARY, EMBEDDING = 9, 5

Model = Mapping[str, Tensor]
Answer = Callable[[Model, Tensor, Tensor, Tensor, Tensor], Tensor]


def _decoder(
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


decoder = _decoder()
broken_decoder = _decoder(start="h", feed="h", tanh="neither")  # as the learner is given it


# --- right, written otherwise -----------------------------------------------------------------


def _joined_inputs(
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


def _double_columns(
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


def _sentence_by_sentence(
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


def _inputs(words: int, n: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    sizes = {
        "E": (VOCABULARY, EMBEDDING),
        "W": (n, EMBEDDING),
        "F": (n, n),
        "U": (n, n),
        "W_a": (n, n),
        "W_c": (n, 2 * n),
    }

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "model": {
                name: normal(generator, *size, std=size[1] ** -0.5, dtype=dtype)
                for name, size in sizes.items()
            },
            "words": integers(generator, 0, VOCABULARY, len(lengths), words),
            "h": normal(generator, len(lengths), n, std=0.8, dtype=dtype).tanh(),
            "annotations": normal(generator, *mask.shape, n, std=0.8, dtype=dtype),
            "mask": mask,
        }

    return draw


START = "the first word is fed the decoder's state, but h̃ before the first word is zero"
FEED = "each word is fed the state h_t of the word before, where its attentional state h̃_t belongs"
LINEAR = "h̃ is linear: the tanh around W_c [c; h] is missing"

QUESTION = Question(
    id="luong.input_feeding",
    answer="decoder",
    title="Find the bugs in a decoder with input feeding",
    points=15,
    minutes=20,
    difficulty=2,
    kind="repair",
    cases=(
        Case("padded sentences", _inputs(4, 6, 5, 7, 3)),
        Case("a batch of one", _inputs(5, 4, 6)),
        Case("equal sizes", _inputs(4, 4, 4, 3, 4, 2)),
        Case("a single word", _inputs(1, 5, 4, 6)),
        Case("double precision", _inputs(3, 5, 6, 4, dtype=torch.float64)),
    ),
    reference=decoder,
    mistakes=(
        Mistake(
            "as given",
            "these are still the states of the broken version: look at what is fed at the first "
            "word, what is fed at the next, and at the line of h̃",
            broken_decoder,
        ),
        Mistake("start left", f"one bug is left: {START}", _decoder(start="h")),
        Mistake("feed left", f"one bug is left: {FEED}", _decoder(feed="h")),
        Mistake("linear left", f"one bug is left: {LINEAR}", _decoder(tanh="neither")),
        Mistake(
            "start and feed left",
            f"h̃ is right now; two bugs are left: {START}, and after that the wrong state is fed",
            _decoder(start="h", feed="h"),
        ),
        Mistake(
            "start and linear left",
            f"what is fed on is right now; two bugs are left: {START}, and h̃ is linear",
            _decoder(start="h", tanh="neither"),
        ),
        Mistake(
            "feed and linear left",
            f"the first word is fed right now; two bugs are left: {FEED}, and h̃ is linear",
            _decoder(feed="h", tanh="neither"),
        ),
        Mistake(
            "tanh on what is fed alone",
            "what you feed on has its tanh, but the states that you return do not: both are h̃_t",
            _decoder(tanh="fed"),
        ),
        Mistake(
            "tanh on what is returned alone",
            "the states that you return have their tanh, but what you feed on does not: both are "
            "h̃_t",
            _decoder(tanh="returned"),
        ),
        Mistake(
            "contexts fed",
            "you feed the context c_t on; what is fed is the whole attentional state h̃_t",
            _decoder(feed="c"),
        ),
        Mistake(
            "nothing fed",
            "you feed zeros at every word; they belong before the first word alone, after that "
            "h̃ of the word before",
            _decoder(feed="nothing"),
        ),
        Mistake(
            "contexts at the start",
            "you feed the mean of the annotations at the first word; there h̃ is zero",
            _decoder(start="c"),
        ),
        Mistake(
            "h̃ for h",
            "you put h̃_t in the place of the state too; it is fed beside the next word, while the "
            "unit's own state stays h_t",
            _decoder(carry=False),
        ),
        Mistake(
            "the state before asks",
            "you ask with the state before the word, as in chapter 2; here the new state h_t asks",
            _decoder(ask="before"),
        ),
        Mistake(
            "h before c",
            "you join [h; c], but the first half of W_c is made for c: the order is [c; h]",
            _decoder(h_first=True),
        ),
        Mistake("no mask", "padding gets weight: the mask is gone", _decoder(masked=False)),
    ),
    alternatives={
        "inputs joined": _joined_inputs,
        "columns in double precision": _double_columns,
        "sentence by sentence": _sentence_by_sentence,
    },
    barred=("attention_course.models.luong", "attention_course.exercises.luong"),
)
