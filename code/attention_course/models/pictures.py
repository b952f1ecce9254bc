"""From pictures to vectors to look at, as Show, Attend and Tell needs them (1502.03044).

The letters are those of `attention_course.models.show_attend_tell`.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.masks import check_mask, check_sizes, check_vectors

STRIDE = 8  # pixels from one location to the next, in both directions
LOUDNESS = 4.0  # of row and column beside what is seen: the attention learns sooner then


def grid_of(picture: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of locations of a picture, from its height and width in pixels.

    Raises:
        ValueError: not two sizes, or not both multiples of 8.
    """
    if not isinstance(picture, tuple) or len(picture) != 2:
        raise ValueError(f"picture is {picture!r}, expected height and width: two numbers")
    height, width = picture
    check_sizes(height=height, width=width)
    if height % STRIDE or width % STRIDE:
        raise ValueError(f"picture is {picture}, expected multiples of {STRIDE} pixels")
    return height // STRIDE, width // STRIDE


class PictureEncoder(nn.Module):
    """A small convolutional network: a picture to its grid of annotations.

    Three layers of 3 × 3 weights with D/4, D/2 and D channels, all in steps of two pixels: a
    location is 8 × 8 pixels, and its annotation sees 15 × 15. The paper takes a layer of a VGG
    network that was trained on other pictures; this one is learnt with the rest.

    A convolution does the same everywhere, so an annotation would hardly know where it lies; only
    the zeros around the picture tell, near its edges. With ``coordinates`` a fourth layer of 1 × 1
    weights is told each location's row and column, a channel for each row and one for each column.

    Args:
        annotation: D, the size of an annotation.
        coordinates: whether the annotations are told where they lie.
        grid: rows and columns of locations.

    Raises:
        ValueError: an annotation's size below 1.
    """

    where: Tensor  # (rows + columns, rows, columns)

    def __init__(self, annotation: int, coordinates: bool, grid: tuple[int, int]) -> None:
        super().__init__()
        check_sizes(annotation=annotation)
        self.coordinates = coordinates
        rows, columns = (torch.eye(size) for size in grid)
        where = torch.cat(
            [rows[:, :, None].expand(-1, -1, grid[1]), columns[:, None].expand(-1, grid[0], -1)]
        )
        self.register_buffer("where", LOUDNESS * where, persistent=False)
        sizes = (3, -(-annotation // 4), -(-annotation // 2), annotation)
        self.see = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2, padding=1) for before, after in pairwise(sizes)
        )
        self.place = nn.Conv2d(annotation + (sum(grid) if coordinates else 0), annotation, 1)
        for layer in (*self.see, self.place):
            # He et al. (1502.01852): torch's own draw lets a signal fade from layer to layer
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, picture: Tensor) -> Tensor:
        """Pictures (B, 3, Y, X) to annotations (B, L, D), L = Y/8 · X/8, row by row.

        Raises:
            ValueError: the pictures have a wrong shape or dtype.
        """
        check_vectors("picture", picture, "(B, 3, Y, X)", None, self.place.weight)
        x = picture
        for layer in self.see:
            x = F.relu(layer(x))  # (B, D, Y/8, X/8) in the end
        if self.coordinates:
            x = torch.cat([x, self.where.to(x).expand(len(x), -1, -1, -1)], dim=1)
        return F.relu(self.place(x)).flatten(2).mT.contiguous()


def check_pictures(
    source: Tensor, source_mask: Tensor, size: tuple[int, int], weights: Tensor
) -> None:
    """Checks what a model of pictures is given.

    Args:
        source: to be (B, 3, Y, X), floating-point, not empty.
        source_mask: to be (B, L) bool, for each picture at least one location to look at.
        size: Y and X, the pictures of this model.
        weights: of the model, for their dtype and device.

    Raises:
        ValueError: something else came; with the name of the argument.
    """
    check_vectors("source", source, "(B, 3, Y, X)", None, weights)
    height, width = size
    rows, columns = grid_of(size)
    if source.shape[1:] != (3, height, width):
        raise ValueError(
            f"source has shape {tuple(source.shape)}, expected (B, 3, {height}, {width}): "
            "this model's pictures"
        )
    check_mask(
        source_mask, (len(source), rows * columns), "(B, L): pictures and locations", "picture"
    )
