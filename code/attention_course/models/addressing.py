"""Two other things that attention weights were made into, at about the same time.

A **pointer network** leaves out everything behind the weights: they are the answer. What it says is
a position of its input, so its output vocabulary grows with the input.

A **Neural Turing Machine** moves its weights over a memory in four stages. It can go to what
looks like a key (content), stay where it was (interpolation), step to a neighbour (shift), and
gather what blurred on the way (sharpening).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.masks import check_batch, check_tensor, check_vectors, masked_softmax
from attention_course.models.scores import Additive

# --- pointer networks -----------------------------------------------------------------------


class Pointer(nn.Module):
    """The weights are the answer: p(C_i = j | …) = softmax over j of vᵀ tanh(W_1 e_j + W_2 d_i).

    Args:
        query_size: the size of d_i, the decoder's state.
        key_size: the size of e_j, the encoder's states.
        alignment: the size of the layer between; None (default): like ``query_size``.

    Raises:
        ValueError: a size below 1.

    Source: Vinyals, Fortunato and Jaitly, 1506.03134, Section 2.3.
    """

    def __init__(self, query_size: int, key_size: int, alignment: int | None = None) -> None:
        super().__init__()
        self.score = Additive(query_size, key_size, alignment)

    def project(self, keys: Tensor) -> Tensor:
        """W_1 e_j, (B, S, key_size) to (B, S, k): once a sentence."""
        return self.score.project(keys)

    def forward(self, query: Tensor, projected: Tensor, mask: Tensor) -> Tensor:
        """One step.

        Args:
            query: d_i, (B, query_size).
            projected: from `project`, (B, S, k).
            mask: (B, S) bool, True at what may be pointed at.

        Returns:
            p(C_i), (B, S): the probability of each position. No context, no vocabulary.
        """
        return masked_softmax(self.score(query, projected), mask)


# --- Neural Turing Machines -----------------------------------------------------------------


def by_content(key: Tensor, memory: Tensor, beta: Tensor) -> Tensor:
    """w^c(i) = softmax over i of β_t cos(k_t, M_t(i)): where it looks like the key.

    Args:
        key: k_t, (B, M). memory: M_t, (B, N, M), N places of M numbers.
        beta: β_t, (B,), the key strength, at least 0.

    Returns:
        (B, N), with sum 1.

    Raises:
        ValueError: shapes that do not belong together, or a negative strength.

    Source: Graves, Wayne and Danihelka, 1410.5401, Equations (5) and (6).
    """
    check_vectors("memory", memory, "(B, N, M)", None)
    check_vectors("key", key, "(B, M)", memory.shape[-1])
    check_batch("key", key, len(memory), "memory")
    _check_scalars("beta", beta, len(key), 0.0)
    similarity = F.cosine_similarity(key[:, None], memory, dim=-1)  # K (B, N)
    return (beta[:, None] * similarity).softmax(-1)


def interpolated(w_content: Tensor, w_previous: Tensor, gate: Tensor) -> Tensor:
    """w^g = g_t w^c + (1 - g_t) w_{t-1}, (B, N); the gate g_t, (B,), from 0 (stay) to 1 (go).

    Raises:
        ValueError: weights or a gate of another shape, or a gate not from 0 to 1.

    Source: 1410.5401, Equation (7).
    """
    check_vectors("w_content", w_content, "(B, N)", None)
    check_vectors("w_previous", w_previous, "(B, N)", w_content.shape[1])
    check_batch("w_previous", w_previous, len(w_content), "w_content")
    _check_scalars("gate", gate, w_content.shape[0], 0.0, 1.0)
    g = gate[:, None]
    return g * w_content + (1 - g) * w_previous


def shifted(w: Tensor, shift: Tensor) -> Tensor:
    """w̃(i) = Σ_j w^g(j) s_t(i - j), indices modulo N: a circular convolution.

    Args:
        w: w^g, (B, N).
        shift: s_t, (B, 2K + 1), the shares of the steps -K … K, from left to right, with sum 1.
            A step of +1 carries the weight from a place to the next.

    Returns:
        (B, N).

    Raises:
        ValueError: weights or shares of another shape, or an even number of steps.

    Source: 1410.5401, Equation (8).
    """
    check_vectors("w", w, "(B, N)", None)
    check_tensor("shift", shift)
    if shift.dim() != 2 or shift.shape[0] != w.shape[0] or shift.shape[1] % 2 == 0:
        raise ValueError(
            f"shift has shape {tuple(shift.shape)}, expected ({w.shape[0]}, 2K + 1): the shares of "
            "the steps -K to K"
        )
    K = shift.shape[1] // 2
    moved = torch.stack([w.roll(step, dims=-1) for step in range(-K, K + 1)], dim=-1)
    return (moved * shift[:, None]).sum(-1)  # (B, N)


def sharpened(w: Tensor, gamma: Tensor) -> Tensor:
    """w_t(i) = w̃(i)^γ / Σ_j w̃(j)^γ: with γ_t, (B,), at least 1, what is large gets larger.

    Raises:
        ValueError: weights or γ of another shape, or γ below 1.

    Source: 1410.5401, Equation (9).
    """
    check_vectors("w", w, "(B, N)", None)
    _check_scalars("gamma", gamma, w.shape[0], 1.0)
    powers = w ** gamma[:, None]
    return powers / powers.sum(-1, keepdim=True)


def address(
    memory: Tensor,
    previous: Tensor,
    *,
    key: Tensor,
    beta: Tensor,
    gate: Tensor,
    shift: Tensor,
    gamma: Tensor,
) -> Tensor:
    """The four stages in a row: w_t, (B, N), from w_{t-1}, (B, N), and what the controller emits.

    Source: 1410.5401, Section 3.3 and Figure 2. Arguments: as for the stages.
    """
    w = interpolated(by_content(key, memory, beta), previous, gate)
    return sharpened(shifted(w, shift), gamma)


def _check_scalars(
    name: str, values: Tensor, batch: int, least: float, most: float = float("inf")
) -> None:
    """Raises ValueError unless ``values`` are (B,) numbers within bounds."""
    check_tensor(name, values)
    if values.shape != (batch,):
        raise ValueError(f"{name} has shape {tuple(values.shape)}, expected ({batch},)")
    if not ((values >= least) & (values <= most)).all():
        bounds = f"at least {least:g}" if most == float("inf") else f"from {least:g} to {most:g}"
        raise ValueError(f"{name} is {values.tolist()}, expected numbers {bounds}")
