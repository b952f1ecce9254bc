"""Has an answer train a model in a loop, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched

if TYPE_CHECKING:
    from attention_course.exercises.universal_transformer.small_encoder import SmallEncoder

BATCH_SIZE = 32
WORDS = 10
VOCABULARY = WORDS + 4  # with padding, end mark and the other special tokens
STEPS = 3


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, batches, most)`` with a fresh model and a list of batches.

    Args:
        answer: trains the model in place.
        inputs: words and said, both (N, S) int64 with padding: what the model reads, and what it
            should say at each place; most, the latest position at which a sentence may begin.

    Returns:
        What `watching.Watched.learnt` has.
    """
    words, said, most = inputs.values()
    batches = list(zip(words.split(BATCH_SIZE), said.split(BATCH_SIZE), strict=True))
    model = fresh()
    watched = Watched(model, model.output.weight)
    answer(model, batches, most)
    return watched.learnt()


def fresh() -> SmallEncoder:
    """The model that is to be trained."""
    from attention_course.exercises.universal_transformer.small_encoder import SmallEncoder

    return SmallEncoder(VOCABULARY, d=32, heads=4, d_ff=64, steps=STEPS)
