"""Exercise 10: the Transformer of Vaswani et al. (1706.03762)."""

from attention_course.exercises.question import Exercise
from attention_course.exercises.transformer import (
    by_hand,
    cache,
    embed,
    layer,
    rates,
    smoothing,
    sublayer,
    train,
)

EXERCISE = Exercise(
    number=10,
    name="transformer",
    title="The Transformer",
    questions=(
        embed.QUESTION,
        rates.QUESTION,
        sublayer.QUESTION,
        layer.QUESTION,
        smoothing.QUESTION,
        cache.QUESTION,
        by_hand.QUESTION,
        train.QUESTION,
    ),
)
