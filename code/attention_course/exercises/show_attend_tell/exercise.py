"""Exercise 3: attention over a picture after Xu et al. (1502.03044)."""

from attention_course.exercises.question import Exercise
from attention_course.exercises.show_attend_tell import (
    bound,
    by_hand,
    decoder,
    glimpse,
    penalty,
    reading,
    reinforce,
    sizes,
    train,
)

EXERCISE = Exercise(
    number=3,
    name="show_attend_tell",
    title="Attention over a picture",
    questions=(
        glimpse.QUESTION,
        sizes.QUESTION,
        penalty.QUESTION,
        bound.QUESTION,
        by_hand.QUESTION,
        reinforce.QUESTION,
        decoder.QUESTION,
        train.QUESTION,
        reading.QUESTION,
    ),
)
