"""Scenes: what the picture shows, what the caption says, and that both are the same."""

from __future__ import annotations

from itertools import combinations, islice
from random import Random

import numpy as np
import pytest
import torch
from attention_course.data import available, load
from attention_course.data.batches import bucketed
from attention_course.data.scenes import (
    COLOURS,
    SHAPES,
    SIZES,
    VOCABULARY,
    Scene,
    Scenes,
    Thing,
    corpus,
    locations,
    make_batch,
    scene,
    split_of,
)
from attention_course.data.vocabulary import BOS, EOS, PAD
from hypothesis import given, settings
from hypothesis import strategies as st

drawn = st.builds(lambda seed, n: scene(Random(seed), n), st.integers(0, 10**6), st.integers(1, 5))
SMALL = corpus(train=400, validation=40, test=80)
GOLDEN = [
    "yellow triangle , red cross , blue ring and purple ring",
    "blue cross and blue square",
]
THREE = Scene(
    (
        Thing("red", "square", 1, 26, 6),
        Thing("blue", "ring", 9, 1, 7),
        Thing("green", "triangle", 8, 17, 6),
    )
)


# --- one scene ---


@settings(deadline=None)
@given(drawn)
def test_objects_stand_in_cells_of_their_own_in_reading_order(drawn: Scene) -> None:
    cells = []
    for thing in drawn.objects:
        top, left, bottom, right = thing.box
        assert bottom - top == right - left == thing.size
        assert thing.size in SIZES
        row, column = top // 8, left // 8
        assert (bottom - 1) // 8 == row  # all of it stands in one cell
        assert (right - 1) // 8 == column
        assert 0 <= row < 4
        assert 0 <= column < 4
        assert thing.cell == 4 * row + column
        cells.append((row, column))
    assert cells == sorted(set(cells))


@settings(deadline=None)
@given(drawn)
def test_the_picture_shows_the_objects_and_nothing_else(drawn: Scene) -> None:
    picture = drawn.draw()
    assert picture.shape == (3, 32, 32)
    assert picture.dtype == torch.float32
    assert picture.min() >= 0
    assert picture.max() <= 1
    rest = picture.clone()
    for thing in drawn.objects:
        top, left, bottom, right = thing.box
        shown = picture[:, top:bottom, left:right]
        covered = shown.amax(0) > 0
        for edge in (covered[0], covered[-1], covered[:, 0], covered[:, -1]):
            assert edge.any()  # the box is no larger than the object
        colour = torch.tensor(COLOURS[thing.colour])[:, None, None]
        share = shown.sum(0) / colour.sum()
        torch.testing.assert_close(shown, share * colour)
        assert share.max() == pytest.approx(1)  # somewhere a pixel is covered whole
        rest[:, top:bottom, left:right] = 0
    assert (rest == 0).all()


def test_shapes_differ_as_drawn() -> None:
    """Rows of pixels of size 9: # covered, + partly, . not at all."""
    shown = {}
    for shape in SHAPES:
        covered = Scene((Thing("white", shape, 1, 0, 9),)).draw()[0, 1:10, :9] / 0.95
        shown[shape] = [
            "".join("#" if c > 0.999 else "." if c == 0 else "+" for c in row) for row in covered
        ]
    assert shown["square"] == ["#########"] * 9
    assert shown["cross"] == ["...###..."] * 3 + ["#########"] * 3 + ["...###..."] * 3
    assert shown["triangle"][0] == "....+...."
    assert shown["triangle"][8] == "+#######+"
    assert shown["ring"][0] == ".+++#+++."
    assert shown["ring"][4] == "##+...+##"
    assert len(set(map(tuple, shown.values()))) == 4


@settings(deadline=None)
@given(drawn)
def test_the_caption_names_the_objects_in_order(drawn: Scene) -> None:
    assert len(drawn.caption) == len(drawn.named) == 3 * len(drawn.objects) - 1
    for index, thing in enumerate(drawn.objects):
        said = [w for w, i in zip(drawn.caption, drawn.named, strict=True) if i == index]
        assert said == [thing.colour, thing.shape]
    rest = [w for w, i in zip(drawn.caption, drawn.named, strict=True) if i == -1]
    assert rest == ([","] * (len(drawn.objects) - 2) + ["and"] * (len(drawn.objects) > 1))


def test_a_caption() -> None:
    assert " ".join(THREE.caption) == "red square , blue ring and green triangle"
    assert THREE.named == (0, 0, -1, 1, 1, -1, 2, 2)
    assert THREE.content == "3-red-square 4-blue-ring 6-green-triangle"


# --- locations ---


