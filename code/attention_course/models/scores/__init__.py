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

from typing import Any

from attention_course.models.masks import check_choice
from attention_course.models.scores.base import Score
from attention_course.models.scores.layers import Additive, Concat
from attention_course.models.scores.location import Location
from attention_course.models.scores.products import Cosine, Dot, General, ScaledDot

__all__ = [
    "SCORES",
    "Additive",
    "Concat",
    "Cosine",
    "Dot",
    "General",
    "Location",
    "ScaledDot",
    "Score",
    "make_score",
]

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
