"""Neural image caption generation with visual attention (1502.03044).

Xu et al.'s Show, Attend and Tell. Chapter 2's idea over a picture: a convolutional network gives an
annotation vector for each location of a grid, and an LSTM that writes the caption chooses for every
word where to look. It looks softly, at a weighted mean of all locations, or hard, at one location
that is drawn by chance.

The paper's letters: a_i annotations, L locations, D their size; y words, E embeddings,
m their size; h, c the LSTM's state and memory, n their size; ẑ the context, α the weights, β the
gate. t counts words, i locations, row by row from the top left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.bahdanau import AdditiveAttention
from attention_course.models.masks import (
    check_choice,
    check_kind,
    check_sizes,
    check_target,
    check_token,
)
from attention_course.models.pictures import PictureEncoder, check_pictures, grid_of
from attention_course.models.recurrent import initialise

Attention = Literal["soft", "hard", "mean"]
Output = Literal["paper", "tanh"]
Look = Literal["likeliest", "drawn"]
Initialisation = Literal["paper", "torch", "heard"]


@dataclass(frozen=True, eq=False)
class CaptionState:
    """What `ShowAttendTell` keeps between two words."""

    h: Tensor  # h_{t-1} (B, n)
    c: Tensor  # c_{t-1} (B, n)
    annotations: Tensor  # a (B, L, D)
    keys: Tensor  # the annotations' part of f_att (B, L, n')
    mask: Tensor  # (B, L) bool

    def select(self, rows: Tensor) -> CaptionState:
        """The state of the pictures ``rows`` (R,) int64, in that order."""
        return CaptionState(
            self.h[rows], self.c[rows], self.annotations[rows], self.keys[rows], self.mask[rows]
        )


class ShowAttendTell(nn.Module):
    """A picture in, its caption out, looking anew for every word.

    ẑ_t = β_t φ(a, α_t), where φ is the mean of the annotations weighted with α_t ("soft"), the one
    annotation a_s with s drawn from α_t ("hard"), or the plain mean ("mean").

    Args:
        vocabulary: K, the number of token ids.
        embedding: m (the authors' program: 512).
        hidden: n (1800).
        annotation: D (512).
        alignment: n', the size of the layer in f_att; None (default): like ``annotation``, as in
            the authors' program.
        picture: height and width of the pictures in pixels, both multiples of 8.
        attention: "soft" (default), "hard", or "mean": no attention, the control; its weights are
            1/L everywhere and it has no f_att.
        gate: True (default): the scalar β_t = σ(f_β(h_{t-1})). False: β_t = 1.
        output: "paper" (default): p(y_t) ∝ exp(L_o(E y_{t-1} + L_h h_t + L_z ẑ_t)). "tanh": a tanh
            before L_o, as in the authors' program.
        coordinates: True (default): the encoder sees row and column, see `PictureEncoder`. The
            paper's does not.
        look: where "hard" looks once training is over (in evaluation mode). "likeliest" (default):
            at the location with the largest weight. "drawn": at one drawn from α, as in training.
        initialisation: "paper" (default): as the authors' program, square matrices orthogonal, all
            others N(0, 0.01²), biases 0. "torch": torch's defaults. "heard": torch's, but T_z and
            L_z three times as large and β ≈ 0.88 at first. A network that is learnt from scratch
            has quiet annotations; so they are heard from the beginning, or else the model learns to
            do without them. The encoder is always drawn as He et al. do.

    Raises:
        ValueError: a size below 1 or an unknown choice; with the name of the argument.

    Source: 1502.03044; the authors' program, arctic-captions.
    """

    def __init__(
        self,
        vocabulary: int,
        *,
        embedding: int = 512,
        hidden: int = 1800,
        annotation: int = 512,
        alignment: int | None = None,
        picture: tuple[int, int] = (32, 32),
        attention: Attention = "soft",
        gate: bool = True,
        output: Output = "paper",
        coordinates: bool = True,
        look: Look = "likeliest",
        initialisation: Initialisation = "paper",
    ) -> None:
        super().__init__()
        check_sizes(vocabulary=vocabulary, embedding=embedding, hidden=hidden)
        check_choice("attention", attention, ("soft", "hard", "mean"))
        check_choice("output", output, ("paper", "tanh"))
        check_choice("look", look, ("likeliest", "drawn"))
        self.picture, self.grid = picture, grid_of(picture)
        self.kind, self.output, self.look = attention, output, look
        D, m, n = annotation, embedding, hidden
        self.encoder = PictureEncoder(D, coordinates, self.grid)
        self.f_init_h = nn.Linear(D, n)
        self.f_init_c = nn.Linear(D, n)
        if attention != "mean":
            self.f_att = AdditiveAttention(n, D, D if alignment is None else alignment)
        self.f_beta = nn.Linear(n, 1) if gate else None
        self.E = nn.Embedding(vocabulary, m)
        # T_{D+m+n,4n}, in the parts that meet E y_{t-1}, h_{t-1} and ẑ_t; gates i, f, o, g
        self.T_y = nn.Linear(m, 4 * n)
        self.T_h = nn.Linear(n, 4 * n, bias=False)
        self.T_z = nn.Linear(D, 4 * n, bias=False)
        self.L_h = nn.Linear(n, m, bias=False)
        self.L_z = nn.Linear(D, m, bias=False)
        self.L_o = nn.Linear(m, vocabulary)
        self.initialise(initialisation)

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Draws all weights but the encoder's anew, see the class."""
        check_choice("initialisation", initialisation, ("paper", "torch", "heard"))
        initialise(self, "paper" if initialisation == "paper" else "torch")
        if initialisation != "paper":
            if self.kind != "mean":
                self.f_att.initialise("torch")
            if initialisation == "heard":
                for matrix in (self.T_z.weight, self.L_z.weight):
                    matrix.detach().mul_(3)
                if self.f_beta is not None:
                    nn.init.constant_(self.f_beta.bias, 2)
            return
        gates = (self.T_y, self.T_h)  # four matrices each, one for each gate
        others = [x for x in self.modules() if isinstance(x, nn.Linear) and x not in gates]
        matrices = [x.weight for x in others] + [
            w for x in gates for w in x.weight.detach().chunk(4)
        ]
        for matrix in matrices:
            if matrix.shape[0] == matrix.shape[1]:
                nn.init.orthogonal_(matrix)
        if self.kind != "mean":
            nn.init.normal_(self.f_att.v_a, std=0.01)

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Teacher forcing: scores for each next word, given the true words before it.

        Args:
            source: pictures (B, 3, Y, X), floating-point.
            source_mask: (B, L) bool, True where one may look: everywhere, in whole pictures.
            target: (B, T) int64, the caption from its beginning-of-sentence token on.

        Returns:
            Logits (B, T, K) and attention weights α (B, 1, 1, T, L).

        Raises:
            ValueError: a wrong shape or dtype, a picture of another size or with nothing to look
                at, a token id out of range.
        """
        logits, weights, _ = self.looking(source, source_mask, target)
        return logits, weights[:, None, None]

    def looking(
        self, source: Tensor, source_mask: Tensor, target: Tensor, soft: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """As `forward`, and tells where it looked: for learning from the draws of "hard".

        Args:
            soft: (B,) bool, the pictures where "hard" takes the expectation over its draws, as
                "soft" does; None (default): none of them.

        Returns:
            Logits (B, T, K), weights α (B, T, L), and the weights that made the context (B, T, L):
            for "hard" 1 at the location that was looked at and 0 elsewhere, else α again.
        """
        state = self.start(source, source_mask)
        check_target(target, source.shape[0], self.E.num_embeddings)
        logits, weights, looks, _ = self._decode(target, state, soft)
        return logits, weights, looks

    def start(self, source: Tensor, source_mask: Tensor) -> CaptionState:
        """Sees the pictures (B, 3, Y, X): the state before the first word."""
        check_pictures(source, source_mask, self.picture, self.f_init_h.weight)
        a = self.encoder(source)  # (B, L, D)
        mean = (_evenly(source_mask, a.dtype)[:, None] @ a).squeeze(1)  # ā (B, D)
        h_0, c_0 = torch.tanh(self.f_init_h(mean)), torch.tanh(self.f_init_c(mean))
        keys = a if self.kind == "mean" else self.f_att.project(a)
        return CaptionState(h_0, c_0, a, keys, source_mask)

    def step(self, token: Tensor, state: CaptionState) -> tuple[Tensor, Tensor, CaptionState]:
        """One word further.

        Args:
            token: (B,) int64, the previous word y_{t-1}.
            state: from `start` or the last `step`.

        Returns:
            Logits (B, K), weights (B, 1, 1, L), and the next state.
        """
        check_kind("state", state, CaptionState)
        check_token(token, state.h.shape[0], self.E.num_embeddings)
        logits, weights, _, state = self._decode(token[:, None], state)
        return logits[:, 0], weights[:, None], state

    def _decode(
        self, target: Tensor, state: CaptionState, soft: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, CaptionState]:
        """Runs the decoder over target (B, T) from a state; see `looking`."""
        h, c, a = state.h, state.c, state.annotations
        y = self.E(target)  # E y_{t-1} (B, T, m)
        states, contexts, weights, looks = [], [], [], []
        for drive in self.T_y(y).unbind(1):  # (B, 4n)
            if self.kind == "mean":
                alpha = _evenly(state.mask, a.dtype)
            else:
                alpha = self.f_att(h, state.keys, state.mask)  # α_t, from h_{t-1} (B, L)
            look = self._look(alpha, soft) if self.kind == "hard" else alpha
            z = (look[:, None] @ a).squeeze(1)  # φ(a, α_t) (B, D)
            if self.f_beta is not None:
                z = torch.sigmoid(self.f_beta(h)) * z  # ẑ_t = β_t φ, β_t (B, 1)
            i, f, o, g = (drive + self.T_h(h) + self.T_z(z)).chunk(4, dim=-1)  # (B, n) each
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)  # c_t
            h = torch.sigmoid(o) * torch.tanh(c)  # h_t
            states.append(h)
            contexts.append(z)
            weights.append(alpha)
            looks.append(look)
        deep = y + self.L_h(torch.stack(states, 1)) + self.L_z(torch.stack(contexts, 1))
        logits = self.L_o(torch.tanh(deep) if self.output == "tanh" else deep)
        return logits, torch.stack(weights, 1), torch.stack(looks, 1), replace(state, h=h, c=c)

    def _look(self, alpha: Tensor, soft: Tensor | None) -> Tensor:
        """Where "hard" looks: s̃_t as a row with a single 1, or α_t itself where ``soft``."""
        if self.training or self.look == "drawn":
            s = torch.multinomial(alpha.detach(), 1).squeeze(1)  # (B,)
        else:
            s = alpha.argmax(-1)
        look = F.one_hot(s, alpha.shape[-1]).to(alpha)
        return look if soft is None else torch.where(soft[:, None], alpha, look)


def _evenly(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """The same weight for each location that may be looked at: (B, L) bool to (B, L)."""
    return mask.to(dtype) / mask.sum(1, keepdim=True)
