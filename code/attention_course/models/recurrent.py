"""The gated recurrent unit of Bahdanau, Cho and Bengio (1409.0473, Appendix A.1.1), and maxout.

The unit exists in two forms that are easily confused:

=====================  ==================================  =================================
\\                      the paper (``GatedUnit``)           torch.nn.GRU (``ResetAfterUnit``)
=====================  ==================================  =================================
the reset gate         before the matrix product           after the matrix product
\\                      ``U (r ∘ h)``                       ``r ∘ (U h + b)``
the update gate z      weights the **new** state           weights the **old** state
=====================  ==================================  =================================

What does not depend on the state is not the unit's business: whoever runs it computes the
*drive*, ``W e(x)`` for both gates and the candidate, for all positions in one product, and adds
to it what else comes in (the decoder's ``C c``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from attention_course.models.masks import check_choice, check_sizes

Cell = Literal["paper", "torch"]
Initialisation = Literal["paper", "torch"]


class GatedUnit(nn.Module):
    """The paper's gated hidden unit.

    z_i = σ(W_z e_i + U_z h_{i-1}),  r_i = σ(W_r e_i + U_r h_{i-1})
    h̃_i = tanh(W e_i + U [r_i ∘ h_{i-1}])
    h_i = (1 - z_i) ∘ h_{i-1} + z_i ∘ h̃_i

    Args:
        hidden: n, the size of the state.
        copies: so many units with weights of their own run side by side, for example the two
            directions of an encoder; all tensors then begin with a dimension of this size.
            None (default): one unit and no such dimension.

    Source: 1409.0473, Appendix A.1.1.
    """

    def __init__(self, hidden: int, copies: int | None = None) -> None:
        super().__init__()
        lead = () if copies is None else (copies,)
        # States are rows, so these matrices are the transposes of the paper's: U h = (h Uᵀ)ᵀ.
        self.U_gates = nn.Parameter(torch.empty(*lead, hidden, 2 * hidden))  # U_z beside U_r
        self.U = nn.Parameter(torch.empty(*lead, hidden, hidden))
        self.initialise("torch")

    def forward(self, drive: Tensor, state: Tensor) -> Tensor:
        """One step.

        Args:
            drive: (…, B, 3n), W_z e_i, W_r e_i and W e_i side by side, in this order.
            state: (…, B, n), h_{i-1}.

        Returns:
            h_i, (…, B, n).
        """
        n = state.shape[-1]
        gates = torch.sigmoid(drive[..., : 2 * n] + state @ self.U_gates)  # (…, B, 2n)
        z, r = gates.chunk(2, dim=-1)  # (…, B, n) each
        candidate = torch.tanh(drive[..., 2 * n :] + (r * state) @ self.U)  # h̃_i (…, B, n)
        return (1 - z) * state + z * candidate

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Sets U, U_z and U_r: each random orthogonal ("paper") or as torch.nn.GRU has it."""
        _initialise_square_blocks([self.U_gates, self.U], initialisation)


