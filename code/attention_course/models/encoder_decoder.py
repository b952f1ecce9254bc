"""One vector for a sentence: the recurrent encoder–decoder.

This is the model that Bahdanau, Cho and Bengio (1409.0473) call RNNencdec and compare their own
with: an encoder reads the source sentence word by word, its last state is the context c, and a
decoder writes the translation with nothing but c before it. The paper gives it the same decoder
as the model with attention (Appendix A.2.2), only with c_i fixed; so `Encoder` and `Decoder`
stand here and serve both.

Letters of the paper: m embedding size, n hidden size, l maxout size, E embeddings, h states of
the encoder, s states of the decoder, y words of the translation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

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
from attention_course.models.recurrent import (
    Cell,
    Initialisation,
    gated_unit,
    initialise,
    maxout,
    run,
)

Readout = Literal["previous", "current"]


class Encoder(nn.Module):
    """Reads a sentence with a gated unit, forwards or both ways (Appendix A.2.1).

    →h_i = unit(E x_i, →h_{i-1}), →h_0 = 0, and ←h_i likewise from the last word to the first,
    with weights of its own; the two directions share the embedding E.

    Args:
        vocabulary: K_x, the number of source token ids.
        embedding: m.
        hidden: n, the size of the state of each direction.
        bidirectional: whether the sentence is read backwards too.
        cell: "paper" or "torch", see `attention_course.models.recurrent`.
    """

    def __init__(
        self, vocabulary: int, *, embedding: int, hidden: int, bidirectional: bool, cell: Cell
    ) -> None:
        super().__init__()
        check_sizes(source_vocabulary=vocabulary, embedding=embedding)
        self.directions = 2 if bidirectional else 1
        self.E = nn.Embedding(vocabulary, embedding)
        # Both directions run in one loop, as two copies of the unit side by side.
        self.unit = gated_unit(cell, embedding, hidden, copies=self.directions)

    def forward(self, source: Tensor, source_mask: Tensor) -> Tensor:
        """The states for each word.

        Args:
            source: (B, S) int64.
            source_mask: (B, S) bool, True at real words.

        Returns:
            (B, S, n) or, read both ways, (B, S, 2n): [→h_j; ←h_j]. Since padding passes the
            state on, the last column holds the forward states at the last real words, and the
            first column the backward states at the first.
        """
        words, real = self._in_reading_order(source), self._in_reading_order(source_mask)
        e = self.E(words)  # (directions, S, B, m)
        drive = self.unit.drive(e.flatten(1, 2)).unflatten(1, e.shape[1:3])  # (…, S, B, 3n)
        h_0 = drive.new_zeros(self.directions, source.shape[0], self.unit.hidden)
        states = run(self.unit, drive.unbind(1), real[..., None].unbind(1), h_0)
        forward, *backward = torch.stack(states, dim=2).unbind(0)  # (B, S, n) each
        return torch.cat([forward, *(h.flip(1) for h in backward)], dim=-1)

    def _in_reading_order(self, x: Tensor) -> Tensor:
        """(B, S) to (directions, S, B): as it stands and, read both ways, from its end."""
        return torch.stack([x.T, x.T.flip(0)][: self.directions])


class Decoder(nn.Module):
    """The parts of the decoder that do not ask where the context comes from (Appendix A.2.2).

    Args:
        vocabulary: K_y, the number of target token ids.
        embedding: m.
        hidden: n, the size of the state.
        context: the size of c_i.
        maxout: l.
        cell: "paper" or "torch".
        readout: which state the word y_i is read from. "previous" (default): s_{i-1}, as in the
            appendix and in the authors' program. "current": s_i, as equation (4) is often read.
    """

    def __init__(
        self,
        vocabulary: int,
        *,
        embedding: int,
        hidden: int,
        context: int,
        maxout: int,
        cell: Cell,
        readout: Readout,
    ) -> None:
        super().__init__()
        check_sizes(target_vocabulary=vocabulary, embedding=embedding, maxout=maxout)
        check_choice("readout", readout, ("previous", "current"))
        self.readout = readout
        self.E = nn.Embedding(vocabulary, embedding)
        self.unit = gated_unit(cell, embedding, hidden)  # W_z, W_r, W and U_z, U_r, U
        self.C = nn.Linear(context, 3 * hidden, bias=False)  # C_z, C_r, C
        self.W_s = nn.Linear(hidden, hidden)
        self.U_o = nn.Linear(hidden, 2 * maxout)
        self.V_o = nn.Linear(embedding, 2 * maxout, bias=False)
        self.C_o = nn.Linear(context, 2 * maxout, bias=False)
        self.W_o = nn.Linear(maxout, vocabulary)

    def initial_state(self, h: Tensor) -> Tensor:
        """s_0 = tanh(W_s h), (B, n), from a state of the encoder (B, n)."""
        return torch.tanh(self.W_s(h))

    def logits(self, states: list[Tensor], y: Tensor, c: Tensor) -> Tensor:
        """The deep output with one maxout layer, for all positions in one go.

        t̃_i = U_o s_{i-1} + V_o E y_{i-1} + C_o c_i,  t_i = maxout(t̃_i),  p(y_i) ∝ exp(W_o t_i)

        Args:
            states: T+1 tensors (B, n), s_0 … s_T.
            y: (B, T, m), the embedded previous words E y_0 … E y_{T-1}.
            c: (B, T, context) or, the same for all positions, (B, 1, context).

        Returns:
            (B, T, K_y).
        """
        read = states[:-1] if self.readout == "previous" else states[1:]
        s = torch.stack(read, dim=1)  # (B, T, n)
        t = self.U_o(s) + self.V_o(y) + self.C_o(c)  # t̃ (B, T, 2l)
        return self.W_o(maxout(t))


@dataclass(frozen=True, eq=False)
class FixedContextState:
    """What `EncoderDecoder` keeps between two words."""

    s: Tensor  # s_{i-1} (B, n)
    c: Tensor  # the sentence (B, context)
    length: int  # S, for the shape of the weights

    def select(self, rows: Tensor) -> FixedContextState:
        """The state of the sentences ``rows`` (R,) int64, in that order."""
        return FixedContextState(self.s[rows], self.c[rows], self.length)


class EncoderDecoder(nn.Module):
    """RNNencdec: the whole source sentence in one vector.

    Args:
        source_vocabulary: K_x, the number of source token ids.
        target_vocabulary: K_y, the number of target token ids.
        embedding: m (paper: 620).
        hidden: n (paper: 1000).
        maxout: l; None (default): half of ``hidden``, as in the paper (500).
        bidirectional: False (default): c = →h_S, the forward encoder's last state, and
            s_0 = tanh(W_s c). True: c = [→h_S; ←h_1], the end states of both directions, and
            s_0 = tanh(W_s ←h_1); a fairer rival for a model that reads both ways.
        cell: "paper" (default) or "torch", the unit of torch.nn.GRU.
        readout: "previous" (default) or "current", see `Decoder`.
        initialisation: "paper" (default) or "torch", see `attention_course.models.recurrent`.

    Raises:
        ValueError: a size below 1 or an unknown choice; with the name of the argument.

    Source: 1409.0473, Section 2.1 and Appendix A ("if we fix c_i to →h_S"); Cho et al. 1406.1078.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        embedding: int = 620,
        hidden: int = 1000,
        maxout: int | None = None,
        bidirectional: bool = False,
        cell: Cell = "paper",
        readout: Readout = "previous",
        initialisation: Initialisation = "paper",
    ) -> None:
        super().__init__()
        self.encoder = Encoder(
            source_vocabulary,
            embedding=embedding,
            hidden=hidden,
            bidirectional=bidirectional,
            cell=cell,
        )
        self.decoder = Decoder(
            target_vocabulary,
            embedding=embedding,
            hidden=hidden,
            context=2 * hidden if bidirectional else hidden,
            maxout=hidden // 2 if maxout is None else maxout,
            cell=cell,
            readout=readout,
        )
        self.initialise(initialisation)

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Draws all weights anew, as `attention_course.models.recurrent.initialise` describes."""
        initialise(self, initialisation)

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Teacher forcing: scores for each next word, given the true words before it.

        Args:
            source: (B, S) int64.
            source_mask: (B, S) bool, True at real words.
            target: (B, T) int64, the translation from its beginning-of-sentence token on.

        Returns:
            Logits (B, T, K_y), and attention weights (B, 0, 1, T, S): this model has none.

        Raises:
            ValueError: a wrong shape or dtype, an empty sentence, a token id out of range.
        """
        state = self.start(source, source_mask)
        check_target(target, source.shape[0], self.decoder.E.num_embeddings)
        logits, _ = self._decode(target, state)
        return logits, logits.new_zeros(source.shape[0], 0, 1, target.shape[1], source.shape[1])

    def start(self, source: Tensor, source_mask: Tensor) -> FixedContextState:
        """Reads the source (B, S): the state before the first word."""
        check_source(source, source_mask, self.encoder.E.num_embeddings)
        h = self.encoder(source, source_mask)  # (B, S, n · directions)
        n = h.shape[-1] // self.encoder.directions
        c = torch.cat([h[:, -1, :n], h[:, 0, n:]], dim=-1)  # [→h_S; ←h_1], or →h_S alone
        return FixedContextState(self.decoder.initial_state(c[:, -n:]), c, source.shape[1])

    def step(
        self, token: Tensor, state: FixedContextState
    ) -> tuple[Tensor, Tensor, FixedContextState]:
        """One word further.

        Args:
            token: (B,) int64, the previous word y_{i-1}.
            state: from `start` or the last `step`.

        Returns:
            Logits (B, K_y), weights (B, 0, 1, S), and the next state.
        """
        check_kind("state", state, FixedContextState)
        check_token(token, state.s.shape[0], self.decoder.E.num_embeddings)
        logits, state = self._decode(token[:, None], state)
        return logits[:, 0], logits.new_zeros(token.shape[0], 0, 1, state.length), state

    def _decode(self, target: Tensor, state: FixedContextState) -> tuple[Tensor, FixedContextState]:
        """Runs the decoder over target (B, T) from a state; logits (B, T, K_y), the new state."""
        decoder, c = self.decoder, state.c[:, None]  # (B, 1, context)
        y = decoder.E(target)  # (B, T, m)
        drive = decoder.unit.drive(y) + decoder.C(c)  # (B, T, 3n): c enters the gates, too
        states = [state.s]
        for drive_i in drive.unbind(1):
            states.append(decoder.unit(drive_i, states[-1]))  # s_i (B, n)
        return decoder.logits(states, y, c), replace(state, s=states[-1])
