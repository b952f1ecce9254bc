"""Captions of scenes and their scores, above all pointing accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from attention_course import captioning
from attention_course.captioning import describe, evaluate, pointing
from attention_course.data import load
from attention_course.data.batches import in_order
from attention_course.data.scenes import Scene, Thing, make_batch
from attention_course.data.vocabulary import BOS, PAD
from attention_course.models.show_attend_tell import ShowAttendTell
from attention_course.training import mean_loss
from torch import Tensor

CORPUS = load("scenes", train=1, validation=1, test=30)
TWO = Scene((Thing("red", "square", 0, 8, 7), Thing("blue", "ring", 17, 17, 6)))  # cells 1, 10


def model_of(attention: str = "soft") -> ShowAttendTell:
    torch.manual_seed(0)
    return ShowAttendTell(
        len(CORPUS.vocabulary), embedding=8, hidden=16, annotation=8, attention=attention,
        initialisation="torch",
    ).eval()  # fmt: skip


class Knowing(torch.nn.Module):
    """Says the right caption and looks where it should, or one word and one cell wrong."""

    def __init__(self, wrong: bool = False) -> None:
        super().__init__()
        self.wrong = wrong

    def looks_and_words(self, picture: Tensor) -> tuple[list[int], list[int]]:
        (scene,) = [s for s in CORPUS.test if torch.equal(s.draw(), picture)]
        ids = CORPUS.vocabulary.encode(scene.caption)
        cells = [scene.objects[i].cell if i >= 0 else 15 for i in scene.named] + [0]
        if self.wrong:
            ids[0] = ids[0] % 4 + 6
            cells[1] = (cells[1] + 1) % 16
        return cells, ids

    def start(self, source: Tensor, source_mask: Tensor) -> Any:
        return Progress([self.looks_and_words(picture) for picture in source], 0)

    def step(self, token: Tensor, state: Any) -> tuple[Tensor, Tensor, Any]:
        logits = torch.zeros(len(token), len(CORPUS.vocabulary))
        weights = torch.zeros(len(token), 1, 1, 16)
        for row, (cells, ids) in enumerate(state.rows):
            at = min(state.t, len(ids) - 1)
            logits[row, ids[at]] = 9.0
            weights[row, 0, 0, cells[at]] = 1.0
        return logits, weights, Progress(state.rows, state.t + 1)

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> Any:
        state, steps = self.start(source, source_mask), []
        for token in target.unbind(1):
            logits, weights, state = self.step(token, state)
            steps.append((logits, weights))
        logits, weights = (torch.stack(part, -2) for part in zip(*steps, strict=True))
        return logits, weights


class Progress:
    def __init__(self, rows: list[Any], t: int) -> None:
        self.rows, self.t = rows, t

    def select(self, rows: Tensor) -> Progress:
        return Progress([self.rows[row] for row in rows.tolist()], self.t)


def test_pointing_by_hand() -> None:
    """``red square and blue ring``: the third word names nothing."""
    weights = np.zeros((6, 16))
    weights[0, 1] = 0.75
    weights[1, 2] = 1.0
    weights[2, 1] = 1.0
    weights[3, [10, 11]] = 0.5
    weights[4, 10] = 1.0
    got = pointing(weights, TWO)
    assert got == [(0.75, 1 / 16), (0.0, 1 / 16), (0.5, 1 / 16), (1.0, 1 / 16)]
    fine = np.full((5, 64), 1 / 64)
    assert pointing(fine, TWO, (8, 8)) == [(pytest.approx(4 / 64),) * 2] * 4


def test_a_model_that_knows_everything_is_perfect() -> None:
    report = evaluate(Knowing(), CORPUS.test, CORPUS, batch_size=7)
    assert report.exact_match == report.token_accuracy == report.pointing == report.hits == 1.0
    assert report.chance == pytest.approx(1 / 16)
    assert [str(d) for d in report.descriptions] == [" ".join(s.caption) for s in CORPUS.test]
    assert [d.scene for d in report.descriptions] == list(CORPUS.test)
    assert report.descriptions[0].tokens == (*CORPUS.test[0].caption, "<eos>")


def test_one_mistake_in_each_caption_is_seen() -> None:
    report = evaluate(Knowing(wrong=True), CORPUS.test, CORPUS)
    objects = [len(scene.objects) for scene in CORPUS.test]
    assert report.exact_match == 0.0
    assert report.token_accuracy == pytest.approx(1 - 30 / sum(3 * n for n in objects))
    assert report.pointing == pytest.approx(1 - 30 / sum(2 * n for n in objects))
    for count, part in report.by_objects.items():
        assert part.scenes == objects.count(count)
        assert part.token_accuracy == pytest.approx(1 - 1 / (3 * count))
        assert part.pointing == pytest.approx(1 - 1 / (2 * count))


@pytest.mark.parametrize("attention", ["soft", "mean"])
def test_scores_are_those_of_one_scene_at_a_time(attention: str) -> None:
    model = model_of(attention)
    report = evaluate(model, CORPUS.test, CORPUS, batch_size=8)
    shares, variances, largest, hits, tokens = [], [], [], 0, 0
    for scene in CORPUS.test:
        batch = make_batch(CORPUS.encode([scene]))
        with torch.no_grad():
            logits, weights = model(batch.source, batch.source_mask, batch.target_in)
        hits += int((logits.argmax(-1) == batch.target_out).sum())
        tokens += batch.tokens
        alpha = weights[0, 0, 0].numpy()
        shares += [alpha[t, scene.objects[i].cell] for t, i in enumerate(scene.named) if i >= 0]
        largest += [
            alpha[t].argmax() == scene.objects[i].cell for t, i in enumerate(scene.named) if i >= 0
        ]
        variances.append(alpha.sum(0).var())
    assert report.token_accuracy == pytest.approx(hits / tokens)
    assert report.pointing == pytest.approx(np.mean(shares), abs=1e-6)
    assert report.hits == pytest.approx(np.mean(largest))
    assert report.coverage_variance == pytest.approx(np.mean(variances), abs=1e-6)
    batches = list(in_order(CORPUS.encode(CORPUS.test), 8, collate=make_batch))
    assert report.loss == pytest.approx(mean_loss(model, batches), abs=1e-5)
    if attention == "mean":
        assert report.pointing == pytest.approx(report.chance)
        assert report.coverage_variance == pytest.approx(0, abs=1e-9)


def test_a_description_has_a_row_of_weights_for_each_token() -> None:
    class Stammering(Knowing):
        """Says BOS and PAD before its caption, as an untrained model may."""

        def looks_and_words(self, picture: Tensor) -> tuple[list[int], list[int]]:
            cells, ids = super().looks_and_words(picture)
            return [7, 7, *cells], [BOS, PAD, *ids]

    for description in describe(Stammering(), CORPUS.test[:5], CORPUS):
        assert description.words == description.scene.caption
        assert description.weights.shape == (len(description.tokens), 16)
        assert description.weights[0, description.scene.objects[0].cell] == 1


def test_beam_search_is_used_where_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    widths = []
    real = captioning.beam_search

    def search(*arguments: Any, width: int) -> Any:
        widths.append(width)
        return real(*arguments, width=width)

    monkeypatch.setattr(captioning, "beam_search", search)
    describe(model_of(), CORPUS.test[:3], CORPUS, batch_size=2)
    evaluate(model_of(), CORPUS.test[:2], CORPUS, width=3)
    assert widths == [1, 1, 3]


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="there are no scenes to evaluate on"):
        evaluate(model_of(), [], CORPUS)
    with pytest.raises(ValueError, match="batch_size is 0"):
        describe(model_of(), CORPUS.test, CORPUS, batch_size=0)
    with pytest.raises(ValueError, match="width is 0"):
        describe(model_of(), CORPUS.test, CORPUS, width=0)
    with pytest.raises(ValueError, match=r"weights has shape \(4, 16\), expected at least 5 rows"):
        pointing(np.zeros((4, 16)), TWO)
    with pytest.raises(ValueError, match=r"weights has shape \(5, 64\), .* and 16 locations"):
        pointing(np.zeros((5, 64)), TWO)
