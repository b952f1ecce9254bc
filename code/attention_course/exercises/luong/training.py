"""Has an answer choose a model and train it, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.choosing import chosen
from attention_course.exercises.values import Value

if TYPE_CHECKING:
    from attention_course.models.luong import Luong
    from attention_course.models.windows import Window

HIDDEN = 48
D = 1


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """What `choosing.chosen` returns; the choice is "window"."""
    return chosen(answer, inputs, "window", fresh, "W_s.weight")


def fresh(source_vocabulary: int, target_vocabulary: int, window: Window) -> Luong:
    """A model that looks through this window."""
    from attention_course.models.luong import Luong

    return Luong(
        source_vocabulary,
        target_vocabulary,
        embedding=HIDDEN // 2,
        hidden=HIDDEN,
        layers=1,
        window=window,
        D=D,
        dropout=0.0,
        initialisation="torch",
    )
