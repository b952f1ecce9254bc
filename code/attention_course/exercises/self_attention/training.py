"""Has an answer choose positions and train a judge, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched, examples

if TYPE_CHECKING:
    from attention_course.models.small_transformers import TextClassifier

BATCH_SIZE = 32
D, HEADS, D_FF = 32, 4, 64
LONGEST = 32  # positions that a learned table has


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(make_model, batches)``, which returns one of the models that it had made.

    Args:
        answer: makes a model with ``make_model(positions)``, trains it and returns it.
        inputs: source (N, S) and target (N, T), the sentences to learn from and their answers,
            int64 ids with EOS and padding; source_vocabulary and target_vocabulary, how many ids
            there are.

    Returns:
        What `watching.Watched.learnt` has, and "positions", those of the model. None where none of
        the models was returned.
    """
    from attention_course.data.batches import in_order

    source, target, words, answers = inputs.values()
    batches = list(in_order(examples(source, target), BATCH_SIZE))
    made: list[tuple[Watched, str]] = []

    def make_model(positions: str) -> TextClassifier:
        model = fresh(words, answers, positions)
        made.append((Watched(model, model.output.weight), positions))
        return model

    returned = answer(make_model, batches)
    for watched, positions in made:
        if watched.model is returned:
            return watched.learnt() | {"positions": positions}
    return None


def fresh(words: int, answers: int, positions: str) -> TextClassifier:
    """A judge with "sinusoidal" or "learned" positions, or with "none".

    Raises:
        ValueError: other positions.
    """
    from attention_course.models.positions import Learned, Nowhere, Sinusoidal
    from attention_course.models.small_transformers import TextClassifier

    kinds = {"sinusoidal": Sinusoidal(D), "learned": Learned(D, LONGEST), "none": Nowhere(D)}
    if positions not in kinds:
        expected = " or ".join(repr(name) for name in kinds)
        raise ValueError(f"positions is {positions!r}, expected {expected}")
    return TextClassifier(words, answers, kinds[positions], d=D, heads=HEADS, layers=1, d_ff=D_FF)
