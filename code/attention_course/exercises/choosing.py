"""Has an answer choose one of several models and train it, and takes its weights; no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from torch import nn

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched, examples

BATCH_SIZE = 32
Choice = TypeVar("Choice", bound=str)


def chosen(
    answer: Answer,
    inputs: Mapping[str, Value],
    name: str,
    fresh: Callable[[int, int, Choice], nn.Module],
    parameter: str,
) -> Value:
    """Calls ``answer(make_model, batches)``, which returns one of the models that it had made.

    Args:
        answer: makes a model with ``make_model(choice)``, trains it and returns it.
        inputs: source (N, S) and target (N, T), what to learn from, int64 ids with EOS and padding;
            source_vocabulary and target_vocabulary, how many ids there are.
        name: of what is chosen.
        fresh: makes a model, for both vocabularies, with what was chosen.
        parameter: the name of one that each model uses, see `watching.Watched`.

    Returns:
        What `watching.Watched.learnt` has, and under the name what was chosen. None where none of
        the models was returned.
    """
    from attention_course.data.batches import in_order

    source, target, source_vocabulary, target_vocabulary = inputs.values()
    batches = list(in_order(examples(source, target), BATCH_SIZE))
    made: list[tuple[Watched, Choice]] = []

    def make_model(choice: Choice) -> nn.Module:
        model = fresh(source_vocabulary, target_vocabulary, choice)
        made.append((Watched(model, model.get_parameter(parameter)), choice))
        return model

    returned = answer(make_model, batches)
    for watched, choice in made:
        if watched.model is returned:
            return watched.learnt() | {name: choice}
    return None
