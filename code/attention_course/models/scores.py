"""The family of score functions: how well does a query match a key?

Attention asks with a query, the state h_t of a decoder, for one of the keys h̄_1 … h̄_S, the states
of an encoder. A score function gives each key a number e_s; what makes weights of these numbers, a
softmax over all of them or over a window, is another question (`models.windows`).

=============  ==============================  ==========  ====================================
name           e_s                             parameters  source
=============  ==============================  ==========  ====================================
``cosine``     β h_t · h̄_s / (‖h_t‖ ‖h̄_s‖)    n+1, or 0    Graves et al. 1410.5401, Eqs. 5, 6
``location``   (W_a h_t)_s                     n L         Luong et al. 1508.04025, Eq. 8
``additive``   v_aᵀ tanh(W_a h_t + U_a h̄_s)   k (n+m+1)   Bahdanau et al. 1409.0473, A.1.2
``dot``        h_tᵀ h̄_s                        0           Luong et al. 1508.04025, 3.1
``general``    h_tᵀ W_a h̄_s                    n m         Luong et al. 1508.04025, 3.1
``concat``     v_aᵀ tanh(W_a [h_t; h̄_s])       k (n+m+1)   Luong et al. 1508.04025, 3.1
``scaled dot`` h_tᵀ h̄_s / √n                   0           Vaswani et al. 1706.03762, Eq. 1
=============  ==============================  ==========  ====================================

n is the size of a query, m that of a key, k that of the layer between, L the longest sentence.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.bahdanau import AdditiveAttention
from attention_course.models.masks import check_choice, check_sizes, check_vectors


class Score(nn.Module):
    """What all scores share: one interface, in two parts.

    What a score computes of the keys alone, `project`, is computed once a sentence; `forward`
    then costs each step of the decoder as little as it can.

    Args:
        query_size: n, the size of h_t.
        key_size: m, the size of h̄_s.

    Raises:
        ValueError: a size below 1; with the name of the argument.

    Attributes:
        formula: e_s as LaTeX. source: where it is from. count: its number of parameters as LaTeX.
    """

    formula: ClassVar[str]
    source: ClassVar[str]
    count: ClassVar[str]

    def __init__(self, query_size: int, key_size: int) -> None:
        super().__init__()
        check_sizes(query_size=query_size, key_size=key_size)
        self.query_size, self.key_size = query_size, key_size

    def project(self, keys: Tensor) -> Tensor:
        """What can be computed before there is a query.

        Args:
            keys: h̄, (B, S, m).

        Returns:
            (B, S, k); what k is, is the score's own affair.

        Raises:
            ValueError: another shape, or a sentence longer than the score can see.
        """
        check_vectors("keys", keys, "(B, S, m)", self.key_size)
        return self._project(keys)

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        """The scores of one step.

        Args:
            query: h_t, (B, n).
            projected: from `project`, (B, S, k).

        Returns:
            e, (B, S): any numbers, not weights; padding is not known here.

        Raises:
            ValueError: another shape, or not as many queries as sentences.
        """
        check_vectors("query", query, "(B, n)", self.query_size)
        if query.shape[0] != projected.shape[0]:
            raise ValueError(
                f"query has shape {tuple(query.shape)}: {query.shape[0]} sentences, "
                f"expected {projected.shape[0]} like projected"
            )
        return self._score(query, projected)

    def _project(self, keys: Tensor) -> Tensor:
        return keys

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        raise NotImplementedError

    def _check_equal_sizes(self) -> None:
        if self.query_size != self.key_size:
            raise ValueError(
                f"query_size is {self.query_size} and key_size {self.key_size}, expected equal "
                f"sizes: {type(self).__name__} multiplies them number by number"
            )


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
        if beta is not None and not beta > 0:
            raise ValueError(f"beta is {beta!r}, expected a number above 0")
        self.beta = beta
        if beta is None:
            self.w_beta = nn.Linear(query_size, 1)

    def _project(self, keys: Tensor) -> Tensor:
        return F.normalize(keys, dim=-1)  # h̄_s / ‖h̄_s‖; zero stays zero

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        beta = F.softplus(self.w_beta(query)) if self.beta is None else self.beta  # (B, 1)
        return beta * _dots(F.normalize(query, dim=-1), projected)


class Location(Score):
    """e_s = (W_a h_t)_s: looks at no key, only at the step's own state. Sizes: see `Score`.

    Args:
        max_length: L, the longest sentence that W_a has a row for (paper: 50). The paper ignores
            words beyond it; here they are an error.

    Raises:
        ValueError: from `project`, for keys of a longer sentence.

    Source: 1508.04025, Equation (8).
    """

    formula = r"(W_a h_t)_s"
    source = "Luong et al. 2015"
    count = "n L"

    def __init__(self, query_size: int, key_size: int, max_length: int = 50) -> None:
        super().__init__(query_size, key_size)
        check_sizes(max_length=max_length)
        self.W_a = nn.Linear(query_size, max_length, bias=False)

    def _project(self, keys: Tensor) -> Tensor:
        longest = self.W_a.out_features
        if keys.shape[1] > longest:
            raise ValueError(
                f"keys has shape {tuple(keys.shape)}: {keys.shape[1]} positions, expected at most "
                f"max_length = {longest}, all that a location score can see"
            )
        return keys[..., :0]  # nothing of the keys but their number

    def _score(self, query: Tensor, projected: Tensor) -> Tensor:
        e: Tensor = self.W_a(query)[:, : projected.shape[1]]
        return e


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


SCORES: dict[str, type[Score]] = {
    "cosine": Cosine,
    "location": Location,
    "additive": Additive,
    "dot": Dot,
    "general": General,
    "concat": Concat,
    "scaled dot": ScaledDot,
}


def make_score(name: str, query_size: int, key_size: int, **options: Any) -> Score:
    """The score of that name, one of `SCORES`; options are those of its class.

    Raises:
        ValueError: another name, or what the class raises.
        TypeError: an option that the score does not have.
    """
    check_choice("score", name, tuple(SCORES))
    return SCORES[name](query_size, key_size, **options)


def _dots(query: Tensor, keys: Tensor) -> Tensor:
    """The dot product of each query (B, k) with the keys (B, S, k) of its sentence: (B, S)."""
    return (keys @ query[..., None]).squeeze(-1)
