"""Exercise 9: self-attention, heads, masks and positions (1706.03762, Sections 3.2 and 3.5)."""

from attention_course.exercises.question import Exercise
from attention_course.exercises.self_attention import (
    attend,
    by_hand,
    heads,
    masks,
    positions,
    reading,
    sizes,
    train,
)

EXERCISE = Exercise(
    number=9,
    name="self_attention",
    title="Self-attention, heads, masks and positions",
    questions=(
        by_hand.QUESTION,
        attend.QUESTION,
        sizes.QUESTION,
        heads.QUESTION,
        masks.QUESTION,
        positions.QUESTION,
        reading.QUESTION,
        train.QUESTION,
    ),
)
