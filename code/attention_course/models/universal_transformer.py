"""Universal Transformers (1807.03819).

Dehghani and others' model: one encoder layer and one decoder layer, each applied again and again.
What changes from step to step is the state alone, and a signal that says which step it is. How many
steps a word gets is fixed, or learnt for each word: see `models.adaptive_computation`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from attention_course.models.adaptive_computation import (
    AdaptiveSteps,
    FixedSteps,
    Halting,
    Ponder,
)
from attention_course.models.masks import (
    check_count,
    check_kind,
    check_sizes,
    check_source,
    check_target,
    check_tensor,
    check_token,
)
from attention_course.models.positions import sinusoids
from attention_course.models.self_attention import Memory
from attention_course.models.transformer_layers import (
    DecoderLayer,
    EncoderLayer,
    Norm,
    ScaledEmbedding,
)


def signal(places: Tensor, step: int) -> Tensor:
    """P^t (Section 2.1): the sinusoids (…, d) of the positions, given, and of the step, added.

    Raises:
        ValueError: places is no tensor, or d is odd.
    """
    check_tensor("places", places)
    number = places.new_full((), step)
    return places + sinusoids(number, places.shape[-1]).to(places.dtype)


class Pondered(NamedTuple):
    """How long the words of source and target were thought about."""

    encoder: Ponder  # (B, S)
    decoder: Ponder  # (B, T)


@dataclass(frozen=True, eq=False)
class UniversalState:
    """What `UniversalTransformer` keeps between two words."""

    source: Memory  # of the encoder's result; the same for every step, as its matrices are
    mask: Tensor  # (B, S) bool
    first: Tensor  # the position of the target's first word (B, 1)
    past: tuple[Memory, ...] | None = None  # of the words written, before each step
    t: int = 0  # words written

    def select(self, rows: Tensor) -> UniversalState:
        """The state of the sentences ``rows`` (R,) int64, in that order."""
        return UniversalState(
            self.source.select(rows),
            self.mask[rows],
            self.first[rows],
            None if self.past is None else tuple(memory.select(rows) for memory in self.past),
            self.t,
        )


class UniversalTransformer(nn.Module):
    """An encoder and a decoder of one layer each, applied up to `steps` times.

    Args:
        source_vocabulary, target_vocabulary: the numbers of token ids.
        d, heads, d_ff, dropout, norm: of the layers, see `Transformer` (paper, translation: 1024,
            16, 4096).
        steps: how often each layer is applied, or may be (paper: 6).
        halting: "fixed" (default), the same number of steps for every word; or one of
            `AdaptiveSteps`.
        threshold, halting_bias: see `AdaptiveSteps`.
        offsets: in training, each sentence's positions begin at a random place from 0 to this, so
            that late positions are known before long sentences are seen.
        tied: whether the target's embedding is the output's matrix.

    Raises:
        ValueError: a size below 1, offsets below 0, d odd or no multiple of heads, a dropout that
            is no share, an unknown choice.

    Source: 1807.03819, Section 2.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        d: int = 512,
        heads: int = 8,
        d_ff: int = 2048,
        steps: int = 6,
        halting: Halting | Literal["fixed"] = "fixed",
        threshold: float = 0.99,
        halting_bias: float = 1.0,
        offsets: int = 0,
        dropout: float = 0.1,
        norm: Norm = "post",
        tied: bool = True,
    ) -> None:
        super().__init__()
        check_sizes(
            source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary, steps=steps
        )
        check_count("offsets", offsets)
        sinusoids(torch.zeros(1), d)  # says now that d has to be even
        self.E_source = ScaledEmbedding(source_vocabulary, d)
        self.E_target = ScaledEmbedding(target_vocabulary, d)
        self.encoder_layer = EncoderLayer(d, heads, d_ff, dropout=dropout, norm=norm)
        self.decoder_layer = DecoderLayer(d, heads, d_ff, dropout=dropout, norm=norm)
        last = nn.LayerNorm if norm == "pre" else nn.Identity
        self.last_of_encoder, self.last_of_decoder = last(d), last(d)
        self.output = nn.Linear(d, target_vocabulary, bias=False)
        if tied:
            self.output.weight = self.E_target.weight
        self.dropout = nn.Dropout(dropout)
        self.heads, self.offsets, self.halting = heads, offsets, halting

        def stepping() -> FixedSteps | AdaptiveSteps:
            if halting == "fixed":
                return FixedSteps(steps)
            return AdaptiveSteps(d, steps, halting, threshold=threshold, bias=halting_bias)

        self.encoder_steps, self.decoder_steps = stepping(), stepping()

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
            need_weights: whether to return attention; None: in evaluation mode only.

        Returns:
            Logits (B, T, V) and where the decoder looked in the source at each step,
            (B, steps, H, T, S), zero for words that have halted; no step where weights are not
            needed.

        Raises:
            ValueError: a wrong shape or dtype, an empty sentence, a token id out of range.
        """
        wanted = not self.training if need_weights is None else need_weights
        logits, cross, _ = self._run(source, source_mask, target, wanted)
        return logits, cross

    def pondered(
        self, source: Tensor, source_mask: Tensor, target: Tensor
    ) -> tuple[Tensor, Pondered]:
        """Logits (B, T, V) and how long each word was thought about; arguments as for `forward`."""
        logits, _, pondered = self._run(source, source_mask, target, need_weights=False)
        return logits, pondered

    def start(self, source: Tensor, source_mask: Tensor) -> UniversalState:
        """Reads the source (B, S): the state before the first word."""
        state, _ = self._encode(source, source_mask)
        return state

    def step(self, token: Tensor, state: UniversalState) -> tuple[Tensor, Tensor, UniversalState]:
        """One word further.

        Args:
            token: (B,) int64, the previous word.
            state: from `start` or the last `step`.

        Returns:
            Logits (B, V), weights (B, steps, H, S), and the next state.
        """
        check_kind("state", state, UniversalState)
        check_token(token, state.mask.shape[0], self.E_target.num_embeddings)
        logits, cross, _, state = self._decode(token[:, None], state, need_weights=True)
        return logits[:, 0], cross[..., 0, :], state

    def _run(
        self, source: Tensor, source_mask: Tensor, target: Tensor, need_weights: bool
    ) -> tuple[Tensor, Tensor, Pondered]:
        state, encoder = self._encode(source, source_mask)
        check_target(target, source.shape[0], self.E_target.num_embeddings)
        logits, cross, decoder, _ = self._decode(target, state, need_weights)
        return logits, cross, Pondered(encoder, decoder)

    def _encode(self, source: Tensor, source_mask: Tensor) -> tuple[UniversalState, Ponder]:
        check_source(source, source_mask, self.E_source.num_embeddings)
        first = torch.zeros_like(source[:, :1])
        if self.training and self.offsets:
            first = torch.randint_like(first, self.offsets + 1)
        positions = first + torch.arange(source.shape[1], device=source.device)  # (B, S)
        words = self.E_source(source)
        places = sinusoids(positions, words.shape[-1]).to(words.dtype)  # (B, S, d)
        mask = source_mask[:, None, None]  # (B, 1, 1, S)

        def step(h: Tensor, n: int, running: Tensor) -> tuple[Tensor, Tensor]:
            into = h + signal(places, n)
            out, _ = self.encoder_layer(into, mask)
            return into, out

        h, ponder = self.encoder_steps(self.dropout(words), step, all_steps=False)
        memory = self.decoder_layer.cross_attention.project(self.last_of_encoder(h))
        return UniversalState(memory, source_mask, first), ponder

    def _decode(
        self, target: Tensor, state: UniversalState, need_weights: bool
    ) -> tuple[Tensor, Tensor, Ponder, UniversalState]:
        """Runs the decoder over target (B, T) from a state.

        Returns:
            Logits (B, T, V), weights (B, steps, H, T, S), and the state after the last word.
        """
        T = target.shape[1]
        positions = state.first + torch.arange(state.t, state.t + T, device=target.device)
        words = self.E_target(target)
        places = sinusoids(positions, words.shape[-1]).to(words.dtype)  # (B, T, d)
        mask = state.mask[:, None, None]  # (B, 1, 1, S)
        memories: list[Memory] = []
        crosses: list[Tensor] = []

        def step(h: Tensor, n: int, running: Tensor) -> tuple[Tensor, Tensor]:
            into = h + signal(places, n)
            past = None if state.past is None else state.past[n - 1]
            out, memory, _, cross = self.decoder_layer(
                into, state.source, mask, past, need_weights=need_weights
            )
            memories.append(memory)
            if cross is not None:
                crosses.append(cross * running[:, None, :, None])
            return into, out

        # A later word may run on where this one has halted: it needs its keys at every step.
        h, ponder = self.decoder_steps(self.dropout(words), step, all_steps=need_weights)
        logits = self.output(self.last_of_decoder(h))
        shape = (target.shape[0], 0, self.heads, T, state.mask.shape[1])
        cross = torch.stack(crosses, dim=1) if crosses else logits.new_zeros(shape)
        return logits, cross, ponder, replace(state, past=tuple(memories), t=state.t + T)
