"""A translator whose every probability can be looked up, for tests of the searches.

What it says next depends on the source sentence and on all that it has said so far, at random but
always alike. So nothing can be right by accident: not the state of another beam, not the weights
of another sentence, not a batch's neighbours.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import torch
from attention_course.data.vocabulary import BOS, EOS
from torch import Tensor, nn


@dataclass
class Prefixes:
    """The state: each row's source sentence and what was said of it."""

    sources: list[tuple[int, ...]]
    said: list[tuple[int, ...] | None]  # None before the first token, which must be BOS

    def select(self, rows: Tensor) -> Prefixes:
        return Prefixes(
            [self.sources[r] for r in rows.tolist()], [self.said[r] for r in rows.tolist()]
        )


class Tabulated(nn.Module):
    """Random logits of standard deviation `spread`; `layers` and `heads` of random attention."""

    def __init__(
        self,
        vocabulary: int,
        *,
        seed: int = 0,
        spread: float = 2.0,
        layers: int = 1,
        heads: int = 1,
    ) -> None:
        super().__init__()
        self.vocabulary, self.seed, self.spread = vocabulary, seed, spread
        self.layers, self.heads = layers, heads

    def logits(self, source: tuple[int, ...], said: tuple[int, ...]) -> list[float]:
        draw = random.Random(f"{self.seed} {source} {said}")
        return [draw.gauss(0, self.spread) for _ in range(self.vocabulary)]

    def weights(self, source: tuple[int, ...], said: tuple[int, ...]) -> Tensor:
        draw = random.Random(f"weights {self.seed} {source} {said}")
        drawn = [draw.random() for _ in range(self.layers * self.heads * len(source))]
        table = torch.tensor(drawn).view(self.layers, self.heads, len(source))
        return table / table.sum(-1, keepdim=True)  # (N, H, S)

    def start(self, source: Tensor, source_mask: Tensor) -> Prefixes:
        self.padded = source.shape[1]
        rows = zip(source.tolist(), source_mask.tolist(), strict=True)
        sources = [tuple(x for x, real in zip(*row, strict=True) if real) for row in rows]
        return Prefixes(sources, [None] * len(sources))

    def step(self, token: Tensor, state: Prefixes) -> tuple[Tensor, Tensor, Prefixes]:
        said: list[tuple[int, ...]] = []
        for before, last in zip(state.said, token.tolist(), strict=True):
            assert before is not None or last == BOS, "decoding begins with BOS"
            said.append(() if before is None else (*before, last))
        rows = list(zip(state.sources, said, strict=True))
        weights = torch.zeros(len(rows), self.layers, self.heads, self.padded)
        for row, (source, prefix) in enumerate(rows):
            weights[row, :, :, : len(source)] = self.weights(source, prefix)
        logits = torch.tensor([self.logits(*row) for row in rows])
        return logits, weights, Prefixes(state.sources, list(said))

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        state, logits, weights = self.start(source, source_mask), [], []
        for token in target.unbind(1):
            now, attention, state = self.step(token, state)
            logits.append(now)
            weights.append(attention)
        return torch.stack(logits, 1), torch.stack(weights, 3)

    # --- the same by hand, in plain floats ---

    def log_p(self, source: tuple[int, ...], said: tuple[int, ...]) -> list[float]:
        logits = self.logits(source, said)
        total = math.log(sum(math.exp(x) for x in logits))
        return [x - total for x in logits]

    def log_probability(self, source: tuple[int, ...], tokens: tuple[int, ...]) -> float:
        return sum(self.log_p(source, tokens[:i])[token] for i, token in enumerate(tokens))

    def everything(self, max_length: int) -> Iterator[tuple[int, ...]]:
        """All that can be said: what ends in EOS within max_length tokens, or is cut off there."""
        words = [token for token in range(self.vocabulary) if token != EOS]
        for length in range(max_length):
            for said in product(words, repeat=length):
                yield (*said, EOS)
        yield from product(words, repeat=max_length)


def padded(sentences: list[tuple[int, ...]], width: int | None = None) -> tuple[Tensor, Tensor]:
    """source (B, S) and source_mask (B, S) of sentences of token ids."""
    longest = max(map(len, sentences)) if width is None else width
    source = torch.zeros(len(sentences), longest, dtype=torch.int64)
    mask = torch.zeros(len(sentences), longest, dtype=torch.bool)
    for row, sentence in enumerate(sentences):
        source[row, : len(sentence)] = torch.tensor(sentence)
        mask[row, : len(sentence)] = True
    return source, mask
