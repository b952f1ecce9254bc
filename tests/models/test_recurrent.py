"""The gated unit in both forms, the run over padded sequences, maxout, initialisation."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from attention_course.models.recurrent import (
    GatedUnit,
    ResetAfterUnit,
    gated_unit,
    initialise,
    maxout,
    run,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call
from translators import shaken

M, N, B = 3, 5, 4


def double(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def test_the_paper_unit_by_hand() -> None:
    """One number in, two in the state (with one, the reset could as well come afterwards)."""
    unit = GatedUnit(1, 2).double()
    with torch.no_grad():
        unit.W.copy_(torch.tensor([[0.3, -0.2, -0.5, 0.4, 0.8, -0.9]]))  # W_z, W_r, W
        unit.b.copy_(torch.tensor([[0.1, 0.0, 0.2, 0.5, -0.3, 0.7]]))
        # column k holds what goes into number k of the new state
        unit.U_gates.copy_(torch.tensor([[-0.7, 0.2, 0.9, -0.4], [0.6, 1.1, -0.8, 0.3]]))
        unit.U.copy_(torch.tensor([[1.5, -0.6], [0.4, 0.9]]))
    x, h = 2.0, (-0.6, 0.5)
    z = (
        sigmoid(0.3 * x + 0.1 - 0.7 * h[0] + 0.6 * h[1]),
        sigmoid(-0.2 * x + 0.2 * h[0] + 1.1 * h[1]),
    )
    r = (
        sigmoid(-0.5 * x + 0.2 + 0.9 * h[0] - 0.8 * h[1]),
        sigmoid(0.4 * x + 0.5 - 0.4 * h[0] + 0.3 * h[1]),
    )
    candidate = (
        math.tanh(0.8 * x - 0.3 + 1.5 * r[0] * h[0] + 0.4 * r[1] * h[1]),
        math.tanh(-0.9 * x + 0.7 - 0.6 * r[0] * h[0] + 0.9 * r[1] * h[1]),
    )
    by_hand = [(1 - z[k]) * h[k] + z[k] * candidate[k] for k in (0, 1)]
    x_row, h_row = torch.tensor([[x]]).double(), torch.tensor([h]).double()
    assert unit(unit.drive(x_row), h_row)[0].tolist() == pytest.approx(by_hand, abs=1e-7)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_an_open_gate_takes_the_new_state() -> None:
    """z = 1 is the candidate in the paper's unit, and the old state in torch's."""
    old = torch.full((1, 2), 0.25)
    drive = torch.tensor([[100.0, 100.0, 0.0, 0.0, 0.5, -0.5]])  # z, r, candidate
    paper = gated_unit("paper", 1, 2)
    nn.init.zeros_(paper.get_parameter("U"))
    torch.testing.assert_close(paper(drive, old), drive[:, 4:].tanh())
    theirs = gated_unit("torch", 1, 2)
    drive = torch.tensor([[0.0, 0.0, 100.0, 100.0, 0.5, -0.5]])  # r, z, candidate
    torch.testing.assert_close(theirs(drive, old), old)


def torch_twin(unit: ResetAfterUnit, twin: nn.GRUCell) -> None:
    """Copies a unit's weights into torch's own cell."""
    with torch.no_grad():
        twin.weight_ih.copy_(unit.W.T)
        twin.bias_ih.copy_(unit.b[0])
        twin.weight_hh.copy_(unit.U.T)
        twin.bias_hh.zero_()
        twin.bias_hh[-unit.hidden :] = unit.b_reset[0]


def test_torch_cell_is_torchs_cell() -> None:
    unit, twin = shaken(ResetAfterUnit(M, N)), nn.GRUCell(M, N).double()
    torch_twin(unit, twin)
    e, h = double(B, M), double(B, N)
    torch.testing.assert_close(unit(unit.drive(e), h), twin(e, h), rtol=0, atol=1e-14)


@pytest.mark.parametrize("kind", [GatedUnit, ResetAfterUnit])
def test_copies_run_side_by_side(kind: Any) -> None:
    both = shaken(kind(M, N, copies=2))
    e, h = double(2, B, M), double(2, B, N)
    together = both(both.drive(e), h)
    for copy in range(2):
        alone = kind(M, N).double()
        alone.load_state_dict({name: value[copy] for name, value in both.state_dict().items()})
        torch.testing.assert_close(together[copy], alone(alone.drive(e[copy]), h[copy]))


class FromInput(nn.Module):
    """A unit together with its input's part."""

    def __init__(self, unit: Any) -> None:
        super().__init__()
        self.unit = unit

    def forward(self, e: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        return self.unit(self.unit.drive(e), h)


@pytest.mark.parametrize("kind", [GatedUnit, ResetAfterUnit])
def test_gradient_of_the_unit(kind: Any) -> None:
    whole = FromInput(shaken(kind(2, 3)))
    names = [name for name, _ in whole.named_parameters()]

    def step(e: torch.Tensor, h: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        return functional_call(whole, dict(zip(names, weights, strict=True)), (e, h))

    inputs = [double(2, 2), double(2, 3), *(p.detach().clone() for p in whole.parameters())]
    assert torch.autograd.gradcheck(step, [x.requires_grad_() for x in inputs])


# --- a run ---


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 999))
def test_padding_passes_the_state_on(lengths: list[int], left: int, seed: int) -> None:
    """Words in the middle of padding: the same states as the words alone, carried to the end."""
    torch.manual_seed(seed)
    unit = shaken(GatedUnit(M, N), seed)
    width = left + max(lengths) + 2
    drive, h_0 = unit.drive(double(len(lengths), width, M)), double(len(lengths), N)
    place = torch.arange(width)
    mask = (place >= left) & (place < left + torch.tensor(lengths)[:, None])
    states = torch.stack(run(unit, drive.unbind(1), mask[..., None].unbind(1), h_0), 1)
    for row, length in enumerate(lengths):
        h = h_0[row]
        assert (states[row, :left] == h).all()
        for i in range(left, left + length):
            h = unit(drive[row : row + 1, i], h[None])[0]
            torch.testing.assert_close(states[row, i], h)
        assert (states[row, left + length :] == states[row, left + length - 1]).all() or not length
        torch.testing.assert_close(states[row, -1], h)


