"""What every model does with padding, and the checks of what comes in.

A mask is boolean and True where a position may be looked at (the sense that
``torch.nn.functional.scaled_dot_product_attention`` has, too).
"""

from __future__ import annotations

import math

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
        ValueError: the scores are no floating-point numbers, or the mask is not boolean or does not
            broadcast to them.
    """
    check_tensor("scores", scores)
    check_floating("scores", scores)
    check_tensor("mask", mask)
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
    check_tensor("source_mask", source_mask)
    check_device("source_mask", source_mask, source.device, "source")
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
    check_batch("target", target, batch, "source")


def check_token(token: Tensor, batch: int, vocabulary: int) -> None:
    """Raises ValueError unless ``token`` (B,) fits ``batch`` sentences and the vocabulary."""
    _check_ids("token", token, 1, "(B,)", vocabulary)
    check_batch("token", token, batch, "source")


def check_batch(name: str, given: Tensor, batch: int, like: str) -> None:
    """Raises ValueError unless ``given`` (B, ...) is of ``batch`` sentences, as ``like`` is."""
    if len(given) != batch:
        raise ValueError(
            f"{name} has shape {tuple(given.shape)}: {len(given)} sentences, "
            f"expected {batch} like {like}"
        )


def check_vectors(
    name: str, vectors: Tensor, shape: str, size: int | None, weights: Tensor | None = None
) -> None:
    """Raises ValueError unless ``vectors`` has the rank of ``shape`` and ends in ``size``.

    Args:
        name: what the message calls it.
        shape: in letters, for example ``"(B, S, m)"``.
        size: the last dimension, which the module was made for; None: any.
        weights: those that the vectors meet first, of the same dtype and on the same device; None:
            there are none.
    """
    check_tensor(name, vectors)
    if vectors.dim() != shape.count(",") + 1 or vectors.numel() == 0:
        raise ValueError(f"{name} has shape {tuple(vectors.shape)}, expected {shape}, not empty")
    check_floating(name, vectors)
    if weights is not None:
        check_like(name, vectors, weights, "the weights")
    if size is not None and vectors.shape[-1] != size:
        raise ValueError(
            f"{name} has shape {tuple(vectors.shape)}: {vectors.shape[-1]} numbers each, "
            f"expected {size}"
        )


def check_floating(name: str, numbers: Tensor) -> None:
    """Raises ValueError unless ``numbers`` are of a floating-point dtype."""
    if not numbers.is_floating_point():
        raise ValueError(f"{name} has dtype {numbers.dtype}, expected floating-point numbers")


def check_like(name: str, vectors: Tensor, other: Tensor, like: str) -> None:
    """Raises ValueError unless both are on one device, and of one dtype or under autocast.

    Args:
        name: what the message calls the vectors.
        like: and what it calls the other.
    """
    check_device(name, vectors, other.device, like)
    if vectors.dtype != other.dtype and not torch.is_autocast_enabled(other.device.type):
        raise ValueError(f"{name} has dtype {vectors.dtype}, expected {other.dtype} like {like}")


def check_device(name: str, given: Tensor, device: torch.device, like: str) -> None:
    """Raises ValueError unless ``given`` is on that device; ``like`` what else is there."""
    if given.device != device:
        raise ValueError(f"{name} is on the device {given.device}, expected {device} like {like}")


def check_sizes(**sizes: int) -> None:
    """Raises ValueError that names the first size that is not an integer of at least 1."""
    for name, size in sizes.items():
        _check_integer(name, size, 1)


def check_count(name: str, count: int) -> None:
    """Raises ValueError unless ``count`` is an integer, 0 or more."""
    _check_integer(name, count, 0)


def check_number(name: str, number: float) -> None:
    """Raises ValueError unless ``number`` is one: a string is none, and neither is NaN."""
    if not isinstance(number, int | float) or math.isnan(number):
        raise ValueError(f"{name} is {number!r}, expected a number")


def check_share(name: str, share: float) -> None:
    """Raises ValueError unless ``share`` is a share that leaves something: from 0 to below 1."""
    check_number(name, share)
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
        check_kind(name, given, Tensor)


def check_kind(name: str, given: object, kind: type) -> None:
    """Raises ValueError, with the name of the argument, unless it is of that kind."""
    if not isinstance(given, kind):
        raise ValueError(f"{name} is a {_shown(type(given))}, expected a {_shown(kind)}")


def _shown(kind: type) -> str:
    """The name of a type, with its module where that is not Python's own or the course's."""
    home = kind.__module__
    known = home == "builtins" or home.startswith("attention_course.")
    return kind.__name__ if known else f"{home}.{kind.__name__}"


def _check_integer(name: str, number: int, least: int) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or number < least:
        raise ValueError(f"{name} is {number!r}, expected an integer of at least {least}")


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
