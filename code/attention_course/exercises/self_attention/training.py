"""Has an answer choose positions and train a judge, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.choosing import chosen
from attention_course.exercises.values import Value

if TYPE_CHECKING:
    from attention_course.models.small_transformers import TextClassifier

D, HEADS, D_FF = 32, 4, 64
LONGEST = 32  # positions that a learned table has


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """What `choosing.chosen` returns; the choice is "positions"."""
    return chosen(answer, inputs, "positions", fresh, "output.weight")


def fresh(words: int, answers: int, positions: str) -> TextClassifier:
    """A judge with "sinusoidal" or "learned" positions, or with "none".

    Raises:
        ValueError: other positions.
    """
    from attention_course.models.positions import Learned, Nowhere, Sinusoidal
    from attention_course.models.small_transformers import TextClassifier

    kinds = {"sinusoidal": Sinusoidal(D), "learned": Learned(D, LONGEST), "none": Nowhere(D)}
    if positions not in kinds:
        expected = " or ".join(repr(name) for name in kinds)
        raise ValueError(f"positions is {positions!r}, expected {expected}")
    return TextClassifier(words, answers, kinds[positions], d=D, heads=HEADS, layers=1, d_ff=D_FF)
