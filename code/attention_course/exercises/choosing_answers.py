"""Answers that choose one of several models and train it, and what became of it.

`exercises.choosing` asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import nn

from attention_course.data.batches import Batch
from attention_course.exercises.asking import Answer
from attention_course.exercises.loops import Loop
from attention_course.exercises.question import Inputs
from attention_course.exercises.translating import translated
from attention_course.exercises.values import Value

MakeModel = Callable[[str], nn.Module]


def trained_with(choice: str, loop: Loop, *, after: str | None = None) -> Answer:
    """The answer that makes the model of this choice and trains it by this loop.

    Args:
        after: another choice, whose model is made first and left alone; None: none is.
    """

    def answer(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
        if after is not None:
            make_model(after)
        model = make_model(choice)
        loop(model, batches)
        return model

    return answer


def finished(
    given: Value, inputs: Inputs, *, name: str, fresh: Callable[..., nn.Module], stretch: int
) -> Value:
    """What the trained weights make of unseen sentences, and how the model behaves.

    Args:
        given: from `choosing.chosen`.
        inputs: those of `translating.set_task`.
        name, fresh: as for `choosing.chosen`.
        stretch: see `translating.translated`.

    Returns:
        What `writing.written` has, and under the name what was chosen. All None where no model was
        returned.
    """
    if given is None:
        return dict.fromkeys((name, "sentences", "habits"))
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"], given[name])
    return translated(model, given, inputs, stretch) | {name: given[name]}
