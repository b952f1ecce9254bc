"""Answers to transformer.cache, right ones and such with mistakes."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.models.masks import masked_softmax

Kept = tuple[Tensor, Tensor, Tensor]  # what a word gathers, keys, values
Answer = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, int], Kept]
Divisor = Callable[[int, int, int], float]  # of d, the heads and the words that are kept


def split(y: Tensor, heads: int) -> Tensor:
    """(B, d) → (B, H, 1, d_k)."""
    return y.unflatten(-1, (heads, -1))[:, :, None]


def split_across(y: Tensor, heads: int) -> Tensor:
    """A wrong split: neighbouring numbers go to different heads."""
    return y.unflatten(-1, (-1, heads)).mT[:, :, None]


def behind(old: Tensor, new: Tensor) -> Tensor:
    """The new one behind the old ones."""
    return torch.cat([old, new], dim=2)


def in_front(old: Tensor, new: Tensor) -> Tensor:
    """The new one in front."""
    return torch.cat([new, old], dim=2)


def only(old: Tensor, new: Tensor) -> Tensor:
    """The new one alone."""
    return new


def into(old: Tensor, new: Tensor) -> Tensor:
    """The new one behind the old ones, in the very tensor that the caller holds."""
    old.data = behind(old, new)
    return old


def as_it_is(d: int, heads: int, words: int) -> float:
    """Leaves it as it is."""
    return 1.0


def step_with(
    *,
    of_query: str = "Q",
    of_keys: str = "K",
    of_values: str = "V",
    divide: Divisor = lambda d, heads, words: (d / heads) ** 0.5,
    share: Divisor = as_it_is,
    splits: Callable[[Tensor, int], Tensor] = split,
    extend: Callable[[Tensor, Tensor], Tensor] = behind,
    extend_values: Callable[[Tensor, Tensor], Tensor] | None = None,
    sees: str = "all",
    softmax: int = -1,
    across: bool = False,
    output: bool = True,
    transposed: str = "",
    order: tuple[int, int, int] = (0, 1, 2),
    keeps: bool = True,
) -> Answer:
    """The step, by default without a mistake.

    Args:
        of_query, of_keys, of_values: the letters of the matrices that they are made by.
        divide: what scores are divided by.
        share: what weights are divided by.
        splits: makes heads of a vector.
        extend: puts what is new to what was kept, for keys, and for values as well unless
            extend_values does that.
        sees: "all" words; those "before" alone, in the first step none; the "first" alone.
        softmax: the dimension of the scores (B, H, 1, t) that it goes over.
        across: whether the heads' outputs are joined number by number.
        output: whether there is a W_O.
        transposed: the letters of the matrices that are transposed.
        order: in which the three are returned.
        keeps: whether the keys and values that are returned have the word's own.
    """

    def step(
        x: Tensor,
        keys: Tensor,
        values: Tensor,
        W_Q: Tensor,
        W_K: Tensor,
        W_V: Tensor,
        W_O: Tensor,
        heads: int,
    ) -> Kept:
        letters = zip("QKVO", (W_Q, W_K, W_V, W_O), strict=True)
        W = {letter: M.T if letter in transposed else M for letter, M in letters}
        old = keys, values
        keys = extend(keys, splits(x @ W[of_keys], heads))
        values = (extend_values or extend)(values, splits(x @ W[of_values], heads))

        scores = splits(x @ W[of_query], heads) @ keys.mT  # (B, H, 1, t)
        sizes = x.shape[-1], heads, scores.shape[-1]
        seen = torch.ones(scores.shape[-1], dtype=torch.bool)
        if sees == "before":
            seen[-1] = False
        if sees == "first":
            seen[1:] = False
        weights = masked_softmax(scores / divide(*sizes), seen, dim=softmax) / share(*sizes)
        gathered = (weights @ values)[:, :, 0]  # (B, H, d_k)
        out = (gathered.mT if across else gathered).flatten(1)
        found = (out @ W["O"] if output else out, *((keys, values) if keeps else old))
        return found[order[0]], found[order[1]], found[order[2]]

    return step


step = step_with()


# --- right, written otherwise -----------------------------------------------------------------


def einsum(
    x: Tensor,
    keys: Tensor,
    values: Tensor,
    W_Q: Tensor,
    W_K: Tensor,
    W_V: Tensor,
    W_O: Tensor,
    heads: int,
) -> Kept:
    """Matrices as (d, H, d_k), all products by einsum; keys and values not contiguous."""
    query, key, value = (
        torch.einsum("bd,dhk->bhk", x, W.unflatten(1, (heads, -1))) for W in (W_Q, W_K, W_V)
    )
    keys = torch.cat([keys.permute(2, 0, 1, 3), key[None]]).permute(1, 2, 0, 3)
    values = torch.cat([values.permute(2, 0, 1, 3), value[None]]).permute(1, 2, 0, 3)
    weights = torch.einsum("bhk,bhtk->bht", query, keys).div(query.shape[-1] ** 0.5).softmax(-1)
    gathered = torch.einsum("bht,bhtk->bhk", weights, values)
    return torch.einsum("bhk,hkd->bd", gathered, W_O.unflatten(0, (heads, -1))), keys, values


def torch_attention(
    x: Tensor,
    keys: Tensor,
    values: Tensor,
    W_Q: Tensor,
    W_K: Tensor,
    W_V: Tensor,
    W_O: Tensor,
    heads: int,
) -> Kept:
    """The three products as one, and torch's attention; new tensors of the right size, filled."""
    query, *new = (x @ torch.cat([W_Q, W_K, W_V], dim=1)).chunk(3, dim=-1)
    kept = []
    for old, one in zip((keys, values), new, strict=True):
        larger = old.new_empty(*old.shape[:2], old.shape[2] + 1, old.shape[3])
        larger[:, :, :-1], larger[:, :, -1] = old, one.view(len(x), heads, -1)
        kept.append(larger)
    out = F.scaled_dot_product_attention(query.view(len(x), heads, 1, -1), kept[0], kept[1])
    return out.reshape(x.shape) @ W_O, kept[0], kept[1]


def head_by_head(
    x: Tensor,
    keys: Tensor,
    values: Tensor,
    W_Q: Tensor,
    W_K: Tensor,
    W_V: Tensor,
    W_O: Tensor,
    heads: int,
) -> Kept:
    """One head after the other, in double precision, and the rows of W_O that belong to it."""
    size, out = x.shape[1] // heads, torch.zeros(x.shape, dtype=torch.float64)
    kept: tuple[list[Tensor], list[Tensor]] = ([], [])
    for h in range(heads):
        own = slice(h * size, (h + 1) * size)
        query, key, value = (x.double() @ W[:, own].double() for W in (W_Q, W_K, W_V))
        kept[0].append(torch.cat([keys[:, h].double(), key[:, None]], dim=1))
        kept[1].append(torch.cat([values[:, h].double(), value[:, None]], dim=1))
        weights = (kept[0][h] @ query[..., None] / size**0.5).softmax(1)  # (B, t, 1)
        out += (weights * kept[1][h]).sum(1) @ W_O[own].double()
    return out, torch.stack(kept[0], dim=1), torch.stack(kept[1], dim=1)
