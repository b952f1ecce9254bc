"""Effective approaches to attention-based neural machine translation (1508.04025).

Luong, Pham and Manning's model. Chapter 2's decoder asks with the state *before* a word and puts
the context into its unit; this one runs a plain stack of LSTMs first, asks with the state it has
*now*, and joins state and context afterwards: h_t → a_t → c_t → h̃_t. What it asks with is one of
`models.scores`, how far it looks one of `models.windows`.

The paper's letters: h̄_s the states of the encoder's top layer, h_t those of the decoder's, a_t
the weights, c_t the context, h̃_t the attentional hidden state. Steps t and positions s count
from 0. Of the authors' program: no layer has a bias, and the source's end mark is not attended to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attention_course.models.masks import (
    check_choice,
    check_kind,
    check_padding,
    check_share,
    check_sizes,
    check_source,
    check_target,
    check_token,
)
from attention_course.models.recurrent import Initialisation
from attention_course.models.scores import Additive, Concat, make_score
from attention_course.models.windows import Align, Window


@dataclass(frozen=True, eq=False)
class LuongState:
    """What `Luong` keeps between two words."""

    h: Tensor  # the decoder's states h_{t-1}, all layers (N, B, n)
    c: Tensor  # and its cells (N, B, n)
    attentional: Tensor  # h̃_{t-1} (B, n), zero before the first word
    annotations: Tensor  # h̄ (B, W, n), W the positions that may be attended to
    projected: Tensor  # the score's part that does not ask (B, W, k)
    mask: Tensor  # (B, W) bool
    length: int  # S, for the shape of the weights
    t: int = 0  # words written
    position: Tensor | None = None  # p_t of the last word (B,); None for the global window

    def select(self, rows: Tensor) -> LuongState:
        """The state of the sentences ``rows`` (R,) int64, in that order."""
        return LuongState(
            self.h[:, rows],
            self.c[:, rows],
            self.attentional[rows],
            self.annotations[rows],
            self.projected[rows],
            self.mask[rows],
            self.length,
            self.t,
            None if self.position is None else self.position[rows],
        )


class Luong(nn.Module):
    """A stack of LSTMs that reads, a stack that writes, and attention from the top of both.

    Args:
        source_vocabulary, target_vocabulary: the numbers of token ids.
        embedding: the size of the embeddings (paper: 1000).
        hidden: n (paper: 1000).
        layers: of each stack (paper: 4).
        score: a name of `attention_course.models.scores.SCORES`.
        score_options: what else the score's class takes, for example ``{"max_length": 60}``.
        window: "global", "local-m", "local-p", or "last" for none: see
            `attention_course.models.windows.Align`.
        D, renormalise: of the local windows.
        input_feeding: whether h̃_{t-1} enters the first layer beside the embedding of the word.
        dropout: the share of the inputs of every layer that is dropped in training (paper: 0.2).
        reversed_sources: whether the sources come with their words from last to first, as the paper
            has them and ``load(…, reversed_sources=True)`` gives them. Positions, of windows and of
            a location score, are then those of the original order, as in the authors' program;
            "last" is the one read last. Weights are given for the source as it came.
        attend_end: whether the last real token of a source, its end mark, is attended to.
        initialisation: "paper" (default): everything uniform from -0.1 to 0.1. "torch": as torch's
            own layers have it.

    Raises:
        ValueError: a size or D below 1, a dropout that is no share, or an unknown choice; with
            the name of the argument.

    Source: 1508.04025, Sections 3 and 4.1.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        embedding: int = 1000,
        hidden: int = 1000,
        layers: int = 4,
        score: str = "general",
        score_options: Mapping[str, Any] | None = None,
        window: Window = "global",
        D: int = 10,
        renormalise: bool = False,
        input_feeding: bool = True,
        dropout: float = 0.2,
        reversed_sources: bool = False,
        attend_end: bool = False,
        initialisation: Initialisation = "paper",
    ) -> None:
        super().__init__()
        check_sizes(
            source_vocabulary=source_vocabulary,
            target_vocabulary=target_vocabulary,
            embedding=embedding,
            hidden=hidden,
            layers=layers,
        )
        check_share("dropout", dropout)
        self.input_feeding, self.reversed_sources = input_feeding, reversed_sources
        self.turns = reversed_sources and window != "last"
        self.attend_end = attend_end
        # Between the layers torch drops by itself, at the first layer's input `dropout` does.
        stack = {
            "num_layers": layers,
            "bias": False,
            "batch_first": True,
            "dropout": dropout if layers > 1 else 0.0,
        }
        self.dropout = nn.Dropout(dropout)
        self.E_source = nn.Embedding(source_vocabulary, embedding)
        self.encoder = nn.LSTM(embedding, hidden, **stack)
        self.E_target = nn.Embedding(target_vocabulary, embedding)
        fed = hidden if input_feeding else 0
        self.decoder = nn.LSTM(embedding + fed, hidden, **stack)
        self.score = make_score(score, hidden, hidden, **(score_options or {}))
        self.align = Align(hidden, window, D, renormalise)
        self.W_c = nn.Linear(2 * hidden, hidden, bias=False)
        self.W_s = nn.Linear(hidden, target_vocabulary, bias=False)
        self.initialise(initialisation)

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Draws all weights anew: "paper", uniform from -0.1 to 0.1 (Section 4.1), or "torch"."""
        check_choice("initialisation", initialisation, ("paper", "torch"))
        if initialisation == "paper":
            for parameter in self.parameters():
                nn.init.uniform_(parameter, -0.1, 0.1)
        else:
            for module in self.modules():
                if isinstance(module, nn.Embedding | nn.LSTM | nn.Linear | Additive | Concat):
                    module.reset_parameters()

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Teacher forcing: scores for each next word, given the true words before it.

        Args:
            source: (B, S) int64, each row a sentence with its end mark.
            source_mask: (B, S) bool, True at real tokens, all at the beginning.
            target: (B, T) int64, the translation from its beginning-of-sentence token on.

        Returns:
            Logits (B, T, V) and attention weights a (B, 1, 1, T, S).

        Raises:
            ValueError: a wrong shape or dtype, an empty sentence, padding before a word, a token
                id out of range, a sentence longer than a location score can see.
        """
        state = self.start(source, source_mask)
        check_target(target, source.shape[0], self.E_target.num_embeddings)
        logits, weights, _ = self._decode(target, state)
        return logits, weights[:, None, None]

    def start(self, source: Tensor, source_mask: Tensor) -> LuongState:
        """Reads the source (B, S): the state before the first word."""
        check_source(source, source_mask, self.E_source.num_embeddings)
        check_padding(source_mask, shortest=1 if self.attend_end else 2)
        x = self.dropout(self.E_source(source))  # (B, S, m)
        # Packed, so that each sentence ends where its words end.
        lengths = source_mask.sum(1).cpu()
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        packed_states, (h, c) = self.encoder(packed)
        states, _ = pad_packed_sequence(packed_states, batch_first=True)  # (B, longest, n)
        # Without the end mark a sentence has a word wherever another token follows.
        mask = source_mask if self.attend_end else source_mask[:, 1:]
        positions = int(lengths.max()) - (0 if self.attend_end else 1)  # W
        mask, annotations = mask[:, :positions], states[:, :positions]
        if self.turns:
            annotations = _turned(annotations, mask)
        return LuongState(
            h,
            c,
            h.new_zeros(h.shape[1:]),
            annotations,
            self.score.project(annotations),
            mask,
            source.shape[1],
        )

    def step(self, token: Tensor, state: LuongState) -> tuple[Tensor, Tensor, LuongState]:
        """One word further.

        Args:
            token: (B,) int64, the previous word.
            state: from `start` or the last `step`.

        Returns:
            Logits (B, V), weights (B, 1, 1, S), and the next state.
        """
        check_kind("state", state, LuongState)
        check_token(token, state.mask.shape[0], self.E_target.num_embeddings)
        logits, weights, state = self._decode(token[:, None], state)
        return logits[:, 0], weights[:, None], state

    def _decode(self, target: Tensor, state: LuongState) -> tuple[Tensor, Tensor, LuongState]:
        """Runs the decoder over target (B, T) from a state.

        Returns:
            Logits (B, T, V), weights (B, T, S), and the state after the last word.
        """
        h, c, attentional, position = state.h, state.c, state.attentional, state.position
        spoken, weights = [], []
        for t, y in enumerate(self.E_target(target).unbind(1), start=state.t):
            x = torch.cat([y, attentional], dim=-1) if self.input_feeding else y
            top, (h, c) = self.decoder(self.dropout(x)[:, None], (h, c))
            h_t = top.squeeze(1)  # (B, n)
            e = self.score(h_t, state.projected)  # (B, W)
            a_t, position = self.align(h_t, e, state.mask, t)  # (B, W), (B,)
            c_t = (a_t[:, None] @ state.annotations).squeeze(1)  # (B, n)
            attentional = torch.tanh(self.W_c(torch.cat([c_t, h_t], dim=-1)))  # h̃_t (B, n)
            spoken.append(attentional)
            weights.append(a_t)
        logits = self.W_s(torch.stack(spoken, dim=1))
        a = torch.stack(weights, dim=1)  # (B, T, W)
        if self.turns:
            a = _turned(a.mT, state.mask).mT
        a = F.pad(a, (0, state.length - a.shape[-1]))  # zeros at end marks and padding
        after = replace(
            state, h=h, c=c, attentional=attentional, t=state.t + target.shape[1], position=position
        )
        return logits, a, after


def _turned(x: Tensor, mask: Tensor) -> Tensor:
    """x (B, W, k) with the first, real positions of each sentence in opposite order."""
    s = torch.arange(mask.shape[1], device=mask.device)
    from_behind = mask.sum(1, keepdim=True) - 1 - s  # (B, W), negative on padding
    order = torch.where(mask, from_behind, s)
    return x.gather(1, order[..., None].expand_as(x))
