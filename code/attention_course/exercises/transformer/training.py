"""Has an answer choose a Transformer and train it, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched, examples

if TYPE_CHECKING:
    from attention_course.models.transformer import Positions, Transformer

BATCH_SIZE = 32
D = 64
HEADS = 4
D_FF = 128
MAX_LENGTH = 32  # of learned positions


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(make_model, batches)``, which returns one of the models that it had made.

    Args:
        answer: makes a model with ``make_model(positions)``, trains it and returns it.
        inputs: source (N, S) and target (N, T), the sentences to learn from, int64 ids with EOS
            and padding; source_vocabulary and target_vocabulary, how many ids there are.

    Returns:
        What `watching.Watched.learnt` has, and "positions", those of the model. None where none of
        the models was returned.
    """
    from attention_course.data.batches import in_order

    source, target, source_vocabulary, target_vocabulary = inputs.values()
    batches = list(in_order(examples(source, target), BATCH_SIZE))
    made: list[tuple[Watched, Positions]] = []

    def make_model(positions: Positions) -> Transformer:
        model = fresh(source_vocabulary, target_vocabulary, positions)
        made.append((Watched(model, model.output.weight), positions))
        return model

    returned = answer(make_model, batches)
    for watched, positions in made:
        if watched.model is returned:
            return watched.learnt() | {"positions": positions}
    return None


def fresh(source_vocabulary: int, target_vocabulary: int, positions: Positions) -> Transformer:
    """A Transformer of one layer a side, post-norm, with these positions."""
    from attention_course.models.transformer import Transformer

    return Transformer(
        source_vocabulary,
        target_vocabulary,
        d=D,
        heads=HEADS,
        layers=1,
        d_ff=D_FF,
        dropout=0.0,
        positions=positions,
        max_length=MAX_LENGTH,
        tied="none",
    )
