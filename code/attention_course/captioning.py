"""From a trained model to captions of scenes, and how good they and its attention are.

`describe` writes captions; `evaluate` scores them, and the attention: **pointing accuracy** is the
share of attention that lies on the object that is being named, the mean over all words that name
one. Chance level is the share of locations that belong to the object: what even weights reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch.nn.functional as F

from attention_course.data.batches import in_order
from attention_course.data.checks import check_integers
from attention_course.data.scenes import GRID, Scene, Scenes, locations, make_batch
from attention_course.data.vocabulary import BOS, PAD
from attention_course.decoding import END, Hypothesis, beam_search
from attention_course.evaluation import exact_match
from attention_course.models.captions import log_probability
from attention_course.models.show_attend_tell import ShowAttendTell
from attention_course.training import device_of, evaluating, widened


@dataclass(frozen=True, eq=False)
class Description:
    """A scene with the caption that a model wrote.

    Attributes:
        scene: what was described.
        words: the caption, without end mark.
        weights: α (T, L), a row for each of `tokens`, end mark included; a column for each
            location, row by row.
        hypothesis: ids, log-probability and weights as the search found them.
    """

    scene: Scene
    words: tuple[str, ...]
    weights: np.ndarray
    hypothesis: Hypothesis

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words and, if the model ended the caption, the end mark: labels of the rows."""
        return (*self.words, END) if self.hypothesis.ended else self.words

    def __str__(self) -> str:
        return " ".join(self.words)


def describe(
    model: ShowAttendTell,
    scenes: Sequence[Scene],
    corpus: Scenes,
    *,
    width: int = 1,
    batch_size: int = 100,
) -> list[Description]:
    """Captions of scenes, in order, on the device where the model lies.

    Args:
        corpus: gives the vocabulary.
        width: 1 for greedy search (default), more for beam search.

    Raises:
        ValueError: a number is out of range.
    """
    check_integers(1, batch_size=batch_size)
    device = device_of(model)
    found: list[Description] = []
    for batch in in_order(corpus.encode(scenes), batch_size, collate=make_batch):
        batch = batch.to(device)
        for best, *_ in beam_search(model, batch.source, batch.source_mask, width=width):
            # decode() drops PAD and BOS, which an untrained model may well say: so must the rows
            rows = [t for t, token in enumerate(best.tokens) if token not in (PAD, BOS)]
            words = tuple(corpus.vocabulary.decode(best.tokens))
            weights = best.weights[0, 0, rows].float().numpy()
            found.append(Description(scenes[len(found)], words, weights, best))
    return found


def pointing(
    weights: np.ndarray, scene: Scene, grid: tuple[int, int] = GRID
) -> list[tuple[float, float]]:
    """How much attention lies on the object being named, and how much would by chance.

    Args:
        weights: α (T, L), a row for each word of the scene's own caption; more rows are ignored.
        grid: rows and columns of locations, L = rows · columns.

    Returns:
        for each word that names an object the attention on the locations of its box, 0 to 1, and
        the share of all locations that belong to it.

    Raises:
        ValueError: fewer rows than words, or another number of locations.
    """
    if (
        weights.ndim != 2
        or len(weights) < len(scene.named)
        or weights.shape[1] != grid[0] * grid[1]
    ):
        raise ValueError(
            f"weights has shape {weights.shape}, expected at least {len(scene.named)} rows, one "
            f"for each word, and {grid[0] * grid[1]} locations"
        )
    boxes = [locations(thing.box, grid) for thing in scene.objects]
    return [
        (float(row[boxes[index]].sum()), float(boxes[index].mean()))
        for row, index in zip(weights, scene.named, strict=False)
        if index >= 0
    ]


