"""Neural machine translation by jointly learning to align and translate (1409.0473).

Bahdanau, Cho and Bengio's RNNsearch. The decoder of the chapter before had to live on one vector;
this one looks, for every word that it writes, over the states of all source words again, and
learns where to look.

The paper's order and letters: the encoder's annotations h_j (Section 3.2), the alignment model
(A.1.2), the decoder (A.2.2). i counts target words, j source words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from attention_course.models.encoder_decoder import Decoder, Encoder, Readout
from attention_course.models.masks import (
    check_batch,
    check_kind,
    check_sizes,
    check_source,
    check_target,
    check_token,
    check_vectors,
    masked_softmax,
)
from attention_course.models.recurrent import Cell, Initialisation, initialise


class AdditiveAttention(nn.Module):
    """The alignment model: how well does the source around j match the target at i?

    e_ij = v_aᵀ tanh(W_a s_{i-1} + U_a h_j),  α_ij = softmax over j of e_ij

    Args:
        query_size: the size of s_{i-1} (paper: n).
        key_size: the size of h_j (paper: 2n).
        alignment: n', the size of the layer between.

    Raises:
        ValueError: a size below 1.

    Source: 1409.0473, equation (6) and Appendix A.1.2.
    """

    def __init__(self, query_size: int, key_size: int, alignment: int) -> None:
        super().__init__()
        check_sizes(query_size=query_size, key_size=key_size, alignment=alignment)
        self.W_a = nn.Linear(query_size, alignment, bias=False)
        self.U_a = nn.Linear(key_size, alignment, bias=False)
        self.v_a = nn.Parameter(torch.empty(alignment))
        self.initialise()

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Draws the weights anew.

        "paper" (Appendix B.1): W_a, U_a ~ N(0, 0.001²) and v_a = 0, so that the first look is
        spread evenly over the sentence. "torch": as torch.nn.Linear has it.
        """
        initialise(self, initialisation)
        if initialisation == "paper":
            nn.init.normal_(self.W_a.weight, std=0.001)
            nn.init.normal_(self.U_a.weight, std=0.001)
            nn.init.zeros_(self.v_a)
        else:
            bound = self.v_a.shape[0] ** -0.5
            nn.init.uniform_(self.v_a, -bound, bound)

    def project(self, annotations: Tensor) -> Tensor:
        """U_a h_j, (B, S, key_size) to keys (B, S, n'): once a sentence, since i is not in it.

        Raises:
            ValueError: the annotations have a wrong shape or dtype.
        """
        weights = self.U_a.weight
        check_vectors("annotations", annotations, "(B, S, key_size)", weights.shape[1], weights)
        keys: Tensor = self.U_a(annotations)
        return keys

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """e_i, (B, S), of the query s_{i-1} (B, query_size) and the keys (B, S, n')."""
        e: Tensor = torch.tanh(self.W_a(query)[:, None] + keys) @ self.v_a
        return e

    def forward(self, query: Tensor, keys: Tensor, mask: Tensor) -> Tensor:
        """The weights of one target position.

        Args:
            query: s_{i-1}, (B, query_size).
            keys: from `project`, (B, S, n').
            mask: (B, S) bool, True at real source words.

        Returns:
            α_i, (B, S): at least 0, 0 on padding, with sum 1 (0 where all is padding).

        Raises:
            ValueError: query, keys or mask have a wrong shape or dtype.
        """
        weights = self.W_a.weight
        check_vectors("query", query, "(B, query_size)", weights.shape[1], weights)
        check_vectors("keys", keys, "(B, S, n')", weights.shape[0], weights)
        check_batch("query", query, len(keys), "keys")
        e = self.score(query, keys)  # (B, S)
        return masked_softmax(e, mask)


@dataclass(frozen=True, eq=False)
class SearchState:
    """What `RNNSearch` keeps between two words."""

    s: Tensor  # s_{i-1} (B, n)
    annotations: Tensor  # h (B, S, 2n)
    keys: Tensor  # U_a h (B, S, n')
    mask: Tensor  # (B, S) bool

    def select(self, rows: Tensor) -> SearchState:
        """The state of the sentences ``rows`` (R,) int64, in that order."""
        return SearchState(self.s[rows], self.annotations[rows], self.keys[rows], self.mask[rows])


