"""Exercise 2: attention after Bahdanau, Cho and Bengio (1409.0473)."""

from attention_course.exercises.bahdanau import (
    by_hand,
    gated_unit,
    masked_softmax,
    reading,
    scores,
    shapes,
    step,
    train,
)
from attention_course.exercises.question import Exercise

EXERCISE = Exercise(
    number=2,
    name="bahdanau",
    title="Jointly learning to align and translate",
    questions=(
        scores.QUESTION,
        masked_softmax.QUESTION,
        by_hand.QUESTION,
        shapes.QUESTION,
        gated_unit.QUESTION,
        step.QUESTION,
        train.QUESTION,
        reading.QUESTION,
    ),
)