@settings(deadline=None)
@given(drawn, st.sampled_from([(8, 8), (4, 4), (8, 4), (16, 2)]))
def test_locations_share_a_pixel_with_the_box(drawn: Scene, grid: tuple[int, int]) -> None:
    for thing in drawn.objects:
        picture = Scene((thing,)).draw()
        top, left, bottom, right = thing.box
        picture[:] = 0
        picture[0, top:bottom, left:right] = 1
        cells = torch.nn.functional.max_pool2d(picture[:1], (32 // grid[0], 32 // grid[1]))
        assert locations(thing.box, grid).tolist() == (cells.flatten() > 0).tolist()


def test_locations_by_hand() -> None:
    assert np.flatnonzero(locations((7, 8, 9, 17))).tolist() == [1, 2, 5, 6]
    assert np.flatnonzero(locations((8, 8, 16, 16))).tolist() == [5]
    assert np.flatnonzero(locations((8, 8, 16, 16), (2, 8))).tolist() == [2, 3]


# --- the corpus ---


def test_splits_have_their_sizes_and_no_content_is_in_two() -> None:
    splits = (SMALL.train, SMALL.validation, SMALL.test)
    assert [len(split) for split in splits] == [400, 40, 80]
    contents = [{one.content for one in split} for split in splits]
    for one, other in combinations(contents, 2):
        assert not one & other
    assert {split_of(one) for one in SMALL.test} == {"test"}


def test_a_split_follows_from_what_stands_where_not_from_the_pixels() -> None:
    moved = Scene(
        (
            Thing("red", "square", 0, 24, 7),
            Thing("blue", "ring", 10, 0, 6),
            Thing("green", "triangle", 9, 16, 7),
        )
    )
    assert moved.content == THREE.content
    assert Scene(THREE.objects[:2]).content != THREE.content


def test_every_number_of_objects_is_as_likely() -> None:
    counts = np.bincount([len(one.objects) for one in SMALL.train], minlength=6)
    assert counts[0] == 0
    assert (np.abs(counts[1:] - 80) < 4 * np.sqrt(80 * 0.8)).all()
    assert max(len(one.objects) for one in corpus(train=50, most_objects=2).train) == 2


def test_the_same_corpus_on_every_machine() -> None:
    assert [" ".join(one.caption) for one in SMALL.train[:2]] == GOLDEN
    assert corpus(train=9, validation=2, test=3) == corpus(train=9, validation=2, test=3)
    assert corpus(train=9, validation=2, test=3) != corpus(train=9, validation=2, test=3, seed=1)


# --- batches ---


def test_a_batch_of_scenes() -> None:
    scenes = [THREE, SMALL.train[0]]
    batch = make_batch(SMALL.encode(scenes))
    assert batch.source.shape == (2, 3, 32, 32)
    assert torch.equal(batch.source[0], THREE.draw())
    assert batch.source_mask.shape == (2, 16)
    assert batch.source_mask.dtype == torch.bool
    assert batch.source_mask.all()
    said = VOCABULARY.encode(THREE.caption)
    assert batch.target_in[0, : len(said)].tolist() == [BOS, *said[:-1]]
    assert batch.target_out[0, : len(said)].tolist() == said
    assert said[-1] == EOS
    assert batch.target_mask.sum(1).tolist() == [len(one.caption) + 1 for one in scenes]
    assert (batch.target_out[~batch.target_mask] == PAD).all()
    assert make_batch(SMALL.encode(scenes), (4, 8)).source_mask.shape == (2, 32)


def test_buckets_hold_captions_of_one_length() -> None:
    """All but those where one length ends and the next begins, at most four of the twenty-five."""
    batches = bucketed(
        SMALL.encode(SMALL.train), 16, generator=torch.Generator().manual_seed(0), pool=25,
        collate=make_batch,
    )  # fmt: skip
    whole = [batch.target_mask.all() for batch in islice(batches, 25)]
    assert sum(whole) >= 21


# --- what is asked for ---


def test_load() -> None:
    loaded = load("scenes", train=5, validation=1, test=1)
    assert isinstance(loaded, Scenes)
    assert loaded == corpus(train=5, validation=1, test=1)
    assert loaded.vocabulary is VOCABULARY
    assert available("scenes")
    with pytest.raises(TypeError, match="'scenes' has no option 'language'; it has train"):
        load("scenes", language="fr")
    with pytest.raises(TypeError, match="'scenes' has no sentences to reverse"):
        load("scenes", train=1, validation=1, test=1, reversed_sources=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: corpus(train=-1), "train is -1, expected an integer of at least 0"),
        (lambda: corpus(test=2.5), "test is 2.5, expected an integer"),
        (lambda: corpus(most_objects=6), "most_objects is 6, expected 1 to 5"),
        (lambda: corpus(most_objects=0), "most_objects is 0, expected"),
        (lambda: corpus(seed="a"), "seed is 'a', expected an integer"),
        (lambda: scene(Random(0), 6), "objects is 6, expected 1 to 5"),
        (lambda: scene(Random(0), 0), "objects is 0, expected"),
        (lambda: make_batch([]), "a batch of no examples"),
        (lambda: locations((0, 0, 1, 1), (5, 8)), r"grid is \(5, 8\), expected numbers that"),
        (lambda: locations((0, 0, 1, 1), (0, 8)), r"grid\[0\] is 0, expected an integer"),
    ],
)
def test_bad_input_is_named(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