def test_run_needs_a_mask_for_each_position() -> None:
    unit = GatedUnit(M, N)
    drives, real = torch.zeros(3, B, 3 * N), torch.ones(2, B, 1, dtype=torch.bool)
    with pytest.raises(ValueError, match="shorter"):
        run(unit, drives.unbind(), real.unbind(), torch.zeros(B, N))


# --- maxout ---


def test_maxout_takes_neighbours() -> None:
    x = torch.tensor([[1.0, 5.0, 4.0, 2.0, -3.0, -7.0]])
    assert maxout(x).tolist() == [[5.0, 4.0, -3.0]]


def test_maxout_is_torchs_pooling() -> None:
    x = double(2, 3, 8)
    assert torch.equal(maxout(x), nn.functional.max_pool1d(x, 2))


# --- initialisation ---


class Everything(nn.Module):
    def __init__(self, cell: Any) -> None:
        super().__init__()
        self.unit = gated_unit(cell, 40, 30, copies=2)
        self.single = gated_unit(cell, 40, 30)
        self.E = nn.Embedding(50, 40)
        self.W_o = nn.Linear(60, 50)


def squares(unit: Any) -> torch.Tensor:
    """All recurrent matrices of a unit, (how many, n, n)."""
    weights = [value for name, value in unit.named_parameters() if name.startswith("U")]
    n = unit.hidden
    return torch.cat([block.reshape(-1, n, n) for w in weights for block in w.split(n, -1)])


@pytest.mark.parametrize("cell", ["paper", "torch"])
def test_paper_initialisation(cell: Any) -> None:
    torch.manual_seed(0)
    model = Everything(cell)
    initialise(model, "paper")
    U = torch.cat([squares(model.unit), squares(model.single)])
    assert len(U) == 9
    torch.testing.assert_close(U @ U.mT, torch.eye(30).expand(9, -1, -1), rtol=0, atol=1e-5)
    assert len({round(x.item(), 6) for x in U[:, 0, 0]}) == 9, "no two are the same matrix"
    for name, weight in model.named_parameters():
        kind = name.split(".")[-1]
        if kind in ("W", "weight"):
            assert weight.std().item() == pytest.approx(0.01, rel=0.1), name
            assert abs(weight.mean().item()) < 0.001, name
        elif kind.startswith("b"):
            assert (weight == 0).all(), name


@pytest.mark.parametrize("cell", ["paper", "torch"])
def test_torch_initialisation(cell: Any) -> None:
    model = Everything(cell)
    initialise(model, "torch")
    bound = 30**-0.5
    for name, weight in [*model.unit.named_parameters(), *model.single.named_parameters()]:
        assert 0.9 * bound < weight.abs().max().item() <= bound, name
        assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.2), name
    assert model.E.weight.std().item() == pytest.approx(1, rel=0.1)
    assert 0 < model.W_o.bias.abs().max().item() <= 60**-0.5


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match="cell is 'lstm', expected 'paper' or 'torch'"):
        gated_unit("lstm", M, N)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="hidden is 0, expected an integer of at least 1"):
        gated_unit("paper", M, 0)
    with pytest.raises(ValueError, match="copies is 0, expected an integer of at least 1"):
        GatedUnit(M, N, copies=0)
    for draw in (GatedUnit(M, N).initialise, lambda name: initialise(GatedUnit(M, N), name)):
        with pytest.raises(ValueError, match="initialisation is 'xavier', expected 'paper' or"):
            draw("xavier")
    with pytest.raises(ValueError, match="initialisation is 'xavier', expected 'paper' or 'torch'"):
        initialise(nn.Linear(2, 2), "xavier")  # type: ignore[arg-type]


def test_maxout_needs_pairs() -> None:
    with pytest.raises(ValueError, match=r"x has shape \(2, 3\), expected \(..., 2l\): pairs"):
        maxout(torch.zeros(2, 3))
