"""Exercise 1: one vector for a sentence."""

from attention_course.exercises.encoder_decoder import (
    final_state,
    forgetting,
    greedy,
    loss,
    padded_step,
    shift,
)
from attention_course.exercises.question import Exercise

EXERCISE = Exercise(
    number=1,
    name="encoder_decoder",
    title="One vector for a sentence",
    questions=(
        padded_step.QUESTION,
        final_state.QUESTION,
        shift.QUESTION,
        loss.QUESTION,
        greedy.QUESTION,
        forgetting.QUESTION,
    ),
)