class RNNSearch(nn.Module):
    """An encoder that reads both ways and a decoder that searches through what was read.

    Args:
        source_vocabulary: K_x, the number of source token ids.
        target_vocabulary: K_y, the number of target token ids.
        embedding: m (paper: 620).
        hidden: n (paper: 1000), for each direction of the encoder and for the decoder.
        alignment: n'; None (default): like ``hidden``, as in the paper.
        maxout: l; None (default): half of ``hidden``, as in the paper (500).
        cell: "paper" (default) or "torch", the unit of torch.nn.GRU.
        readout: "previous" (default) or "current", see
            `attention_course.models.encoder_decoder.Decoder`.
        initialisation: "paper" (default) or "torch".

    Raises:
        ValueError: a size below 1 or an unknown choice; with the name of the argument.

    Source: 1409.0473, Section 3 and Appendices A and B.1.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        embedding: int = 620,
        hidden: int = 1000,
        alignment: int | None = None,
        maxout: int | None = None,
        cell: Cell = "paper",
        readout: Readout = "previous",
        initialisation: Initialisation = "paper",
    ) -> None:
        super().__init__()
        self.encoder = Encoder(
            source_vocabulary, embedding=embedding, hidden=hidden, bidirectional=True, cell=cell
        )
        self.attention = AdditiveAttention(
            hidden, 2 * hidden, hidden if alignment is None else alignment
        )
        self.decoder = Decoder(
            target_vocabulary,
            embedding=embedding,
            hidden=hidden,
            context=2 * hidden,
            maxout=hidden // 2 if maxout is None else maxout,
            cell=cell,
            readout=readout,
        )
        self.initialise(initialisation)

    def initialise(self, initialisation: Initialisation = "paper") -> None:
        """Draws all weights anew (Appendix B.1): see `recurrent.initialise` and the attention."""
        initialise(self, initialisation)
        self.attention.initialise(initialisation)

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Teacher forcing: scores for each next word, given the true words before it.

        Args:
            source: (B, S) int64.
            source_mask: (B, S) bool, True at real words.
            target: (B, T) int64, the translation from its beginning-of-sentence token on.

        Returns:
            Logits (B, T, K_y) and attention weights α (B, 1, 1, T, S).

        Raises:
            ValueError: a wrong shape or dtype, an empty sentence, a token id out of range.
        """
        state = self.start(source, source_mask)
        check_target(target, source.shape[0], self.decoder.E.num_embeddings)
        logits, weights, _ = self._decode(target, state)
        return logits, weights[:, None, None]

    def start(self, source: Tensor, source_mask: Tensor) -> SearchState:
        """Reads the source (B, S): the state before the first word."""
        check_source(source, source_mask, self.encoder.E.num_embeddings)
        h = self.encoder(source, source_mask)  # [→h_j; ←h_j] (B, S, 2n)
        backward_first = h[:, 0].chunk(2, dim=-1)[1]  # ←h_1 (B, n)
        s_0 = self.decoder.initial_state(backward_first)
        return SearchState(s_0, h, self.attention.project(h), source_mask)

    def step(self, token: Tensor, state: SearchState) -> tuple[Tensor, Tensor, SearchState]:
        """One word further.

        Args:
            token: (B,) int64, the previous word y_{i-1}.
            state: from `start` or the last `step`.

        Returns:
            Logits (B, K_y), weights (B, 1, 1, S), and the next state.
        """
        check_kind("state", state, SearchState)
        check_token(token, state.s.shape[0], self.decoder.E.num_embeddings)
        logits, weights, state = self._decode(token[:, None], state)
        return logits[:, 0], weights[:, None], state

    def _decode(self, target: Tensor, state: SearchState) -> tuple[Tensor, Tensor, SearchState]:
        """Runs the decoder over target (B, T) from a state.

        Returns:
            Logits (B, T, K_y), weights (B, T, S), and the state after the last word.
        """
        decoder, h = self.decoder, state.annotations
        y = decoder.E(target)  # (B, T, m)
        states, contexts, weights = [state.s], [], []
        for drive in decoder.unit.drive(y).unbind(1):  # W E y_{i-1} for both gates and s̃ (B, 3n)
            alpha = self.attention(states[-1], state.keys, state.mask)  # α_i, from s_{i-1} (B, S)
            c = (alpha[:, None] @ h).squeeze(1)  # c_i = Σ_j α_ij h_j (B, 2n)
            states.append(decoder.unit(drive + decoder.C(c), states[-1]))  # s_i (B, n)
            contexts.append(c)
            weights.append(alpha)
        logits = decoder.logits(states, y, torch.stack(contexts, 1))
        return logits, torch.stack(weights, 1), replace(state, s=states[-1])
