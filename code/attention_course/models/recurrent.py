"""The gated recurrent unit of Bahdanau, Cho and Bengio (1409.0473, Appendix A.1.1), and maxout.

The unit exists in two forms that are easily confused:

=================  ==============================  ================================
\\                  the paper (`GatedUnit`)         torch.nn.GRU (`ResetAfterUnit`)
=================  ==============================  ================================
the reset gate     before the matrix product:      after the matrix product:
\\                  U (r ∘ h)                       r ∘ (U h + b)
the update gate z  weights the **new** state       weights the **old** state
=================  ==============================  ================================

What does not depend on the state need not wait for it: the *drive* W e of both gates and of the
candidate is computed for all positions in one product, and only U h is left for the loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor, nn

from attention_course.models.masks import check_choice, check_sizes, check_tensor

Cell = Literal["paper", "torch"]
Initialisation = Literal["paper", "torch"]


class Unit(nn.Module):
    """What both units share: the input's part, and how the weights are drawn.

    Args:
        inputs: m, the size of what comes in.
        hidden: n, the size of the state.
        copies: so many units with weights of their own run side by side, for example the two
            directions of an encoder; all tensors then begin with a dimension of this size.
            None (default): one unit and no such dimension.

    Raises:
        ValueError: a size, or copies, below 1.
    """

    def __init__(self, inputs: int, hidden: int, copies: int | None = None) -> None:
        super().__init__()
        check_sizes(inputs=inputs, hidden=hidden, copies=1 if copies is None else copies)
        self.hidden = hidden
        self.lead = () if copies is None else (copies,)
        # Inputs and states are rows, so all matrices are the transposes of the paper's.
        self.W = nn.Parameter(torch.empty(*self.lead, inputs, 3 * hidden))
        self.b = nn.Parameter(torch.empty(*self.lead, 1, 3 * hidden))

    def drive(self, e: Tensor) -> Tensor:
        """W e + b for both gates and the candidate, side by side: (…, m) to (…, 3n)."""
        return e @ self.W + self.b

    def forward(self, drive: Tensor, state: Tensor) -> Tensor:
        """One step.

        Args:
            drive: (…, B, 3n), from `drive`; what else is to act on the unit is added to it.
            state: (…, B, n), h_{i-1}.

        Returns:
            h_i, (…, B, n).
        """
        raise NotImplementedError

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Draws all weights anew.

        "paper" (Appendix B.1): each recurrent matrix U random orthogonal, biases 0, W ~
        N(0, 0.01²). "torch": all uniform between -1/√n and 1/√n, as in torch.nn.GRU.

        Raises:
            ValueError: another name.
        """
        check_choice("initialisation", initialisation, ("paper", "torch"))
        n = self.hidden
        for name, weight in self.named_parameters():
            if initialisation == "torch":
                nn.init.uniform_(weight, -(n**-0.5), n**-0.5)
            elif name.startswith("U"):
                for block in weight.detach().split(n, dim=-1):  # one gate's: (…, n, n)
                    for square in block.view(-1, n, n):
                        nn.init.orthogonal_(square)
            elif name.startswith("W"):
                nn.init.normal_(weight, std=0.01)
            else:
                nn.init.zeros_(weight)


class GatedUnit(Unit):
    """The paper's gated hidden unit (1409.0473, Appendix A.1.1). Arguments: see `Unit`.

    z_i = σ(W_z e_i + U_z h_{i-1})
    r_i = σ(W_r e_i + U_r h_{i-1})
    h̃_i = tanh(W e_i + U [r_i ∘ h_{i-1}])
    h_i = (1 - z_i) ∘ h_{i-1} + z_i ∘ h̃_i

    The drive holds W_z e_i, W_r e_i and W e_i, in this order.
    """

    def __init__(self, inputs: int, hidden: int, copies: int | None = None) -> None:
        super().__init__(inputs, hidden, copies)
        self.U_gates = nn.Parameter(torch.empty(*self.lead, hidden, 2 * hidden))  # U_z, U_r
        self.U = nn.Parameter(torch.empty(*self.lead, hidden, hidden))
        self.initialise()

    def forward(self, drive: Tensor, state: Tensor) -> Tensor:
        n = self.hidden
        drive_gates, drive_candidate = drive.split([2 * n, n], dim=-1)
        gates = torch.sigmoid(drive_gates + state @ self.U_gates)  # (…, B, 2n)
        z, r = gates.chunk(2, dim=-1)  # (…, B, n) each
        candidate = torch.tanh(drive_candidate + (r * state) @ self.U)  # h̃_i (…, B, n)
        return (1 - z) * state + z * candidate


