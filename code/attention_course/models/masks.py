"""What every model does with padding, and the checks of what comes in.

A mask is boolean and True where a position may be looked at (the sense that
``torch.nn.functional.scaled_dot_product_attention`` has, too).
"""

from __future__ import annotations

import torch
from torch import Tensor


def masked_softmax(scores: Tensor, mask: Tensor, dim: int = -1) -> Tensor:
    """The softmax over the positions that may be looked at; all others get exactly zero.

    The mask acts before the softmax: zeroing weights afterwards would leave them with a sum
    below one. Where nothing may be looked at, all weights are zero, and so is their gradient.

    Args:
        scores: any floating-point tensor.
        mask: bool, of a shape that broadcasts to that of ``scores``; True where one may look.
        dim: the dimension over which the weights sum to one.

    Returns:
        Weights of the shape of ``scores``.

    Raises:
        ValueError: the mask is not boolean or does not broadcast to the scores.
    """
    if mask.dtype != torch.bool:
        raise ValueError(f"mask has dtype {mask.dtype}, expected torch.bool (True: may look)")
    try:
        mask.expand_as(scores)  # torch.broadcast_shapes would import sympy first: 0.3 s
    except RuntimeError:
        raise ValueError(
            f"mask has shape {tuple(mask.shape)}, which does not broadcast to "
            f"{tuple(scores.shape)}, the shape of scores"
        ) from None
    barred = ~mask
    # The lowest finite number, not -inf: in a row with nothing to look at, -inf makes NaN.
    weights = scores.masked_fill(barred, torch.finfo(scores.dtype).min).softmax(dim)
    return weights.masked_fill(barred, 0.0)


def check_source(source: Tensor, source_mask: Tensor, vocabulary: int) -> None:
    """Raises ValueError unless ``source`` (B, S) and ``source_mask`` (B, S) fit a model.

    Args:
        source: int64 token ids, each below ``vocabulary``.
        source_mask: bool, True at real words; at least one in every sentence.
        vocabulary: how many token ids the model knows.
    """
    _check_ids("source", source, 2, "(B, S)", vocabulary)
    check_mask(source_mask, tuple(source.shape), "like source", "sentence")


def check_mask(source_mask: Tensor, shape: tuple[int, ...], why: str, row: str) -> None:
    """Raises ValueError unless ``source_mask`` is bool, of that shape, with a True in every row.

    Args:
        shape: (B, S).
        why: where the shape comes from, for the message: "like source".
        row: what a row of the batch is: "sentence".
    """
    check_tensor("source_mask", source_mask)
    if source_mask.shape != shape:
        raise ValueError(
            f"source_mask has shape {tuple(source_mask.shape)}, expected {shape} {why}"
        )
    if source_mask.dtype != torch.bool:
        raise ValueError(
            f"source_mask has dtype {source_mask.dtype}, expected torch.bool (True at real words)"
        )
    real = source_mask.any(dim=1)
    if not real.all():
        empty = int((~real).nonzero()[0])
        raise ValueError(
            f"{row} {empty} is empty: source_mask has no True in row {empty}, "
            "expected at least one real word"
        )


def check_padding(source_mask: Tensor, shortest: int) -> None:
    """Raises ValueError unless padding is at the end only and no sentence is too short.

    Args:
        source_mask: (B, S) bool, as `check_source` lets it pass.
        shortest: the fewest tokens of a sentence: 2, a word and an end mark, or 1.
    """
    late = (source_mask[:, 1:] & ~source_mask[:, :-1]).any(1)
    if late.any():
        raise ValueError(
            f"source_mask has padding before a word in row {int(late.nonzero()[0])}, expected "
            "padding at the end only"
        )
    short = source_mask.sum(1) < shortest
    if short.any():
        raise ValueError(
            f"sentence {int(short.nonzero()[0])} has one token, expected words and an end mark: "
            "use attend_end=True for sources without end marks"
        )


def check_target(target: Tensor, batch: int, vocabulary: int) -> None:
    """Raises ValueError unless ``target`` (B, T) fits ``batch`` sentences and the vocabulary."""
    _check_ids("target", target, 2, "(B, T)", vocabulary)
    _check_batch("target", target, batch)


def check_token(token: Tensor, batch: int, vocabulary: int) -> None:
    """Raises ValueError unless ``token`` (B,) fits ``batch`` sentences and the vocabulary."""
    _check_ids("token", token, 1, "(B,)", vocabulary)
    _check_batch("token", token, batch)


def check_vectors(name: str, vectors: Tensor, shape: str, size: int) -> None:
    """Raises ValueError unless ``vectors`` has the rank of ``shape`` and ends in ``size``.

    Args:
        name: what the message calls it.
        shape: in letters, for example ``"(B, S, m)"``.
        size: the last dimension, which the module was made for.
    """
    check_tensor(name, vectors)
    if vectors.dim() != shape.count(",") + 1 or vectors.numel() == 0:
        raise ValueError(f"{name} has shape {tuple(vectors.shape)}, expected {shape}, not empty")
    if not vectors.is_floating_point():
        raise ValueError(f"{name} has dtype {vectors.dtype}, expected floating-point numbers")
    if vectors.shape[-1] != size:
        raise ValueError(
            f"{name} has shape {tuple(vectors.shape)}: {vectors.shape[-1]} numbers each, "
            f"expected {size}"
        )


def check_sizes(**sizes: int) -> None:
    """Raises ValueError that names the first size that is not an integer of at least 1."""
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise ValueError(f"{name} is {size!r}, expected an integer of at least 1")


def check_share(name: str, share: float) -> None:
    """Raises ValueError unless ``share`` is a share that leaves something: from 0 to below 1."""
    if not 0 <= share < 1:
        raise ValueError(f"{name} is {share!r}, expected a share from 0 to below 1")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raises ValueError unless ``value`` is one of ``choices``."""
    if value not in choices:
        expected = " or ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name} is {value!r}, expected {expected}")


def check_tensor(name: str, given: object) -> None:
    """Raises ValueError, with the name of the argument, unless it is a tensor."""
    if not isinstance(given, Tensor):
        kind = type(given)
        shown = (
            kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        )
        raise ValueError(f"{name} is a {shown}, expected a torch.Tensor")


def _check_ids(name: str, ids: Tensor, rank: int, shape: str, vocabulary: int) -> None:
    check_tensor(name, ids)
    if ids.dim() != rank or ids.numel() == 0:
        raise ValueError(f"{name} has shape {tuple(ids.shape)}, expected {shape}, not empty")
    if ids.dtype != torch.int64:
        raise ValueError(f"{name} has dtype {ids.dtype}, expected torch.int64 (token ids)")
    low, high = torch.stack(torch.aminmax(ids)).tolist()
    if low < 0 or high >= vocabulary:
        raise ValueError(
            f"{name} holds the token id {low if low < 0 else high}, "
            f"expected ids from 0 to {vocabulary - 1} (a vocabulary of {vocabulary})"
        )


def _check_batch(name: str, ids: Tensor, batch: int) -> None:
    if ids.shape[0] != batch:
        raise ValueError(
            f"{name} has shape {tuple(ids.shape)}: {ids.shape[0]} sentences, "
            f"expected {batch} like source"
        )
