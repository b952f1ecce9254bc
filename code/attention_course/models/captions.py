"""What Show, Attend and Tell is trained with (1502.03044).

`doubly_stochastic_penalty`, and two losses for `attention_course.training.fit`: `SoftLoss` for
"soft" and "mean" attention and `ReinforceLoss` for "hard". Both are in nats per word: the paper's
loss of a caption and all its terms, divided by the mean number of words of the batch's captions.
Where a batch's captions have one length, as in the paper, that is the paper's loss up to a factor.
In evaluation mode both are the plain cross-entropy, since `fit` measures validation so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.models.masks import check_number, check_tensor
from attention_course.models.show_attend_tell import ShowAttendTell

if TYPE_CHECKING:
    from attention_course.data.batches import Batch


def doubly_stochastic_penalty(weights: Tensor, target_mask: Tensor) -> Tensor:
    """Σ_i (1 − Σ_t α_ti)²: a sum over locations, the mean over the batch.

    It asks that every location be looked at about once in a caption.

    Args:
        weights: α, (B, 1, 1, T, L) as the model gives it.
        target_mask: (B, T) bool, True on real words: only they count in Σ_t.

    Returns:
        a scalar.

    Raises:
        ValueError: the shapes do not fit.

    Source: 1502.03044, on doubly stochastic attention.
    """
    check_tensor("weights", weights)
    check_tensor("target_mask", target_mask)
    if weights.dim() != 5 or weights[:, 0, 0, :, 0].shape != target_mask.shape:
        raise ValueError(
            f"weights has shape {tuple(weights.shape)} and target_mask {tuple(target_mask.shape)}, "
            "expected (B, 1, 1, T, L) and (B, T)"
        )
    coverage = (weights[:, 0, 0] * target_mask[..., None]).sum(1)  # Σ_t α_ti (B, L)
    return (1 - coverage).square().sum(1).mean()


def log_probability(logits: Tensor, batch: Batch) -> Tensor:
    """log p(y | a) of each caption: logits (B, T, K) to (B,)."""
    nats = F.cross_entropy(logits.transpose(1, 2), batch.target_out, reduction="none")  # (B, T)
    return -(nats * batch.target_mask).sum(1)


class SoftLoss:
    """L_d = −log p(y | a) + λ Σ_i (1 − Σ_t α_ti)², the mean over the batch.

    Args:
        penalty: λ (the authors' program: 1).

    Source: 1502.03044, on doubly stochastic attention.
    """

    def __init__(self, penalty: float = 1.0) -> None:
        _check_factor("penalty", penalty)
        self.penalty = penalty

    def __call__(self, model: ShowAttendTell, batch: Batch) -> Tensor:
        logits, weights = model(batch.source, batch.source_mask, batch.target_in)
        loss = -log_probability(logits, batch).mean()
        if model.training and self.penalty:
            loss = loss + self.penalty * doubly_stochastic_penalty(weights, batch.target_mask)
        return loss * len(batch) / batch.tokens


class ReinforceLoss:
    """Its gradient is that of the paper's Monte Carlo rule, with one draw s̃ for each picture.

    ∂log p(y | s̃, a) + λ_r (log p(y | s̃, a) − b) ∂log p(s̃ | a) + λ_e ∂H[s̃]

    Its value is −log p(y | s̃, a) alone, which is what one wants to see fall.

    Args:
        reward: λ_r (default 1: with ``half=False`` the exact gradient of the bound L_s).
        entropy: λ_e (default 0.002, as in the authors' program).
        half: True (default), as in the paper: every picture has an even chance to take the
            expectation over its draws instead of a draw, so that it learns as "soft" does.
        baseline: True (default): b_k = 0.9 b_{k−1} + 0.1 log p(y | s̃_k, a), a mean over the batch.
            False: b = 0. The baseline used is that of the batches before: it must not depend on
            the draw that it is compared with.

    Attributes:
        b: the baseline, nats per caption.

    Source: 1502.03044, on stochastic "hard" attention.
    """

    def __init__(
        self,
        reward: float = 1.0,
        entropy: float = 0.002,
        *,
        half: bool = True,
        baseline: bool = True,
    ) -> None:
        _check_factor("reward", reward)
        _check_factor("entropy", entropy)
        self.reward, self.entropy, self.half, self.baseline = reward, entropy, half, baseline
        self.b = 0.0

    def __call__(self, model: ShowAttendTell, batch: Batch) -> Tensor:
        if model.kind != "hard":
            raise ValueError(f"the model's attention is {model.kind!r}, expected 'hard'")
        soft = None
        if self.half and model.training:
            soft = torch.rand(len(batch), device=batch.source.device) < 0.5  # (B,)
        logits, weights, looks = model.looking(
            batch.source, batch.source_mask, batch.target_in, soft
        )
        log_p = log_probability(logits, batch)  # log p(y | s̃, a) (B,)
        loss = -log_p.mean()
        if model.training:
            terms = self._terms(log_p.detach(), weights, looks, soft, batch.target_mask)
            # only the gradient is wanted: the value of the terms tells nothing
            loss = loss - (terms - terms.detach())
            if self.baseline:
                self.b = 0.9 * self.b + 0.1 * float(log_p.detach().mean())
        return loss * len(batch) / batch.tokens

    def _terms(
        self, log_p: Tensor, weights: Tensor, looks: Tensor, soft: Tensor | None, mask: Tensor
    ) -> Tensor:
        """λ_r (log p(y | s̃, a) − b) log p(s̃ | a) + λ_e H[s̃], the mean over the batch."""
        drawn = (weights * looks).sum(-1).log()  # log α_t,s̃ (B, T)
        drawn = (drawn * mask).sum(1)  # log p(s̃ | a) (B,)
        score = self.reward * (log_p - self.b) * drawn
        if soft is not None:
            score = score.masked_fill(soft, 0.0)  # nothing was drawn there
        log_alpha = weights.clamp_min(torch.finfo(weights.dtype).tiny).log()
        entropy = -(weights * log_alpha).sum(-1)  # H of each α_t (B, T)
        return (score + self.entropy * (entropy * mask).sum(1)).mean()


def _check_factor(name: str, factor: float) -> None:
    check_number(name, factor)
    if factor < 0:
        raise ValueError(f"{name} is {factor!r}, expected 0 or more")
