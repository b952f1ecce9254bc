"""Takes the gradient of a loss that an answer returns; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def gradients(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(log_p, weights, places, mask, baseline, reward)`` and goes back from its loss.

    The weights are made of scores by a softmax, since it is to the scores that a gradient goes.

    Args:
        answer: returns a loss.
        inputs: log_p (B,); scores (B, T, L) in the place of the weights; and the rest.

    Returns:
        A dictionary: "words", the gradient at log_p (B,), and "scores", that at the scores
        (B, T, L). Where there is no way back, with nothing but "loss": what was returned.
    """
    log_p, scores, *rest = inputs.values()
    leaves = [log_p.requires_grad_(), scores.requires_grad_()]
    # not the leaves themselves: an answer may work in place
    loss = answer(log_p.clone(), scores.softmax(-1), *rest)
    if not isinstance(loss, Tensor) or loss.numel() != 1 or not loss.requires_grad:
        return {"loss": loss}
    found = torch.autograd.grad(loss.sum(), leaves, allow_unused=True, materialize_grads=True)
    return dict(zip(("words", "scores"), found, strict=True))
