"""Attention is all you need (1706.03762).

Vaswani and others' model: an encoder that looks at its own words in layers, a decoder that looks at
the words written so far and at the encoder's, and nothing else but a small network for each word.
No state is carried from word to word, so that all words of a target are trained at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

import torch
from torch import Tensor, nn

from attention_course.models.masks import (
    check_choice,
    check_kind,
    check_sizes,
    check_source,
    check_target,
    check_token,
)
from attention_course.models.positions import Learned, Nowhere, Sinusoidal
from attention_course.models.self_attention import Memory
from attention_course.models.transformer_layers import (
    DecoderLayer,
    EncoderLayer,
    Norm,
    ScaledEmbedding,
)

Positions = Literal["sinusoidal", "learned", "none"]
Tied = Literal["all", "target", "none"]


class Looks(NamedTuple):
    """Where all layers and heads look; the rows of a map ask, its columns are asked."""

    encoder: Tensor  # source to source (B, N, H, S, S)
    decoder: Tensor  # target to target (B, N, H, T, T)
    cross: Tensor  # target to source (B, N, H, T, S)


@dataclass(frozen=True, eq=False)
class TransformerState:
    """What `Transformer` keeps between two words: keys and values, so that none is made twice."""

    source: tuple[Memory, ...]  # of the encoder's last layer, for each layer of the decoder
    mask: Tensor  # (B, S) bool
    past: tuple[Memory, ...] | None = None  # of the words written, for each layer
    t: int = 0  # words written

    def select(self, rows: Tensor) -> TransformerState:
        """The state of the sentences ``rows`` (R,) int64, in that order."""
        return TransformerState(
            tuple(memory.select(rows) for memory in self.source),
            self.mask[rows],
            None if self.past is None else tuple(memory.select(rows) for memory in self.past),
            self.t,
        )


class Transformer(nn.Module):
    """An encoder and a decoder of attention layers.

    Args:
        source_vocabulary, target_vocabulary: the numbers of token ids.
        d: the size of a word's vector, d_model (paper: 512).
        heads: of each attention (paper: 8).
        layers: of encoder and decoder each (paper: 6).
        d_ff: the size of the feed-forward networks' layer (paper: 2048).
        dropout: of the sums of embedding and position and of every sub-layer's output (paper: 0.1).
        norm: "post" (default, the paper), or "pre": the normalisation comes before each sub-layer,
            and once more at the end of each half.
        positions: "sinusoidal" (default), "learned" (for up to max_length words), or "none".
        max_length: the most words that learned positions hold.
        tied: which matrices are one. "all" (default): both embeddings and the output, as in the
            paper, where both languages share a vocabulary. "target": the target's embedding and
            the output. "none".

    Raises:
        ValueError: a size below 1, d no multiple of heads, a dropout that is no share, an unknown
            choice, or tied="all" with two vocabularies of different size.

    Source: 1706.03762, Section 3.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        d: int = 512,
        heads: int = 8,
        layers: int = 6,
        d_ff: int = 2048,
        dropout: float = 0.1,
        norm: Norm = "post",
        positions: Positions = "sinusoidal",
        max_length: int = 512,
        tied: Tied = "all",
    ) -> None:
        super().__init__()
        check_sizes(
            source_vocabulary=source_vocabulary,
            target_vocabulary=target_vocabulary,
            layers=layers,
        )
        check_choice("positions", positions, ("sinusoidal", "learned", "none"))
        check_choice("tied", tied, ("all", "target", "none"))
        if tied == "all" and source_vocabulary != target_vocabulary:
            raise ValueError(
                f"tied is 'all' with {source_vocabulary} source and {target_vocabulary} target "
                "words, expected one vocabulary for both: use tied='target' for two"
            )
        self.encoder = nn.ModuleList(
            EncoderLayer(d, heads, d_ff, dropout=dropout, norm=norm) for _ in range(layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(d, heads, d_ff, dropout=dropout, norm=norm) for _ in range(layers)
        )
        self.E_target = ScaledEmbedding(target_vocabulary, d)
        self.E_source = self.E_target if tied == "all" else ScaledEmbedding(source_vocabulary, d)
        self.output = nn.Linear(d, target_vocabulary, bias=False)
        if tied != "none":
            self.output.weight = self.E_target.weight
        # In the pre-norm order nothing else would normalise what the last layer adds.
        last = nn.LayerNorm if norm == "pre" else nn.Identity
        self.last_of_encoder, self.last_of_decoder = last(d), last(d)
        self.positions = {
            "sinusoidal": lambda: Sinusoidal(d),
            "learned": lambda: Learned(d, max_length),
            "none": lambda: Nowhere(d),
        }[positions]()
        self.dropout = nn.Dropout(dropout)
        self.heads = heads

    def forward(
        self,
        source: Tensor,
        source_mask: Tensor,
        target: Tensor,
        *,
        need_weights: bool | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: scores for each next word, given the true words before it.

        Args:
            source: (B, S) int64.
            source_mask: (B, S) bool, True at real tokens.
            target: (B, T) int64, the translation from its beginning-of-sentence token on.
            need_weights: whether to return attention; None: in evaluation mode only, since
                training is faster and smaller without.

        Returns:
            Logits (B, T, V) and where the decoder looked in the source, (B, N, H, T, S); N is 0
            where weights are not needed.

        Raises:
            ValueError: a wrong shape or dtype, an empty sentence, a token id out of range, a
                sentence longer than learned positions hold.
        """
        wanted = not self.training if need_weights is None else need_weights
        state = self.start(source, source_mask)
        check_target(target, source.shape[0], self.E_target.num_embeddings)
        logits, _, _, cross = self._decode(target, state, wanted)
        return logits, cross

    def start(self, source: Tensor, source_mask: Tensor) -> TransformerState:
        """Reads the source (B, S): the state before the first word."""
        x, _ = self._encode(source, source_mask)
        return self._beginning(x, source_mask)

    def step(
        self, token: Tensor, state: TransformerState
    ) -> tuple[Tensor, Tensor, TransformerState]:
        """One word further.

        Args:
            token: (B,) int64, the previous word.
            state: from `start` or the last `step`.

        Returns:
            Logits (B, V), weights (B, N, H, S), and the next state.
        """
        check_kind("state", state, TransformerState)
        check_token(token, state.mask.shape[0], self.E_target.num_embeddings)
        logits, state, _, cross = self._decode(token[:, None], state, need_weights=True)
        return logits[:, 0], cross[..., 0, :], state

    def looks(self, source: Tensor, source_mask: Tensor, target: Tensor) -> Looks:
        """All attention of a sentence and its translation, arguments as for `forward`."""
        x, own = self._encode(source, source_mask, need_weights=True)
        check_target(target, source.shape[0], self.E_target.num_embeddings)
        state = self._beginning(x, source_mask)
        _, _, decoder, cross = self._decode(target, state, need_weights=True)
        return Looks(own, decoder, cross)

    def _encode(
        self, source: Tensor, source_mask: Tensor, need_weights: bool = False
    ) -> tuple[Tensor, Tensor]:
        """The vectors (B, S, d) of the last layer, and all weights (B, N, H, S, S)."""
        check_source(source, source_mask, self.E_source.num_embeddings)
        x = self.embed(self.E_source, source)
        weights = []
        for layer in self.encoder:
            x, own = layer(x, source_mask[:, None, None], need_weights=need_weights)
            weights.append(own)
        return self.last_of_encoder(x), self._stacked(weights, x, source)

    def _beginning(self, x: Tensor, source_mask: Tensor) -> TransformerState:
        """The state before the first word, from the encoder's vectors (B, S, d)."""
        layers = cast("list[DecoderLayer]", self.decoder)
        memories = tuple(layer.cross_attention.project(x) for layer in layers)
        return TransformerState(memories, source_mask)

    def _decode(
        self, target: Tensor, state: TransformerState, need_weights: bool
    ) -> tuple[Tensor, TransformerState, Tensor, Tensor]:
        """Runs the decoder over target (B, T) from a state.

        Returns:
            Logits (B, T, V), the state after the last word, and the weights to the target
            (B, N, H, T, T) and to the source (B, N, H, T, S).
        """
        x = self.embed(self.E_target, target, state.t)
        mask = state.mask[:, None, None]  # (B, 1, 1, S)
        pasts = state.past or (None,) * len(self.decoder)
        words, owns, crosses = [], [], []
        for layer, source, past in zip(self.decoder, state.source, pasts, strict=True):
            x, memory, own, cross = layer(x, source, mask, past, need_weights=need_weights)
            words.append(memory)
            owns.append(own)
            crosses.append(cross)
        after = TransformerState(state.source, state.mask, tuple(words), state.t + target.shape[1])
        logits = self.output(self.last_of_decoder(x))
        return logits, after, self._stacked(owns, x, target), self._stacked(crosses, x, state.mask)

    def embed(self, E: ScaledEmbedding, ids: Tensor, start: int = 0) -> Tensor:
        """Dropout(E[ids] · √d + PE) (B, T, d) of ids (B, T); the first has the position `start`."""
        places = torch.arange(start, start + ids.shape[1], device=ids.device)
        words = E(ids)
        x: Tensor = self.dropout(words + self.positions(places).to(words.dtype))
        return x

    def _stacked(self, weights: list[Tensor | None], asking: Tensor, asked: Tensor) -> Tensor:
        """Weights of all layers (B, N, H, T, S); N = 0 where there are none."""
        kept = [w for w in weights if w is not None]
        if kept:
            return torch.stack(kept, dim=1)
        return asking.new_zeros(asking.shape[0], 0, self.heads, asking.shape[1], asked.shape[1])
