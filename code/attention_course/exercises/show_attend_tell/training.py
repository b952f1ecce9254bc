"""Has an answer train a small captioner, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched

if TYPE_CHECKING:
    from attention_course.data.scenes import Example, Scene
    from attention_course.models.show_attend_tell import ShowAttendTell

BATCH_SIZE = 32
MOST_OBJECTS = 2
EMBEDDING, HIDDEN, ANNOTATION = 16, 64, 32


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, batches)`` with a fresh model and a list of batches.

    Args:
        answer: trains the model in place.
        inputs: scenes (N, MOST_OBJECTS, 5), those to learn from, see `as_numbers`.

    Returns:
        What `watching.Watched.learnt` has.
    """
    from attention_course.data.batches import in_order
    from attention_course.data.scenes import make_batch

    batches = list(in_order(examples(inputs["scenes"]), BATCH_SIZE, collate=make_batch))
    model = fresh()
    watched = Watched(model, model.f_att.v_a)
    answer(model, batches)
    return watched.learnt()


def fresh() -> ShowAttendTell:
    """The model that is to be trained."""
    from attention_course.data.scenes import VOCABULARY
    from attention_course.models.show_attend_tell import ShowAttendTell

    return ShowAttendTell(
        len(VOCABULARY),
        embedding=EMBEDDING,
        hidden=HIDDEN,
        annotation=ANNOTATION,
        initialisation="heard",
    )


def as_numbers(scenes: Iterable[Scene]) -> Tensor:
    """Scenes as (N, MOST_OBJECTS, 5) int64: what can be sent to an answer, and is small.

    Of each object the index of its colour and that of its shape, top, left and size; a size of 0
    where there is no object.
    """
    from attention_course.data.scenes import COLOURS, SHAPES

    colours, none = list(COLOURS), [0] * 5
    rows = []
    for scene in scenes:
        row = [
            [
                colours.index(thing.colour),
                SHAPES.index(thing.shape),
                thing.top,
                thing.left,
                thing.size,
            ]
            for thing in scene.objects
        ]
        rows.append(row + [none] * (MOST_OBJECTS - len(row)))
    return torch.tensor(rows)


def examples(numbers: Tensor) -> list[Example]:
    """The pictures of scenes, and the ids of their captions."""
    from attention_course.data.scenes import COLOURS, SHAPES, VOCABULARY, Scene, Thing

    colours = list(COLOURS)
    scenes = [
        Scene(
            tuple(
                Thing(colours[colour], SHAPES[shape], top, left, size)
                for colour, shape, top, left, size in row
                if size
            )
        )
        for row in numbers.tolist()
    ]
    return [(scene.draw(), VOCABULARY.encode(scene.caption)) for scene in scenes]
