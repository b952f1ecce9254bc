"""Scores with a tanh layer between: additive, concat."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.models.bahdanau import AdditiveAttention
from attention_course.models.masks import check_sizes
from attention_course.models.scores.base import Score


class Additive(Score):
    """e_s = v_aᵀ tanh(W_a h_t + U_a h̄_s), chapter 2's score. Sizes: see `Score`.

    Args:
        alignment: k, the size of the layer between; None (default): like ``query_size``.

    Source: Bahdanau, Cho and Bengio, 1409.0473, Appendix A.1.2.
    """

    formula = r"v_a^\top \tanh(W_a h_t + U_a \bar h_s)"
    source = "Bahdanau et al. 2014"
    count = "k (n+m+1)"

    def __init__(self, query_size: int, key_size: int, alignment: int | None = None) -> None:
        super().__init__(query_size, key_size)
        self.alignment_model = AdditiveAttention(
            query_size, key_size, query_size if alignment is None else alignment
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the weights as torch's layers do; chapter 2's paper begins with v_a = 0."""
        self.alignment_model.initialise("torch")

    def _project(self, keys: Tensor) -> Tensor:
        return self.alignment_model.project(keys)

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        return self.alignment_model.score(query, projected)


class Concat(Score):
    """e_s = v_aᵀ tanh(W_a [h_t; h̄_s]): the additive score, with W_a and U_a side by side.

    Args:
        query_size, key_size: see `Score`.
        alignment: k, the size of the layer between; None (default): like ``query_size``.
        identity: False (default): the paper's equation. True: the authors' program, in which the
            block of W_a that meets h̄_s is the identity: v_aᵀ tanh(W_a h_t + h̄_s), with k = m.
            The paper suspects it (footnote 15) of the poor results of ``concat``.

    Raises:
        ValueError: ``identity`` with an ``alignment`` that is not ``key_size``.

    Source: 1508.04025, Section 3.1.
    """

    formula = r"v_a^\top \tanh(W_a [h_t; \bar h_s])"
    source = "Luong et al. 2015"
    count = "k (n+m+1)"

    def __init__(
        self,
        query_size: int,
        key_size: int,
        alignment: int | None = None,
        identity: bool = False,
    ) -> None:
        super().__init__(query_size, key_size)
        if alignment is None:
            alignment = key_size if identity else query_size
        check_sizes(alignment=alignment)
        if identity and alignment != key_size:
            raise ValueError(
                f"alignment is {alignment}, expected {key_size} like key_size: with identity "
                "nothing turns a key into another size"
            )
        self.identity = identity
        self.W_a = nn.Linear(
            query_size if identity else query_size + key_size, alignment, bias=False
        )
        self.v_a = nn.Parameter(torch.empty(alignment))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the weights as torch's layers do."""
        self.W_a.reset_parameters()
        bound = self.v_a.shape[0] ** -0.5
        nn.init.uniform_(self.v_a, -bound, bound)

    def _project(self, keys: Tensor) -> Tensor:
        return keys if self.identity else keys @ self.W_a.weight[:, self.query_size :].T

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        asked = query @ self.W_a.weight[:, : self.query_size].T  # (B, k)
        return torch.tanh(asked[:, None] + projected) @ self.v_a
