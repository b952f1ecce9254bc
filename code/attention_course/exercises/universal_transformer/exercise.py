"""Exercise 11: Universal Transformers after Dehghani and others (1807.03819)."""

from attention_course.exercises.question import Exercise
from attention_course.exercises.universal_transformer import (
    by_hand,
    counts,
    encoder,
    halt,
    ponder_cost,
    reading,
    signals,
    train,
)

EXERCISE = Exercise(
    number=11,
    name="universal_transformer",
    title="Steps, signals and halting",
    questions=(
        signals.QUESTION,
        counts.QUESTION,
        by_hand.QUESTION,
        halt.QUESTION,
        reading.QUESTION,
        ponder_cost.QUESTION,
        encoder.QUESTION,
        train.QUESTION,
    ),
)
