"""encoder_decoder.final_state: the state at each sentence's last word, not at its padding."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def final_state(states: Tensor, mask: Tensor) -> Tensor:
    """The reference."""
    return _at(states, mask.sum(1) - 1)


def _at(states: Tensor, positions: Tensor) -> Tensor:
    return states[torch.arange(len(states)), positions]


def _gathered(states: Tensor, mask: Tensor) -> Tensor:
    last = (mask.sum(1) - 1)[:, None, None].expand(-1, 1, states.shape[2])
    return states.gather(1, last).squeeze(1)


def _one_hot(states: Tensor, mask: Tensor) -> Tensor:
    following = torch.cat([mask[:, 1:], torch.zeros_like(mask[:, :1])], 1)
    return torch.einsum("bs,bsn->bn", (mask & ~following).double(), states.double())


def _by_rows(states: Tensor, mask: Tensor) -> Tensor:
    return torch.stack([row[real][-1] for row, real in zip(states, mask, strict=True)], 1).T


def _inputs(*lengths: int, width: int | None = None, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths, width=width)
        return {"states": normal(generator, *mask.shape, 4, dtype=dtype), "mask": mask}

    return draw


QUESTION = Question(
    id="encoder_decoder.final_state",
    answer="final_state",
    title="The state after the last word",
    points=8,
    minutes=10,
    difficulty=1,
    kind="write",
    cases=(
        Case("padded sentences", _inputs(5, 3, 2)),
        Case("a batch of one", _inputs(4)),
        Case("padding behind every sentence", _inputs(3, 4, width=6)),
        Case("a sentence of one word", _inputs(1, 6, dtype=torch.float64)),
    ),
    reference=final_state,
    mistakes=(
        Mistake(
            "last column",
            "you take the last column, which is padding for the shorter sentences",
            lambda states, mask: states[:, -1],
        ),
        Mistake(
            "first column",
            "you take the states at the first word, where a forward encoder has seen nothing else",
            lambda states, mask: states[:, 0],
        ),
        Mistake(
            "one too far",
            "you are one position too far: a sentence of three words has its last at index 2",
            lambda states, mask: _at(states, mask.sum(1)),
        ),
        Mistake(
            "one too early",
            "you are one position too early: the last word of a sentence is at its length − 1",
            lambda states, mask: _at(states, mask.sum(1) - 2),
        ),
        Mistake(
            "blanked",
            "you set the states at padding to zero and still take the last column",
            lambda states, mask: (states * mask[..., None])[:, -1],
        ),
        Mistake(
            "length of the longest",
            "you take the length of the longest sentence for all; each has its own",
            lambda states, mask: states[:, mask.sum(1).max() - 1],
        ),
        Mistake(
            "mean",
            "you return the mean over the words; the question is about the last state alone",
            lambda states, mask: (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True),
        ),
        Mistake(
            "maximum",
            "you return the largest numbers over all words; the question is about the last state",
            lambda states, mask: states.masked_fill(~mask[..., None], -torch.inf).amax(1),
        ),
        Mistake(
            "sum",
            "you return the sum over the words; the question is about the last state alone",
            lambda states, mask: (states * mask[..., None]).sum(1),
        ),
    ),
    alternatives={
        "gather": _gathered,
        "a sum with one weight, in double precision": _one_hot,
        "row by row, not contiguous": _by_rows,
    },
)
