"""The layers that Transformer and Universal Transformer are made of.

Source: 1706.03762, Sections 3.1 and 3.3.
"""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.masks import check_choice, check_share, check_sizes, check_vectors
from attention_course.models.self_attention import Memory, MultiHeadAttention, check_memory

Norm = Literal["post", "pre"]


class ScaledEmbedding(nn.Embedding):
    """E · √d (Section 3.4), with E drawn so that a word is as loud as its position.

    A position's vector has the length √(d/2). Words drawn with torch's own N(0, 1) would have the
    length d: the positions would be drowned.

    Args:
        words: how many token ids there are.
        d: the size of a word's vector.
    """

    def __init__(self, words: int, d: int) -> None:
        check_sizes(words=words, d=d)
        super().__init__(words, d)
        nn.init.normal_(self.weight, std=d**-0.5)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 → (B, T, d)."""
        return super().forward(ids) * self.embedding_dim**0.5


class AddNorm(nn.Module):
    """What stands around each sub-layer: the way past it, dropout, and the normalisation.

    "post", as in the paper: LayerNorm(x + Dropout(Sublayer(x))). "pre", which came later:
    x + Dropout(Sublayer(LayerNorm(x))).

    Args:
        d: the size of a word's vector.
        dropout: the share of the sub-layer's output that is dropped in training.
        norm: "post" or "pre".
    """

    def __init__(self, d: int, dropout: float = 0.1, norm: Norm = "post") -> None:
        super().__init__()
        check_sizes(d=d)
        check_share("dropout", dropout)
        check_choice("norm", norm, ("post", "pre"))
        self.norm, self.order, self.dropout = nn.LayerNorm(d), norm, nn.Dropout(dropout)

    def enter(self, x: Tensor) -> Tensor:
        """What the sub-layer gets of x (B, T, d)."""
        return self.norm(x) if self.order == "pre" else x

    def leave(self, x: Tensor, out: Tensor) -> Tensor:
        """x and the sub-layer's output, both (B, T, d), together.

        Raises:
            ValueError: their shapes differ.
        """
        if out.shape != x.shape:  # some of them would broadcast
            raise ValueError(f"out has shape {tuple(out.shape)}, expected {tuple(x.shape)} like x")
        x = x + self.dropout(out)
        return x if self.order == "pre" else self.norm(x)


class FeedForward(nn.Module):
    """FFN(x) = max(0, x W_1 + b_1) W_2 + b_2, for each word by itself (Eq. 2).

    Args:
        d: the size of a word's vector (paper: 512).
        d_ff: the size of the layer between (paper: 2048).
    """

    def __init__(self, d: int, d_ff: int) -> None:
        super().__init__()
        check_sizes(d=d, d_ff=d_ff)
        self.W_1, self.W_2 = nn.Linear(d, d_ff), nn.Linear(d_ff, d)
        for linear in (self.W_1, self.W_2):
            nn.init.xavier_uniform_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, d) → (B, T, d).

        Raises:
            ValueError: x has a wrong shape or dtype.
        """
        check_vectors("x", x, "(B, T, d)", self.W_1.in_features, self.W_1.weight)
        y: Tensor = self.W_2(F.relu(self.W_1(x)))
        return y


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward network.

    Args:
        d, heads, bias: see `MultiHeadAttention`.
        d_ff: see `FeedForward`.
        dropout: of the sub-layers' outputs; the weights of attention are not dropped.
        norm: see `AddNorm`.
    """

    def __init__(
        self,
        d: int,
        heads: int,
        d_ff: int,
        *,
        dropout: float = 0.1,
        norm: Norm = "post",
        bias: bool = False,
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d, heads, bias=bias)
        self.feed_forward = FeedForward(d, d_ff)
        self.around_attention = AddNorm(d, dropout, norm)
        self.around_feed_forward = AddNorm(d, dropout, norm)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        *,
        causal: bool = False,
        need_weights: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """x (B, S, d) one layer further, and the weights (B, H, S, S) or None.

        Raises:
            ValueError: x or the mask has a wrong shape or dtype.
        """
        check_vectors("x", x, "(B, S, d)", self.attention.W_Q.in_features)
        out, weights = self.attention(
            self.around_attention.enter(x), mask=mask, causal=causal, need_weights=need_weights
        )
        x = self.around_attention.leave(x, out)
        out = self.feed_forward(self.around_feed_forward.enter(x))
        return self.around_feed_forward.leave(x, out), weights


class DecoderLayer(nn.Module):
    """Self-attention to the words so far, attention to the source, the feed-forward network.

    Args: those of `EncoderLayer`.
    """

    def __init__(
        self,
        d: int,
        heads: int,
        d_ff: int,
        *,
        dropout: float = 0.1,
        norm: Norm = "post",
        bias: bool = False,
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d, heads, bias=bias)
        self.cross_attention = MultiHeadAttention(d, heads, bias=bias)
        self.feed_forward = FeedForward(d, d_ff)
        self.around_attention = AddNorm(d, dropout, norm)
        self.around_cross_attention = AddNorm(d, dropout, norm)
        self.around_feed_forward = AddNorm(d, dropout, norm)

    def forward(
        self,
        x: Tensor,
        source: Memory,
        source_mask: Tensor,
        past: Memory | None = None,
        *,
        need_weights: bool = False,
    ) -> tuple[Tensor, Memory, Tensor | None, Tensor | None]:
        """One layer further.

        Args:
            x: (B, T, d), the words after ``past``; T = 1 where there is a past.
            source: from ``cross_attention.project``.
            source_mask: bool, broadcasts to (B, H, T, S).
            past: keys and values of the words before; None: x begins with the first word.

        Returns:
            x (B, T, d), the keys and values of all words so far, and the weights of
            self-attention (B, H, T, T) and of attention to the source (B, H, T, S), or None.

        Raises:
            ValueError: several words after a past, of which each could see the later ones; or x,
                source, source_mask or past has a wrong shape or dtype, or is something else.
        """
        check_vectors("x", x, "(B, T, d)", self.attention.W_Q.in_features)
        check_memory("source", source, len(x))
        if past is not None:
            check_memory("past", past, len(x))
        if past is not None and x.shape[1] != 1:
            raise ValueError(f"x has {x.shape[1]} words after a past, expected one at a time")
        asking = self.around_attention.enter(x)
        words = self.attention.project(asking)
        if past is not None:
            words = past.extended(words)
        out, own = self.attention(asking, words, causal=past is None, need_weights=need_weights)
        x = self.around_attention.leave(x, out)
        out, cross = self.cross_attention(
            self.around_cross_attention.enter(x), source, source_mask, need_weights=need_weights
        )
        x = self.around_cross_attention.leave(x, out)
        out = self.feed_forward(self.around_feed_forward.enter(x))
        return self.around_feed_forward.leave(x, out), words, own, cross
