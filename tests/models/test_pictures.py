"""The encoder of pictures: what its locations see, and what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.models.pictures import PictureEncoder, grid_of
from translators import shaken


@pytest.mark.parametrize("coordinates", [True, False])
def test_the_grid_runs_row_by_row_and_sees_what_is_near(coordinates: bool) -> None:
    """An annotation depends on 15 × 15 pixels around its own 8 × 8, and on no others."""
    encoder = shaken(PictureEncoder(6, coordinates, (8, 8)))
    picture = torch.rand(1, 3, 64, 64, dtype=torch.float64, requires_grad=True)
    annotation = encoder(picture)[0, 8 * 3 + 5].sum()  # row 3, column 5
    (gradient,) = torch.autograd.grad(annotation, picture)
    rows, columns = (torch.nonzero(gradient[0].abs().sum((0, axis)))[:, 0] for axis in (2, 1))
    assert rows.tolist() == list(range(8 * 3 - 7, 8 * 3 + 8))
    assert columns.tolist() == list(range(8 * 5 - 7, 8 * 5 + 8))


def test_only_coordinates_tell_inner_locations_apart() -> None:
    picture = torch.full((1, 3, 64, 64), 0.5, dtype=torch.float64)
    for coordinates in (True, False):
        a = shaken(PictureEncoder(6, coordinates, (8, 8)))(picture)[0].unflatten(0, (8, 8))
        inner = a[2:-2, 2:-2].flatten(0, 1)
        assert torch.allclose(inner, inner[:1].expand_as(inner)) != coordinates


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: grid_of(16), "picture is 16, expected height and width: two numbers"),
        (lambda: grid_of((16, 16, 3)), "picture is (16, 16, 3), expected height and width"),
        (lambda: grid_of((16, 0)), "width is 0, expected an integer of at least 1"),
        (lambda: PictureEncoder(0, False, (2, 2)), "annotation is 0, expected an integer of at le"),
        (
            lambda: PictureEncoder(4, False, (2, 2))(torch.rand(3, 16, 16)),
            "picture has shape (3, 16, 16), expected (B, 3, Y, X), not empty",
        ),
        (
            lambda: PictureEncoder(4, False, (2, 2))(torch.rand(1, 3, 16, 16).double()),
            "picture has dtype torch.float64, expected torch.float32 like the weights",
        ),
    ],
)
def test_pictures_that_cannot_be_seen(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
