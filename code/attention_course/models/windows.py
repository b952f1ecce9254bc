"""How far attention looks: over the whole sentence, through a window that moves, or not at all.

Luong, Pham and Manning (1508.04025), Sections 3.1 and 3.2, in the form that the authors' program
gives them where paper and program differ. Positions count from 0, in each sentence on its own: S is
the number of positions that a sentence itself has, whatever the padding; in shapes, it is that of
the longest sentence.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from attention_course.models.masks import (
    check_batch,
    check_choice,
    check_sizes,
    check_tensor,
    check_vectors,
    masked_softmax,
)

Window = Literal["global", "local-m", "local-p", "last"]
WINDOWS: tuple[Window, ...] = ("global", "local-m", "local-p", "last")


def inside(centre: Tensor, mask: Tensor, D: int) -> Tensor:
    """The positions from centre - D to centre + D that the sentence has.

    Args:
        centre: (B,), whole numbers.
        mask: (B, S) bool, True at positions that may be looked at.
        D: how far the window reaches on either side.

    Returns:
        (B, S) bool.
    """
    s = torch.arange(mask.shape[1], device=mask.device)
    return mask & ((s - centre[:, None]).abs() <= D)


def gaussian(p: Tensor, positions: int, D: int) -> Tensor:
    """exp(-(s - p_t)² / 2σ²) with σ = D/2 at s = 0 … positions - 1; p (B,), result (B, positions).

    Source: 1508.04025, Equation (10).
    """
    s = torch.arange(positions, device=p.device)
    return torch.exp(-((s - p[:, None]) ** 2) / (2 * (D / 2) ** 2))


class Align(nn.Module):
    """Makes weights of scores, looking through one of four windows.

    - ``"global"``: the softmax over the whole sentence.
    - ``"local-m"``, monotonic: p_t = t, but at most the last position; the softmax over the window
      [p_t - D, p_t + D].
    - ``"local-p"``, predictive: p_t = S σ(v_pᵀ tanh(W_p h_t)), a real number; the softmax over the
      window [⌊p_t⌋ - D, ⌊p_t⌋ + D], *then* times a Gaussian around p_t itself with σ = D/2. So
      the weights of a step sum to less than one.
    - ``"last"``, not in the paper: all weight on the sentence's last position, whatever the scores
      are. It is what attention is compared with: a decoder that is told the same at every step.

    Args:
        query_size: n, the size of h_t.
        window: one of the four.
        D: how far a window reaches on either side (paper: 10).
        renormalise: False (default): local-p as in the paper and its experiments. True: a later
            variant of the authors' program (its flag ``normLocalAttn``): the Gaussian multiplies
            the *scores* and the softmax comes last, so that the weights sum to one.

    Raises:
        ValueError: an unknown window, D or a size below 1, or ``renormalise`` with a window other
            than local-p.

    Source: 1508.04025, Equations (7), (9) and (10); program: nmt.matlab, attnLayerForward.m.
    """

    def __init__(
        self, query_size: int, window: Window = "global", D: int = 10, renormalise: bool = False
    ) -> None:
        super().__init__()
        check_choice("window", window, WINDOWS)
        check_sizes(query_size=query_size, D=D)
        if renormalise and window != "local-p":
            raise ValueError(f"renormalise is True and window {window!r}, expected 'local-p'")
        self.query_size, self.window, self.D = query_size, window, D
        self.renormalise = renormalise
        if window == "local-p":
            self.W_p = nn.Linear(query_size, query_size, bias=False)
            self.v_p = nn.Linear(query_size, 1, bias=False)

    def position(self, query: Tensor, mask: Tensor, t: int) -> Tensor | None:
        """p_t, (B,), around which the window lies; None for the global window.

        Args:
            query: h_t, (B, n).
            mask: (B, S) bool, True at positions that may be looked at, all at the beginning.
            t: the step, from 0.
        """
        lengths = mask.sum(1)  # S of each sentence itself (B,)
        if self.window == "last":
            return lengths - 1
        if self.window == "local-m":
            return (lengths - 1).clamp(max=t)
        if self.window == "local-p":
            z = self.v_p(torch.tanh(self.W_p(query))).squeeze(1)  # (B,)
            # half precision, which autocast may use, is too coarse for a place in a sentence
            return lengths * torch.sigmoid(z.to(torch.promote_types(z.dtype, torch.float32)))
        return None

    def forward(
        self, query: Tensor, e: Tensor, mask: Tensor, t: int
    ) -> tuple[Tensor, Tensor | None]:
        """The weights of one step.

        Args:
            query, mask, t: as for `position`.
            e: the scores, (B, S).

        Returns:
            a_t, (B, S): at least 0, and 0 outside the window and the sentence; and p_t.

        Raises:
            ValueError: query, e or mask have a wrong shape or dtype.
        """
        check_vectors("e", e, "(B, S)", None)
        check_vectors("query", query, "(B, n)", self.query_size)
        check_batch("query", query, len(e), "e")
        check_tensor("mask", mask)
        if mask.dtype != torch.bool or mask.shape != e.shape:
            raise ValueError(
                f"mask is {mask.dtype} of shape {tuple(mask.shape)}, expected torch.bool of "
                f"{tuple(e.shape)} like e"
            )
        p = self.position(query, mask, t)
        if p is None:
            return masked_softmax(e, mask), p
        # σ(…) = 1, which rounding can give, would put the centre one past the end
        centre = torch.minimum(p.floor().long(), mask.sum(1) - 1)  # (B,)
        seen = inside(centre, mask, 0 if self.window == "last" else self.D)  # (B, S)
        if self.window != "local-p":
            return masked_softmax(e, seen), p
        nearness = gaussian(p, e.shape[1], self.D)  # (B, S)
        if self.renormalise:
            return masked_softmax(e * nearness, seen), p
        return masked_softmax(e, seen) * nearness, p