@dataclass(frozen=True)
class Measured:
    """What was measured on some scenes.

    Attributes:
        scenes: how many.
        loss: nats per token, end mark included, given the right words before it.
        token_accuracy: share of tokens, end mark included, that are predicted right **given the
            right words before them** (teacher forcing).
        exact_match: share of scenes whose caption the model, on its own, wrote without an error.
        pointing: pointing accuracy under teacher forcing, see the head of this module.
        hits: share of the words that name an object whose largest weight lies on that object, under
            teacher forcing. There "hard" looks.
        chance: what even weights would reach in `pointing`.
        coverage_variance: variance over the locations of Σ_t α_ti, the mean over the scenes; what
            the doubly stochastic penalty is to make small.
    """

    scenes: int
    loss: float
    token_accuracy: float
    exact_match: float
    pointing: float
    hits: float
    chance: float
    coverage_variance: float


@dataclass(frozen=True)
class CaptionReport(Measured):
    """`Measured` on all scenes, the same by the number of objects, and the captions themselves."""

    by_objects: dict[int, Measured]
    descriptions: list[Description] = field(repr=False)

    def __repr__(self) -> str:
        # no scores here: their last digits differ between machines, and this stands in notebooks
        return f"CaptionReport({self.scenes} scenes)"


@dataclass(frozen=True)
class _One:
    """What one scene adds to the scores."""

    description: Description
    nats: float
    correct: int
    tokens: int
    pointing: list[tuple[float, float]]
    hits: list[float]
    coverage_variance: float


def evaluate(
    model: ShowAttendTell,
    scenes: Sequence[Scene],
    corpus: Scenes,
    *,
    width: int = 1,
    batch_size: int = 100,
) -> CaptionReport:
    """Measures a model on scenes, for example ``corpus.test``; arguments as in `describe`.

    Raises:
        ValueError: there are no scenes, or a number is out of range.
    """
    if not scenes:
        raise ValueError("there are no scenes to evaluate on, expected at least one")
    descriptions = describe(model, scenes, corpus, width=width, batch_size=batch_size)
    ones: list[_One] = []
    device = device_of(model)
    with evaluating(model):
        for batch in in_order(corpus.encode(scenes), batch_size, collate=make_batch):
            batch = batch.to(device)
            logits, weights = model(batch.source, batch.source_mask, batch.target_in)
            nats = -log_probability(widened(logits), batch)
            correct = (logits.argmax(-1) == batch.target_out) & batch.target_mask
            alpha = (weights[:, 0, 0] * batch.target_mask[..., None]).float()  # (B, T, L)
            variance = alpha.sum(1).var(1, correction=0)
            largest = F.one_hot(alpha.argmax(-1), alpha.shape[-1])  # (B, T, L)
            for row in range(len(batch)):
                scene = scenes[len(ones)]
                ones.append(
                    _One(
                        descriptions[len(ones)],
                        float(nats[row]),
                        int(correct[row].sum()),
                        int(batch.target_mask[row].sum()),
                        pointing(alpha[row].cpu().numpy(), scene),
                        [hit for hit, _ in pointing(largest[row].cpu().numpy(), scene)],
                        float(variance[row]),
                    )
                )
    counts = sorted({len(scene.objects) for scene in scenes})
    by_objects = {
        count: _measured([one for one in ones if len(one.description.scene.objects) == count])
        for count in counts
    }
    return CaptionReport(**vars(_measured(ones)), by_objects=by_objects, descriptions=descriptions)


def _measured(ones: Sequence[_One]) -> Measured:
    tokens = sum(one.tokens for one in ones)
    on_object, chance = np.mean([pair for one in ones for pair in one.pointing], axis=0)
    return Measured(
        scenes=len(ones),
        loss=sum(one.nats for one in ones) / tokens,
        token_accuracy=sum(one.correct for one in ones) / tokens,
        exact_match=exact_match(
            [one.description.words for one in ones],
            [one.description.scene.caption for one in ones],
        ),
        pointing=float(on_object),
        hits=float(np.mean([hit for one in ones for hit in one.hits])),
        chance=float(chance),
        coverage_variance=float(np.mean([one.coverage_variance for one in ones])),
    )
