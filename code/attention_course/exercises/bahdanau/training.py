"""Has an answer train a small model, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched, examples

if TYPE_CHECKING:
    from attention_course.models.bahdanau import RNNSearch

BATCH_SIZE = 32
HIDDEN = 64


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, batches)`` with a fresh model and a list of batches.

    Args:
        answer: trains the model in place.
        inputs: source (N, S) and target (N, T), the sentences to learn from, int64 ids with EOS
            and padding; source_vocabulary and target_vocabulary, how many ids there are.

    Returns:
        What `watching.Watched.learnt` has.
    """
    from attention_course.data.batches import in_order

    source, target, source_vocabulary, target_vocabulary = inputs.values()
    batches = list(in_order(examples(source, target), BATCH_SIZE))
    model = fresh(source_vocabulary, target_vocabulary)
    watched = Watched(model, model.attention.v_a)
    answer(model, batches)
    return watched.learnt()


def fresh(source_vocabulary: int, target_vocabulary: int) -> RNNSearch:
    """The model that is to be trained."""
    from attention_course.models.bahdanau import RNNSearch

    return RNNSearch(
        source_vocabulary,
        target_vocabulary,
        embedding=HIDDEN // 2,
        hidden=HIDDEN,
        initialisation="torch",
    )
