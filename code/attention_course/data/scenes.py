"""Pictures of coloured shapes with captions that name them in reading order.

A scene has 1 to 5 objects on a black ground of 32 × 32 pixels, which is divided into 4 × 4 cells of
8 × 8 pixels. Each object is a shape of 6 or 7 pixels and stands somewhere in a cell of its own, so
that objects do not overlap. **Reading order** is that of the cells, row by row from the top, each
row from left to right. In this order the caption names them:

    red square , blue ring and green triangle

Every fact is known: what is where, and which object each word names. The colour and the shape name
an object; the comma and ``and`` name none.

A *location* is a part of the picture that a model may look at, in a grid laid over it. A scene
belongs to training, validation or testing by its content, that is which things stand in which
cells: no content that is tested is ever in training, wherever in its cell a thing stands and
whatever its size.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

import numpy as np
import torch
from torch import Tensor

from attention_course.data.batches import Batch, pad
from attention_course.data.checks import check_integers
from attention_course.data.vocabulary import BOS, Vocabulary

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.9, 0.15, 0.15),
    "green": (0.15, 0.7, 0.25),
    "blue": (0.25, 0.4, 1.0),
    "yellow": (0.95, 0.85, 0.1),
    "purple": (0.65, 0.25, 0.8),
    "white": (0.95, 0.95, 0.95),
}
SHAPES = ("square", "ring", "triangle", "cross")
SIZES = (6, 7)  # pixels, the side of an object's box
MOST_OBJECTS = 5
SIDE = 32  # pixels, the height and the width of a picture
CELL = 8  # pixels, the side of a cell
CELLS = SIDE // CELL  # in a row, and rows
GRID = (4, 4)  # rows and columns of locations
VOCABULARY = Vocabulary([",", "and", *COLOURS, *SHAPES])
FINE = 8  # points a pixel and direction, for smooth edges

Example = tuple[Tensor, list[int]]
"""A picture (3, 32, 32) and the ids of its caption, EOS at the end."""


@dataclass(frozen=True)
class Thing:
    """One object of a scene.

    Attributes:
        colour, shape: one of `COLOURS`, one of `SHAPES`.
        top, left: row and column of its first pixel, from 0.
        size: height and width of its box in pixels.
    """

    colour: str
    shape: str
    top: int
    left: int
    size: int

    @property
    def cell(self) -> int:
        """Which cell it stands in, 0 to 15 in reading order."""
        return self.top // CELL * CELLS + self.left // CELL

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Its bounding box: top, left, bottom, right, the last two no more in it."""
        return self.top, self.left, self.top + self.size, self.left + self.size


@dataclass(frozen=True)
class Scene:
    """Some objects, in reading order."""

    objects: tuple[Thing, ...]

    @property
    def caption(self) -> tuple[str, ...]:
        """The words, such as ``red square and blue ring``."""
        return tuple(word for word, _ in self._said())

    @property
    def named(self) -> tuple[int, ...]:
        """For each word of the caption the index of the object that it names, or −1."""
        return tuple(index for _, index in self._said())

    @property
    def content(self) -> str:
        """What decides on the split: which things stand in which cells."""
        return " ".join(f"{thing.cell}-{thing.colour}-{thing.shape}" for thing in self.objects)

    def draw(self) -> Tensor:
        """The picture, (3, 32, 32) float32 from 0 to 1: red, green and blue."""
        picture = np.zeros((3, SIDE, SIDE), dtype=np.float32)
        for thing in self.objects:
            top, left, bottom, right = thing.box
            colour = np.array(COLOURS[thing.colour], dtype=np.float32)
            picture[:, top:bottom, left:right] = colour[:, None, None] * _stencil(
                thing.shape, thing.size
            )
        return torch.from_numpy(picture)

    def _said(self) -> list[tuple[str, int]]:
        said: list[tuple[str, int]] = []
        last = len(self.objects) - 1
        for index, thing in enumerate(self.objects):
            if index:
                said.append(("and" if index == last else ",", -1))
            said += [(thing.colour, index), (thing.shape, index)]
        return said


@cache
def _stencil(shape: str, size: int) -> np.ndarray:
    """How much of each pixel of the box the shape covers, (size, size) from 0 to 1."""
    points = (np.arange(size * FINE) + 0.5) / (size * FINE)  # 0 to 1
    y, x = points[:, None], points[None, :]
    radius = np.hypot(x - 0.5, y - 0.5)
    inside = {
        "square": np.ones_like(radius, dtype=bool),
        "ring": (radius < 0.5) & (radius > 0.25),
        "triangle": abs(x - 0.5) < y / 2,
        "cross": (abs(x - 0.5) < 1 / 6) | (abs(y - 0.5) < 1 / 6),
    }[shape]
    return inside.reshape(size, FINE, size, FINE).mean((1, 3)).astype(np.float32)


