"""Scores that are dot products: cosine, dot, scaled dot, general."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.masks import check_number
from attention_course.models.scores.base import Score


class Cosine(Score):
    """Content-based addressing: e_s = β cos(h_t, h̄_s). Sizes: see `Score`, n = m.

    A cosine lies between -1 and 1, so its softmax is nearly even; β > 0 sharpens it.

    Args:
        beta: a fixed β, above 0. None (default): β_t = softplus(w_βᵀ h_t + b_β), emitted at every
            step, as a Neural Turing Machine's controller emits its key strength.

    Source: Graves, Wayne and Danihelka, 1410.5401, Equations (5) and (6).
    """

    formula = r"\beta_t \cos(h_t, \bar h_s)"
    source = "Graves et al. 2014"
    count = "n+1"

    def __init__(self, query_size: int, key_size: int, beta: float | None = None) -> None:
        super().__init__(query_size, key_size)
        self._check_equal_sizes()
        if beta is not None:
            check_number("beta", beta)
            if beta <= 0:
                raise ValueError(f"beta is {beta!r}, expected a number above 0")
        self.beta = beta
        if beta is None:
            self.w_beta = nn.Linear(query_size, 1)

    def _project(self, keys: Tensor) -> Tensor:
        return F.normalize(keys, dim=-1)  # h̄_s / ‖h̄_s‖; zero stays zero

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        beta = F.softplus(self.w_beta(query)) if self.beta is None else self.beta  # (B, 1)
        return beta * _dots(F.normalize(query, dim=-1), projected)


class Dot(Score):
    """e_s = h_tᵀ h̄_s: no parameters. Sizes: see `Score`, n = m.

    Source: 1508.04025, Section 3.1.
    """

    formula = r"h_t^\top \bar h_s"
    source = "Luong et al. 2015"
    count = "0"

    def __init__(self, query_size: int, key_size: int) -> None:
        super().__init__(query_size, key_size)
        self._check_equal_sizes()

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        return _dots(query, projected)


class ScaledDot(Dot):
    """e_s = h_tᵀ h̄_s / √n, so that the size of e does not grow with n. Sizes: as `Dot`.

    Source: Vaswani et al., 1706.03762, Equation (1).
    """

    formula = r"h_t^\top \bar h_s / \sqrt{n}"
    source = "Vaswani et al. 2017"

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        return super()._score(query, projected) * self.query_size**-0.5


class General(Score):
    """e_s = h_tᵀ W_a h̄_s: a dot product after the keys were turned. Sizes: see `Score`.

    The authors' program turns the queries instead; its W_a is the transpose of this one.

    Source: 1508.04025, Section 3.1.
    """

    formula = r"h_t^\top W_a \bar h_s"
    source = "Luong et al. 2015"
    count = "n m"

    def __init__(self, query_size: int, key_size: int) -> None:
        super().__init__(query_size, key_size)
        self.W_a = nn.Linear(key_size, query_size, bias=False)

    def _project(self, keys: Tensor) -> Tensor:
        turned: Tensor = self.W_a(keys)
        return turned

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        return _dots(query, projected)


def _dots(query: Tensor, keys: Tensor) -> Tensor:
    """The dot product of each query (B, k) with the keys (B, S, k) of its sentence: (B, S)."""
    return (keys @ query[..., None]).squeeze(-1)
