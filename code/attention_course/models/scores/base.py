"""What all scores share."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from attention_course.models.masks import (
    check_batch,
    check_like,
    check_sizes,
    check_tensor,
    check_vectors,
)


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
        check_tensor("projected", projected)
        check_batch("query", query, len(projected), "projected")
        check_like("query", query, projected, "projected")
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
