"""Has an answer choose a model and train it, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched, examples

if TYPE_CHECKING:
    from attention_course.models.luong import Luong
    from attention_course.models.windows import Window

BATCH_SIZE = 32
HIDDEN = 48
D = 1


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(make_model, batches)``, which returns one of the models that it had made.

    Args:
        answer: makes a model with ``make_model(window)``, trains it and returns it.
        inputs: source (N, S) and target (N, T), the sentences to learn from, int64 ids with EOS
            and padding; source_vocabulary and target_vocabulary, how many ids there are.

    Returns:
        What `watching.Watched.learnt` has, and "window", that of the model. None where none of the
        models was returned.
    """
    from attention_course.data.batches import in_order

    source, target, source_vocabulary, target_vocabulary = inputs.values()
    batches = list(in_order(examples(source, target), BATCH_SIZE))
    made: list[tuple[Watched, Window]] = []

    def make_model(window: Window) -> Luong:
        model = fresh(source_vocabulary, target_vocabulary, window)
        made.append((Watched(model, model.W_s.weight), window))
        return model

    returned = answer(make_model, batches)
    for watched, window in made:
        if watched.model is returned:
            return watched.learnt() | {"window": window}
    return None


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
