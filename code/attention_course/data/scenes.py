"""Pictures of coloured shapes with captions that name them in reading order.

A scene has 1 to 5 objects on a black ground of 32 × 32 pixels: shapes of 7 to 9 pixels, which do
not touch. Three bands of 10 pixels lie one below the other, rows 1–10, 11–20 and 21–30; each object
stands in one of them, at any height inside it and anywhere from left to right. **Reading order** is
by band, from the top, and in a band by the left edge. In this order the caption names them:

    a red square , a blue ring and a green triangle

Every fact is known: what is where, and which object each word names. The colour and the shape name
an object; ``a``, the comma and ``and`` name none.

A *location* is a cell of a grid laid over the picture. A scene belongs to training, validation or
testing by its content, that is which things stand in which bands in which order: no content that is
tested is ever in training, wherever in its band a thing stands and whatever its size.
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
SIZES = (7, 8, 9)  # pixels, the side of an object's box
MOST_OBJECTS = 5
SIDE = 32  # pixels, the height and the width of a picture
BANDS = ((1, 11), (11, 21), (21, 31))  # first row of pixels, and the first that is no more in it
GRID = (8, 8)  # rows and columns of locations, each of 4 × 4 pixels
VOCABULARY = Vocabulary(["a", ",", "and", *COLOURS, *SHAPES])
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
    def band(self) -> int:
        """Which of the `BANDS` it stands in, 0 to 2."""
        return next(i for i, (first, end) in enumerate(BANDS) if first <= self.top < end)

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
        """The words, such as ``a red square and a blue ring``."""
        return tuple(word for word, _ in self._said())

    @property
    def named(self) -> tuple[int, ...]:
        """For each word of the caption the index of the object that it names, or −1."""
        return tuple(index for _, index in self._said())

    @property
    def content(self) -> str:
        """What decides on the split: which things stand in which bands, in which order."""
        return " ".join(f"{thing.band}-{thing.colour}-{thing.shape}" for thing in self.objects)

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
            said += [("a", -1), (thing.colour, index), (thing.shape, index)]
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
    captions of like length, as Xu et al. (1502.03044, Section 4.3) train on.

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
    """A scene with so many objects: colour, shape, size, band and place each drawn evenly.

    A place that touches an object that is there already is drawn again.

    Raises:
        ValueError: ``objects`` is not 1 to 5.
    """
    check_integers(1, objects=objects)
    if objects > MOST_OBJECTS:
        raise ValueError(f"objects is {objects}, expected 1 to {MOST_OBJECTS}")
    things: list[Thing] = []
    while len(things) < objects:
        size = random.choice(SIZES)
        first, end = random.choice(BANDS)
        thing = Thing(
            random.choice(list(COLOURS)),
            random.choice(SHAPES),
            random.randint(first, end - size),
            random.randint(0, SIDE - size),
            size,
        )
        if not any(_touch(thing, other) for other in things):
            things.append(thing)
    return Scene(tuple(sorted(things, key=lambda thing: (thing.band, thing.left))))


def _touch(one: Thing, other: Thing) -> bool:
    """Whether two objects overlap, or have no pixel of ground between them."""
    top, left, bottom, right = one.box
    top_2, left_2, bottom_2, right_2 = other.box
    return top <= bottom_2 and top_2 <= bottom and left <= right_2 and left_2 <= right


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
            within a split a content may come again with its objects elsewhere in their bands.
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
