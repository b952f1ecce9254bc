"""Has an answer choose a Transformer and train it, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.choosing import chosen
from attention_course.exercises.values import Value

if TYPE_CHECKING:
    from attention_course.models.transformer import Positions, Transformer

D = 64
HEADS = 4
D_FF = 128
MAX_LENGTH = 32  # of learned positions


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """What `choosing.chosen` returns; the choice is "positions"."""
    return chosen(answer, inputs, "positions", fresh, "output.weight")


def fresh(source_vocabulary: int, target_vocabulary: int, positions: Positions) -> Transformer:
    """A Transformer of one layer a side, post-norm, with these positions."""
    from attention_course.models.transformer import Transformer

    return Transformer(
        source_vocabulary,
        target_vocabulary,
        d=D,
        heads=HEADS,
        layers=1,
        d_ff=D_FF,
        dropout=0.0,
        positions=positions,
        max_length=MAX_LENGTH,
        tied="none",
    )
