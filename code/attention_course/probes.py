"""What can be read off a vector: linear probes.

A probe is a linear map, fitted afterwards, from a model's vectors to something that one wants to
know of the input. What it finds is in the vector, in a form that one matrix can read; what it
does not find may be there in another form.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def linear_probe(
    vectors: Tensor,
    labels: Tensor,
    test_vectors: Tensor,
    test_labels: Tensor,
    *,
    ridge: float = 1e-3,
) -> tuple[float, float]:
    """How often a least-squares map reads the label off a vector it was not fitted on.

    One output for each label, fitted to 1 for the right one and 0 for the others, with a bias;
    the guess is the largest. Computed in float64.

    Args:
        vectors: (K, D), to fit on. labels: (K,) int64, 0 or more.
        test_vectors: (L, D). test_labels: (L,) int64; a label that was not among those fitted on
            counts as a miss.
        ridge: weight of the squared size of the map, which keeps it finite where K < D.

    Returns:
        The share of test labels read rightly, and the share that one gets by always saying the
        most frequent label of the fitted ones.

    Raises:
        ValueError: shapes that do not belong together, no vectors, or a ridge that is not positive.
    """
    for name, x, y in (("", vectors, labels), ("test_", test_vectors, test_labels)):
        if x.dim() != 2 or y.shape != x.shape[:1] or not len(x):
            raise ValueError(
                f"{name}vectors has shape {tuple(x.shape)} and {name}labels {tuple(y.shape)}, "
                "expected (K, D) and (K,) with K at least 1"
            )
    if vectors.shape[1] != test_vectors.shape[1]:
        raise ValueError(
            f"vectors have {vectors.shape[1]} numbers each and test_vectors "
            f"{test_vectors.shape[1]}, expected as many"
        )
    if ridge <= 0:
        raise ValueError(f"ridge is {ridge}, expected a positive number")
    known, fitted = labels.unique(return_inverse=True)
    x, test_x = _with_bias(vectors), _with_bias(test_vectors)  # (K, D+1), (L, D+1)
    wanted = F.one_hot(fitted, len(known)).double()  # (K, labels)
    square = x.T @ x + ridge * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    solution = torch.linalg.solve(square, x.T @ wanted)  # (D+1, labels)
    guess = known[(test_x @ solution).argmax(1)]
    frequent = known[fitted.bincount().argmax()]
    return (
        (guess == test_labels).double().mean().item(),
        (frequent == test_labels).double().mean().item(),
    )


def _with_bias(vectors: Tensor) -> Tensor:
    return F.pad(vectors.detach().double(), (0, 1), value=1.0)
