"""bahdanau.gated_unit: reset before the product, z weighs the new state; 1409.0473, A.1.1."""

from __future__ import annotations

import functools
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


class _Step(NamedTuple):
    """What comes in, by the names of the question."""

    input_z: Tensor  # W_z e, (B, n)
    input_r: Tensor  # W_r e, (B, n)
    input_h: Tensor  # W e, (B, n)
    h: Tensor  # (B, n)
    U_z: Tensor  # (n, n), as are U_r and U
    U_r: Tensor
    U: Tensor

    @property
    def z(self) -> Tensor:
        return torch.sigmoid(self.input_z + self.h @ self.U_z.T)

    @property
    def r(self) -> Tensor:
        return torch.sigmoid(self.input_r + self.h @ self.U_r.T)

    @property
    def new(self) -> Tensor:
        return torch.tanh(self.input_h + (self.r * self.h) @ self.U.T)


def gated_unit(*inputs: Tensor) -> Tensor:
    """The reference."""
    step = _Step(*inputs)
    return (1 - step.z) * step.h + step.z * step.new


def _torch_gru(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    new = torch.tanh(step.input_h + step.r * (step.h @ step.U.T))
    return (1 - step.z) * new + step.z * step.h


def _reset_after(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    new = torch.tanh(step.input_h + step.r * (step.h @ step.U.T))
    return (1 - step.z) * step.h + step.z * new


def _z_on_the_old(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    return step.z * step.h + (1 - step.z) * step.new


def _no_reset(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    return (1 - step.z) * step.h + step.z * torch.tanh(step.input_h + step.h @ step.U.T)


def _reset_everywhere(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    return (1 - step.z) * step.r * step.h + step.z * step.new


def _gates_swapped(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    swapped = {"input_z": step.input_r, "input_r": step.input_z, "U_z": step.U_r, "U_r": step.U_z}
    return gated_unit(*step._replace(**swapped))


def _with_transposed(names: tuple[str, ...], *inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    return gated_unit(*step._replace(**{name: getattr(step, name).T for name in names}))


def _sigmoid_candidate(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    new = torch.sigmoid(step.input_h + (step.r * step.h) @ step.U.T)
    return (1 - step.z) * step.h + step.z * new


def _no_tanh(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    new = step.input_h + (step.r * step.h) @ step.U.T
    return (1 - step.z) * step.h + step.z * new


def _tanh_gates(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    z = torch.tanh(step.input_z + step.h @ step.U_z.T)
    r = torch.tanh(step.input_r + step.h @ step.U_r.T)
    new = torch.tanh(step.input_h + (r * step.h) @ step.U.T)
    return (1 - z) * step.h + z * new


def _linear(*inputs: Tensor) -> Tensor:
    step = _Step(*inputs)
    keep = torch.sigmoid(-(step.input_z + F.linear(step.h, step.U_z)))  # 1 − z
    reset = torch.sigmoid(step.input_r + F.linear(step.h, step.U_r))
    new = torch.tanh(step.input_h + F.linear(reset * step.h, step.U))
    return keep * step.h + (1 - keep) * new


def _columns(*inputs: Tensor) -> Tensor:
    """As the paper writes it, with states as columns."""
    step = _Step(*inputs)
    h = step.h.T
    z = torch.sigmoid(step.input_z.T + step.U_z @ h)
    r = torch.sigmoid(step.input_r.T + step.U_r @ h)
    new = torch.tanh(step.input_h.T + step.U @ (r * h))
    return ((1 - z) * h + z * new).T


def _double_lerp(*inputs: Tensor) -> Tensor:
    step = _Step(*(x.double() for x in inputs))
    gates = torch.einsum("bn,gmn->gbm", step.h, torch.stack([step.U_z, step.U_r]))
    z, r = torch.sigmoid(torch.stack([step.input_z, step.input_r]) + gates)
    new = torch.tanh(step.input_h + torch.einsum("bn,mn->bm", r * step.h, step.U))
    return torch.lerp(step.h, new, z)


def _inputs(batch: int, size: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        inputs = [normal(generator, batch, size, std=0.8, dtype=dtype) for _ in range(3)]
        h = normal(generator, batch, size, std=0.6, dtype=dtype).tanh()
        matrices = [normal(generator, size, size, std=size**-0.5, dtype=dtype) for _ in range(3)]
        return dict(zip(_Step._fields, [*inputs, h, *matrices], strict=True))

    return draw


QUESTION = Question(
    id="bahdanau.gated_unit",
    answer="gated_unit",
    title="Write the paper's gated unit",
    points=15,
    minutes=15,
    difficulty=2,
    kind="write",
    cases=(
        Case("several sentences", _inputs(3, 5)),
        Case("a batch of one", _inputs(1, 6)),
        Case("as many sentences as numbers in a state", _inputs(4, 4)),
        Case("double precision", _inputs(2, 7, torch.float64)),
    ),
    reference=gated_unit,
    mistakes=(
        Mistake(
            "the unit of torch.nn.GRU",
            "this is the unit of torch.nn.GRU: there the reset comes after the product with U and "
            "z weighs the old state; in the paper it is the other way round, twice",
            _torch_gru,
        ),
        Mistake(
            "reset after the product",
            "you reset after the product with U; the paper multiplies r and h first, U (r ∘ h)",
            _reset_after,
        ),
        Mistake(
            "z on the old state",
            "your z weighs the old state; in the paper it weighs the new one, and 1 − z the old",
            _z_on_the_old,
        ),
        Mistake(
            "no reset",
            "your candidate sees the whole old state; the reset gate r belongs on it, U (r ∘ h)",
            _no_reset,
        ),
        Mistake(
            "reset on the state that is kept",
            "you reset the state that is kept as well; r acts inside the candidate alone",
            _reset_everywhere,
        ),
        Mistake(
            "gates swapped",
            "your update and reset gates have changed places",
            _gates_swapped,
        ),
        Mistake(
            "transposed",
            "your matrices are transposed: states are rows here, so U h is written h @ U.T",
            functools.partial(_with_transposed, ("U_z", "U_r", "U")),
        ),
        Mistake(
            "gates transposed",
            "your U_z and U_r are transposed: they take a .T like U in the candidate",
            functools.partial(_with_transposed, ("U_z", "U_r")),
        ),
        *(
            Mistake(
                f"{name} alone transposed",
                f"your {name} is transposed: it takes a .T like the other two",
                functools.partial(_with_transposed, (name,)),
            )
            for name in ("U_z", "U_r", "U")
        ),
        Mistake(
            "sigmoid on the candidate",
            "your candidate goes through a sigmoid; that is for the gates, the candidate takes a "
            "tanh",
            _sigmoid_candidate,
        ),
        Mistake(
            "no tanh",
            "your candidate is missing its tanh",
            _no_tanh,
        ),
        Mistake(
            "tanh in the gates",
            "your gates go through a tanh; a gate is a share between 0 and 1: it takes a sigmoid",
            _tanh_gates,
        ),
        Mistake(
            "old state kept whole",
            "you add to the old state without taking anything off it: it counts 1 − z, the new one "
            "z",
            lambda *inputs: _Step(*inputs).h + _Step(*inputs).z * _Step(*inputs).new,
        ),
        Mistake(
            "candidate alone",
            "you return the candidate alone; the new state mixes it with the old one by z",
            lambda *inputs: _Step(*inputs).new,
        ),
    ),
    alternatives={
        "with linear and 1 − z": _linear,
        "states as columns, not contiguous": _columns,
        "einsum in double precision": _double_lerp,
    },
    barred=(
        "attention_course.models.recurrent",
        "attention_course.models.encoder_decoder",
        "attention_course.models.bahdanau",
        "attention_course.exercises.bahdanau",
    ),
)