class ResetAfterUnit(nn.Module):
    """The unit of ``torch.nn.GRU``, the same numbers to rounding; same interface as `GatedUnit`.

    r_i = σ(W_r e_i + U_r h_{i-1}),  z_i = σ(W_z e_i + U_z h_{i-1})
    h̃_i = tanh(W e_i + r_i ∘ (U h_{i-1} + b))
    h_i = (1 - z_i) ∘ h̃_i + z_i ∘ h_{i-1}

    The drive holds W_r e_i, W_z e_i and W e_i in torch's order. Of torch's second bias only the
    part inside the reset gate is kept, since the rest can be moved into the drive.
    """

    def __init__(self, hidden: int, copies: int | None = None) -> None:
        super().__init__()
        lead = () if copies is None else (copies,)
        self.U = nn.Parameter(torch.empty(*lead, hidden, 3 * hidden))  # U_r, U_z, U
        self.b = nn.Parameter(torch.empty(*lead, 1, hidden))
        self.initialise("torch")

    def forward(self, drive: Tensor, state: Tensor) -> Tensor:
        """One step: drive (…, B, 3n) and state (…, B, n) to the next state (…, B, n)."""
        n = state.shape[-1]
        recurrent = state @ self.U  # (…, B, 3n)
        gates = torch.sigmoid(drive[..., : 2 * n] + recurrent[..., : 2 * n])  # (…, B, 2n)
        r, z = gates.chunk(2, dim=-1)  # (…, B, n) each
        candidate = torch.tanh(drive[..., 2 * n :] + r * (recurrent[..., 2 * n :] + self.b))
        return (1 - z) * candidate + z * state

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Sets the matrices as in `GatedUnit.initialise`; the bias is 0 ("paper") or uniform."""
        _initialise_square_blocks([self.U], initialisation)
        bound = 0.0 if initialisation == "paper" else self.U.shape[-2] ** -0.5
        nn.init.uniform_(self.b, -bound, bound)


def gated_unit(cell: Cell, hidden: int, copies: int | None = None) -> GatedUnit | ResetAfterUnit:
    """The unit of that name: "paper" (`GatedUnit`) or "torch" (`ResetAfterUnit`).

    Raises:
        ValueError: another name, or a size below 1.
    """
    check_choice("cell", cell, ("paper", "torch"))
    check_sizes(hidden=hidden)
    return (GatedUnit if cell == "paper" else ResetAfterUnit)(hidden, copies)


def run(
    unit: GatedUnit | ResetAfterUnit, drives: Sequence[Tensor], masks: Sequence[Tensor]
) -> Tensor:
    """Runs a unit over padded sequences, from the first position to the last, from h_0 = 0.

    Where the mask is False the state is passed on unchanged. So padding at the end cannot
    change the state that the last position holds, and padding at the beginning leaves h_0.

    Args:
        unit: what to run.
        drives: S tensors (…, B, 3n).
        masks: S tensors, bool, that broadcast to (…, B, n); True at real words.

    Returns:
        All states, (S, …, B, n).
    """
    state = drives[0].new_zeros(*drives[0].shape[:-1], drives[0].shape[-1] // 3)  # h_0 = 0
    states = []
    for drive, mask in zip(drives, masks, strict=True):
        state = torch.where(mask, unit(drive, state), state)  # (…, B, n)
        states.append(state)
    return torch.stack(states)


def maxout(x: Tensor) -> Tensor:
    """The larger of each two neighbours: (…, 2l) to (…, l); 1409.0473, Appendix A.2.2.

    t_j = max(t̃_{2j-1}, t̃_{2j}), so the first pair is the first two numbers.
    """
    return x.unflatten(-1, (-1, 2)).amax(dim=-1)


def initialise(model: nn.Module, initialisation: Initialisation) -> None:
    """Initialises a whole model of these units.

    "paper" (Appendix B.1): biases 0, the recurrent matrices U orthogonal, all other matrices
    and the embeddings N(0, 0.01²). "torch": the defaults of torch's own layers.

    Raises:
        ValueError: another name.
    """
    check_choice("initialisation", initialisation, ("paper", "torch"))
    for module in model.modules():
        if isinstance(module, GatedUnit | ResetAfterUnit):
            module.initialise(initialisation)
        elif isinstance(module, nn.Linear | nn.Embedding):
            if initialisation == "torch":
                module.reset_parameters()
            else:
                nn.init.normal_(module.weight, std=0.01)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    nn.init.zeros_(module.bias)


def _initialise_square_blocks(matrices: list[nn.Parameter], initialisation: str) -> None:
    """Fills (…, n, kn) with k square blocks: each orthogonal, or uniform as in torch.nn.GRU."""
    for matrix in matrices:
        n = matrix.shape[-2]
        for block in matrix.detach().reshape(-1, n, matrix.shape[-1]).split(n, dim=-1):
            for square in block:
                if initialisation == "paper":
                    square.copy_(nn.init.orthogonal_(torch.empty_like(square)))
                else:
                    square.uniform_(-(n**-0.5), n**-0.5)
