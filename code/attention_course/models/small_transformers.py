"""Two small models of self-attention and nothing else: one that judges a text, one that writes one.

Both are the same stack of layers. What differs is the mask (all words, or those up to this one) and
what is read off: one answer for the text, or the next symbol at each place.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.models.masks import (
    check_count,
    check_kind,
    check_sizes,
    check_source,
    check_target,
    check_tensor,
)
from attention_course.models.transformer_layers import EncoderLayer, ScaledEmbedding


class Stack(nn.Module):
    """Embedding, positions, and layers of self-attention.

    Args:
        words: how many token ids there are.
        positions: what gives a vector (T, d) to the positions (T,): a `Sinusoidal`, `Learned` or
            `Nowhere` of `models/positions.py`.
        d, heads, d_ff: see `EncoderLayer`.
        layers: how many; with 0 each word stays by itself.

    Raises:
        ValueError: a size out of range, d is no multiple of heads, or positions is no module.
    """

    def __init__(
        self, words: int, positions: nn.Module, *, d: int, heads: int, layers: int, d_ff: int
    ) -> None:
        super().__init__()
        check_sizes(words=words, d=d)
        check_count("layers", layers)
        check_kind("positions", positions, nn.Module)
        self.E, self.positions, self.heads = ScaledEmbedding(words, d), positions, heads
        self.layers = nn.ModuleList(
            EncoderLayer(d, heads, d_ff, dropout=0.0) for _ in range(layers)
        )

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, *, causal: bool = False
    ) -> tuple[Tensor, Tensor]:
        """The vectors of all words after the last layer.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True at real words.
            causal: whether a word looks at those up to itself only.

        Returns:
            (B, T, d), and where all layers and heads looked (B, N, H, T, T); N is 0 in training.

        Raises:
            ValueError: positions gives vectors of another shape than (T, d).
        """
        x = self.E(ids)  # (B, T, d)
        places = self.positions(torch.arange(ids.shape[1], device=ids.device))  # (T, d)
        if places.shape != x.shape[1:]:
            raise ValueError(
                f"positions gives vectors of shape {tuple(places.shape)}, expected "
                f"{tuple(x.shape[1:])}: T words, d = {x.shape[2]}"
            )
        x = x + places.to(x.dtype)
        looks = [x.new_zeros(len(ids), 0, self.heads, *2 * ids.shape[1:])]
        for layer in self.layers:
            x, weights = layer(
                x,
                None if mask is None else mask[:, None, None],
                causal=causal,
                need_weights=not self.training,
            )
            if weights is not None:
                looks.append(weights[:, None])
        return x, torch.cat(looks, dim=1)


class TextClassifier(nn.Module):
    """Every word looks at every word; the answer is read off the most of what any of them found.

    That is, of each of the d numbers the largest over the words. With ``layers=0`` and without
    positions it is a bag of words: the largest over the embeddings, whatever their order.

    Args:
        words, positions, d, heads, layers, d_ff: see `Stack`.
        answers: among how many it chooses.
    """

    def __init__(
        self,
        words: int,
        answers: int,
        positions: nn.Module,
        *,
        d: int = 32,
        heads: int = 2,
        layers: int = 1,
        d_ff: int = 64,
    ) -> None:
        super().__init__()
        check_sizes(answers=answers)
        self.stack = Stack(words, positions, d=d, heads=heads, layers=layers, d_ff=d_ff)
        self.output = nn.Linear(d, answers)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Scores for each answer.

        Args:
            source: (B, S) int64.
            source_mask: (B, S) bool, True at real words.

        Returns:
            Logits (B, answers) and where the words looked (B, N, H, S, S); N is 0 in training.

        Raises:
            ValueError: a wrong shape or dtype, an empty text, a token id out of range.
        """
        check_source(source, source_mask, self.stack.E.num_embeddings)
        x, weights = self.stack(source, source_mask)  # (B, S, d)
        x = x.masked_fill(~source_mask[..., None], -torch.inf)
        return self.output(x.amax(1)), weights


class TextGenerator(nn.Module):
    """Every symbol looks at those up to itself, and says which comes next.

    Args:
        symbols, positions, d, heads, layers, d_ff: see `Stack`.
    """

    def __init__(
        self,
        symbols: int,
        positions: nn.Module,
        *,
        d: int = 64,
        heads: int = 4,
        layers: int = 2,
        d_ff: int = 128,
    ) -> None:
        super().__init__()
        check_sizes(symbols=symbols)
        self.stack = Stack(symbols, positions, d=d, heads=heads, layers=layers, d_ff=d_ff)
        self.output = nn.Linear(d, symbols)

    def forward(self, target: Tensor) -> tuple[Tensor, Tensor]:
        """Scores for what follows each symbol, all places at once.

        Args:
            target: (B, T) int64, from its beginning mark on.

        Returns:
            Logits (B, T, symbols) and where the symbols looked (B, N, H, T, T); N is 0 in training.

        Raises:
            ValueError: target has a wrong shape or dtype, or holds an id out of range.
        """
        check_tensor("target", target)
        check_target(target, len(target), self.stack.E.num_embeddings)
        x, weights = self.stack(target, causal=True)
        return self.output(x), weights

    @torch.no_grad()
    def write(
        self, begin: int, end: int, *, count: int, longest: int, generator: torch.Generator
    ) -> list[list[int]]:
        """Texts that are drawn symbol by symbol, each from the model's own distribution.

        The whole beginning is computed anew for every symbol; chapter 10 keeps what can be kept.

        Args:
            begin, end: the ids that begin and end a text; neither is returned.
            count: how many texts.
            longest: the most symbols of a text, which is cut there.
            generator: the source of all the randomness, on the CPU.

        Raises:
            ValueError: count or longest is below 1, or an id is out of range.
        """
        check_sizes(count=count, longest=longest)
        for name, mark in (("begin", begin), ("end", end)):
            if not isinstance(mark, int) or not 0 <= mark < self.output.out_features:
                last = self.output.out_features - 1
                raise ValueError(f"{name} is {mark!r}, expected an id from 0 to {last}")
        ids = torch.full((count, 1), begin, device=self.output.weight.device)
        ended = torch.zeros(count, dtype=torch.bool)
        for _ in range(longest):
            p = self(ids)[0][:, -1].softmax(-1).cpu()  # (B, symbols)
            drawn = torch.multinomial(p, 1, generator=generator)  # (B, 1)
            ended |= drawn[:, 0] == end
            ids = torch.cat([ids, drawn.to(ids.device)], dim=1)
            if ended.all():
                break
        rows = ids[:, 1:].tolist()
        return [row[: row.index(end)] if end in row else row for row in rows]