class ResetAfterUnit(Unit):
    """The unit of torch.nn.GRU, the same numbers to rounding. Arguments: see `Unit`.

    r_i = σ(W_r e_i + U_r h_{i-1})
    z_i = σ(W_z e_i + U_z h_{i-1})
    h̃_i = tanh(W e_i + r_i ∘ (U h_{i-1} + b))
    h_i = (1 - z_i) ∘ h̃_i + z_i ∘ h_{i-1}

    The drive holds W_r e_i, W_z e_i and W e_i, in torch's order. Of torch's second bias only the
    part inside the reset gate is kept; the rest would only be added to the first.
    """

    def __init__(self, inputs: int, hidden: int, copies: int | None = None) -> None:
        super().__init__(inputs, hidden, copies)
        self.U = nn.Parameter(torch.empty(*self.lead, hidden, 3 * hidden))  # U_r, U_z, U
        self.b_reset = nn.Parameter(torch.empty(*self.lead, 1, hidden))
        self.initialise()

    def forward(self, drive: Tensor, state: Tensor) -> Tensor:
        n = self.hidden
        drive_gates, drive_candidate = drive.split([2 * n, n], dim=-1)
        gates, recurrent = (state @ self.U).split([2 * n, n], dim=-1)
        r, z = torch.sigmoid(drive_gates + gates).chunk(2, dim=-1)  # (…, B, n) each
        candidate = torch.tanh(drive_candidate + r * (recurrent + self.b_reset))  # (…, B, n)
        return (1 - z) * candidate + z * state


def gated_unit(cell: Cell, inputs: int, hidden: int, copies: int | None = None) -> Unit:
    """The unit of that name: "paper" (`GatedUnit`) or "torch" (`ResetAfterUnit`).

    Raises:
        ValueError: another name, or a size below 1.
    """
    check_choice("cell", cell, ("paper", "torch"))
    return (GatedUnit if cell == "paper" else ResetAfterUnit)(inputs, hidden, copies)


def run(unit: Unit, drives: Iterable[Tensor], masks: Iterable[Tensor], h_0: Tensor) -> list[Tensor]:
    """Runs a unit over padded sequences, from their first position to their last.

    Where the mask is False the state is passed on unchanged. So padding at the end cannot
    change the state that the last position holds, and padding at the beginning leaves h_0.

    Args:
        unit: what to run.
        drives: for each position (…, B, 3n).
        masks: for each position bool, of a shape that broadcasts to (…, B, n); True at words.
        h_0: (…, B, n).

    Returns:
        For each position the state (…, B, n).
    """
    states, state = [], h_0
    for drive, mask in zip(drives, masks, strict=True):
        state = torch.where(mask, unit(drive, state), state)
        states.append(state)
    return states


def maxout(x: Tensor) -> Tensor:
    """The larger of each two neighbours: (…, 2l) to (…, l); 1409.0473, Appendix A.2.2.

    t_j = max(t̃_{2j-1}, t̃_{2j}), so the first pair is the first two numbers.

    Raises:
        ValueError: an odd number of numbers.
    """
    check_tensor("x", x)
    if x.dim() == 0 or x.shape[-1] % 2:
        raise ValueError(f"x has shape {tuple(x.shape)}, expected (..., 2l): pairs of numbers")
    return x.unflatten(-1, (-1, 2)).amax(dim=-1)


def initialise(model: nn.Module, initialisation: Initialisation) -> None:
    """Initialises a whole model made of these units, linear layers and embeddings.

    "paper" (Appendix B.1): biases 0, the recurrent matrices U orthogonal, all other matrices
    and the embeddings N(0, 0.01²). "torch": the defaults of torch's own layers.

    Raises:
        ValueError: another name.
    """
    check_choice("initialisation", initialisation, ("paper", "torch"))
    for module in model.modules():
        if isinstance(module, Unit):
            module.initialise(initialisation)
        elif isinstance(module, nn.Linear | nn.Embedding):
            if initialisation == "torch":
                module.reset_parameters()
            else:
                nn.init.normal_(module.weight, std=0.01)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    nn.init.zeros_(module.bias)
