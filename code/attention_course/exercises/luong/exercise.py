"""Exercise 4: the family of attention after Luong, Pham and Manning (1508.04025)."""

from attention_course.exercises.luong import (
    all_at_once,
    by_hand,
    family,
    general,
    input_feeding,
    local_p,
    reading,
    train,
)
from attention_course.exercises.question import Exercise

EXERCISE = Exercise(
    number=4,
    name="luong",
    title="Scores, windows and input feeding",
    questions=(
        general.QUESTION,
        all_at_once.QUESTION,
        family.QUESTION,
        by_hand.QUESTION,
        local_p.QUESTION,
        reading.QUESTION,
        input_feeding.QUESTION,
        train.QUESTION,
    ),
)