def locations(
    box: tuple[int, int, int, int], grid: tuple[int, int] = GRID, side: int = SIDE
) -> np.ndarray:
    """Which locations belong to a box: those that share at least one pixel with it.

    Args:
        box: top, left, bottom, right in pixels, see `Thing.box`.
        grid: rows and columns of locations; the numbers must divide ``side``.
        side: height and width of the picture in pixels.

    Returns:
        (L,) bool, row by row, as the models order their annotations; L = rows · columns.
    """
    rows, columns = _grid(grid, side)
    top, left, bottom, right = box
    height, width = side // rows, side // columns
    y, x = np.arange(rows) * height, np.arange(columns) * width
    return np.logical_and.outer(
        (y < bottom) & (y + height > top), (x < right) & (x + width > left)
    ).ravel()


def _grid(grid: tuple[int, int], side: int) -> tuple[int, int]:
    rows, columns = grid
    check_integers(1, **{"grid[0]": rows, "grid[1]": columns})
    if side % rows or side % columns:
        raise ValueError(f"grid is {grid}, expected numbers that divide {side}, a picture's side")
    return rows, columns


@dataclass(frozen=True)
class Scenes:
    """Scenes for training, validation and testing, and the vocabulary of their captions."""

    train: tuple[Scene, ...] = field(repr=False)
    validation: tuple[Scene, ...] = field(repr=False)
    test: tuple[Scene, ...] = field(repr=False)
    vocabulary: Vocabulary = VOCABULARY

    def encode(self, scenes: Iterable[Scene]) -> list[Example]:
        """The picture of each scene and the ids of its caption, EOS at the end."""
        return [(scene.draw(), self.vocabulary.encode(scene.caption)) for scene in scenes]


def make_batch(examples: Sequence[Example], grid: tuple[int, int] = GRID) -> Batch:
    """One batch of all the examples, for the same `Batch` that translators learn from.

    ``bucketed(corpus.encode(corpus.train), 64, generator=…, collate=make_batch)`` gives batches of
    captions of like length, as Xu et al. (1502.03044) train on.

    Args:
        examples: from `Scenes.encode`.
        grid: rows and columns of locations of the model, for the mask.

    Returns:
        A batch whose ``source`` are pictures (B, 3, 32, 32) and whose ``source_mask`` (B, L) is
        True everywhere: one may look at every location.

    Raises:
        ValueError: no examples, or a grid that does not divide the picture.
    """
    if len(examples) == 0:
        raise ValueError("a batch of no examples; expected at least one")
    rows, columns = _grid(grid, SIDE)
    target_in, _ = pad([[BOS, *ids[:-1]] for _, ids in examples])  # (B, T)
    target_out, target_mask = pad([ids for _, ids in examples])  # (B, T)
    return Batch(
        torch.stack([picture for picture, _ in examples]),
        torch.ones(len(examples), rows * columns, dtype=torch.bool),
        target_in,
        target_out,
        target_mask,
    )


def split_of(scene: Scene) -> str:
    """The split that a scene belongs to: a hash of its content decides, 88%, 4% and 8% of all."""
    draw = zlib.crc32(scene.content.encode()) % 100
    return "validation" if draw < 4 else "test" if draw < 12 else "train"


def scene(random: Random, objects: int) -> Scene:
    """A scene with so many objects: cells, colours, shapes, sizes and places drawn evenly.

    Raises:
        ValueError: ``objects`` is not 1 to 5.
    """
    check_integers(1, objects=objects)
    if objects > MOST_OBJECTS:
        raise ValueError(f"objects is {objects}, expected 1 to {MOST_OBJECTS}")
    things = []
    for cell in sorted(random.sample(range(CELLS**2), objects)):
        size = random.choice(SIZES)
        top, left = (CELL * place + random.randint(0, CELL - size) for place in divmod(cell, CELLS))
        colour, shape = random.choice(list(COLOURS)), random.choice(SHAPES)
        things.append(Thing(colour, shape, top, left, size))
    return Scene(tuple(things))


def corpus(
    *,
    train: int = 8_000,
    validation: int = 400,
    test: int = 1_000,
    most_objects: int = MOST_OBJECTS,
    seed: int = 0,
) -> Scenes:
    """Scenes of 1 to ``most_objects`` objects, every number equally likely.

    Args:
        train, validation, test: how many scenes of each. No content of one split is in another;
            within a split a content may come again with its objects elsewhere in their cells.
        most_objects: 1 to 5.
        seed: the same seed gives the same scenes; another one gives other scenes, each content in
            the same split as ever.

    Raises:
        ValueError: a number that is no integer or out of range.
    """
    wanted = {"train": train, "validation": validation, "test": test}
    check_integers(0, **wanted)
    check_integers(1, most_objects=most_objects)
    if most_objects > MOST_OBJECTS:
        raise ValueError(f"most_objects is {most_objects}, expected 1 to {MOST_OBJECTS}")
    check_integers(seed=seed)
    random = Random(seed)
    found: dict[str, list[Scene]] = {split: [] for split in wanted}
    while any(len(found[split]) < count for split, count in wanted.items()):
        drawn = scene(random, random.randint(1, most_objects))
        split = split_of(drawn)
        if len(found[split]) < wanted[split]:
            found[split].append(drawn)
    return Scenes(tuple(found["train"]), tuple(found["validation"]), tuple(found["test"]))
