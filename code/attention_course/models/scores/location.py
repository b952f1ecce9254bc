"""The score that looks at no key."""

from __future__ import annotations

from torch import Tensor, nn

from attention_course.models.masks import check_sizes
from attention_course.models.scores.base import Score


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
