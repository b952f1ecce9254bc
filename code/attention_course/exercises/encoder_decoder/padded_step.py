"""encoder_decoder.padded_step: one step of a unit that lets padding pass by; 1409.3215, Sec. 2."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def padded_step(x: Tensor, h: Tensor, real: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """The reference."""
    return torch.where(real[:, None], _new(x, h, W, U, b), h)


def _new(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ W.T + h @ U.T + b)


def _mixed(x: Tensor, h: Tensor, real: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    share = real.unsqueeze(-1).to(h.dtype)
    return share * torch.sigmoid(F.linear(x, W, b) + F.linear(h, U)) + (1 - share) * h


def _by_rows(x: Tensor, h: Tensor, real: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    rows = [torch.sigmoid(W @ x[i] + U @ h[i] + b) if real[i] else h[i] for i in range(len(x))]
    return torch.stack(rows)


def _double(x: Tensor, h: Tensor, real: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    joined = torch.cat([x, h], -1).double()  # (B, m + n)
    new = torch.sigmoid(torch.cat([W, U], 1).double() @ joined.T + b.double()[:, None]).T
    return torch.where(real[:, None], new, h.double())


def _inputs(real: list[bool], m: int, n: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "x": normal(generator, len(real), m, dtype=dtype),
            "h": normal(generator, len(real), n, std=1.5, dtype=dtype).sigmoid(),
            "real": torch.tensor(real),
            "W": normal(generator, n, m, std=0.7 * m**-0.5, dtype=dtype),
            "U": normal(generator, n, n, std=0.7 * n**-0.5, dtype=dtype),
            "b": normal(generator, n, std=0.5, dtype=dtype),
        }

    return draw


QUESTION = Question(
    id="encoder_decoder.padded_step",
    answer="padded_step",
    title="One step on padded input",
    points=8,
    minutes=10,
    difficulty=1,
    kind="write",
    cases=(
        Case("words and padding", _inputs([True, False, True], 5, 4)),
        Case("a batch of one, a word", _inputs([True], 3, 6)),
        Case("equal sizes", _inputs([True, True, False, False], 4, 4)),
        Case("double precision", _inputs([False, True], 4, 5, torch.float64)),
    ),
    reference=padded_step,
    mistakes=(
        Mistake(
            "padding read",
            "your unit reads the padding like a word; there the old state passes on as it is",
            lambda x, h, real, W, U, b: _new(x, h, W, U, b),
        ),
        Mistake(
            "zeros at padding",
            "your state becomes zero at padding, and what was read before is lost; the old state "
            "passes on",
            lambda x, h, real, W, U, b: _new(x, h, W, U, b) * real[:, None],
        ),
        Mistake(
            "only the input masked",
            "you blank out the input at padding, but U h and b still change the state; the old "
            "state passes on as it is",
            lambda x, h, real, W, U, b: _new(x * real[:, None], h, W, U, b),
        ),
        Mistake(
            "inverted mask",
            "your mask is the wrong way round: real is True at words, and they are what is read",
            lambda x, h, real, W, U, b: padded_step(x, h, ~real, W, U, b),
        ),
        Mistake(
            "mask along the state",
            "your mask goes along the numbers of a state, not along the sentences: real (B,) needs "
            "a second dimension",
            lambda x, h, real, W, U, b: torch.where(real, _new(x, h, W, U, b), h),
        ),
        Mistake(
            "transposed",
            "your U is transposed: states are rows here, so U h is written h @ U.T",
            lambda x, h, real, W, U, b: padded_step(x, h, real, W, U.T, b),
        ),
        Mistake(
            "both transposed",
            "your W and U are transposed: rows come in, so W x is x @ W.T, and U h likewise",
            lambda x, h, real, W, U, b: torch.where(
                real[:, None], torch.sigmoid(x @ W + h @ U + b), h
            ),
        ),
        Mistake(
            "tanh",
            "your unit has a tanh, as PyTorch's own has; this one has σ, torch.sigmoid",
            lambda x, h, real, W, U, b: torch.where(
                real[:, None], torch.tanh(x @ W.T + h @ U.T + b), h
            ),
        ),
        Mistake(
            "no σ",
            "the σ around W x + U h + b is missing",
            lambda x, h, real, W, U, b: torch.where(real[:, None], x @ W.T + h @ U.T + b, h),
        ),
        Mistake(
            "no bias",
            "the bias b is missing",
            lambda x, h, real, W, U, b: padded_step(x, h, real, W, U, torch.zeros_like(b)),
        ),
        Mistake(
            "old state left out",
            "your new state does not depend on the old one: U h is missing",
            lambda x, h, real, W, U, b: padded_step(x, h, real, W, torch.zeros_like(U), b),
        ),
    ),
    alternatives={
        "mixed by the mask": _mixed,
        "row by row": _by_rows,
        "one product in double precision": _double,
    },
    # σ, so that PyTorch's own units, of tanh and ReLU, need not be barred: they give other numbers
    barred=(
        "attention_course.models.recurrent",
        "attention_course.models.encoder_decoder",
    ),
)
