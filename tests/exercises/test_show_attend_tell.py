"""Exercise 3: what its notebook shows is what its questions have, and what the course has."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from attention_course.captioning import pointing
from attention_course.data.batches import Batch
from attention_course.data.scenes import Scene, Thing
from attention_course.exercises import writing
from attention_course.exercises.question import Inputs
from attention_course.exercises.show_attend_tell import (
    bound,
    bound_answers,
    decoder,
    decoder_answers,
    penalty,
    reading,
    reinforce,
    sizes,
    train,
    training,
)
from attention_course.exercises.show_attend_tell import by_hand_answers as by_hand
from attention_course.exercises.show_attend_tell.gradients import gradients
from attention_course.models import captions, show_attend_tell
from attention_course.models.captions import ReinforceLoss
from attention_course.models.pictures import PictureEncoder
from attention_course.models.show_attend_tell import ShowAttendTell
from sheets import Sheet
from torch import Tensor

SHEET = Sheet("show_attend_tell")
TEXT, shown = SHEET.text, SHEET.shown


# --- the text -----------------------------------------------------------------------------------


def test_the_slow_version_in_the_text_is_that_of_the_question() -> None:
    slow = shown("slow_bound")
    for inputs in bound.QUESTION.draw(3):
        first = bound.QUESTION.sent(inputs)
        assert torch.equal(slow(*first.values()), bound_answers.slow_bound(*first.values()))


def test_the_broken_decoder_in_the_text_is_the_known_mistake() -> None:
    broken = shown("broken_decoder")
    for inputs in decoder.QUESTION.draw(3):
        given = decoder_answers.broken_decoder(*inputs.values())
        torch.testing.assert_close(broken(*inputs.values()), given)


def test_the_map_in_the_text_is_that_of_the_question() -> None:
    rows = re.findall(r"^\| (?:\*\*|`)([<\w>]+)(?:\*\*|`) \| ([\d. |]+) \|$", TEXT, re.MULTILINE)
    assert tuple(name for name, _ in rows) == reading.WORDS
    table = tuple(tuple(float(cell) for cell in row.split(" | ")) for _, row in rows)
    assert table == reading.WEIGHTS
    for row in table:
        assert sum(row) == pytest.approx(1)


def test_the_objects_in_the_text_are_those_of_the_question() -> None:
    (square_top, square_left, square_bottom, square_right), ring = reading.BOXES
    top, left, bottom, right = ring
    assert (
        f"square fills the rows {square_top} to {square_bottom - 1} and the columns {square_left} "
        f"to {square_right - 1} of the pixels" in TEXT
    )
    assert f"rows {top} to {bottom - 1} and the columns {left} to {right - 1}" in TEXT
    assert f"picture of {reading.SIDE} × {reading.SIDE} pixels" in TEXT


def test_the_table_by_hand_is_that_of_the_question() -> None:
    scores = re.search(r"^\| score \$e_k\$ \| (.+) \|$", TEXT, re.MULTILINE)
    chances = re.search(r"^\| \$p\(y \\mid k\)\$ \| (.+) \|$", TEXT, re.MULTILINE)
    assert scores is not None
    assert chances is not None
    logs = [re.fullmatch(r"\$(?:\\ln (\d)|0)\$", cell) for cell in scores[1].split(" | ")]
    assert tuple(int(log[1] or 1) for log in logs if log) == by_hand.EXPONENTIALS
    below = re.findall(r"\\frac\{?1\}?\{?(\d+)\}?", chances[1])
    assert tuple(1 / int(number) for number in below) == by_hand.CHANCES
    assert f"place {by_hand.DRAWN} is drawn" in TEXT
    assert f"{by_hand.KEPT}\\, b + {1 - by_hand.KEPT:.1f}\\, r_{by_hand.DRAWN}" in TEXT


def test_the_sizes_in_the_text_are_those_of_the_question() -> None:
    for said in (
        f"`B` = {sizes.B} pictures, {sizes.HEIGHT} pixels high and {sizes.WIDTH} wide",
        f"captions of `T` = {sizes.T} words",
        f"$D = {sizes.D}$ numbers, a state of the decoder $n = {sizes.HIDDEN}$",
    ):
        assert said in TEXT


def test_the_training_in_the_text_is_that_of_the_question() -> None:
    batches = train.SCENES // training.BATCH_SIZE
    assert f"{batches} batches of {training.BATCH_SIZE} scenes of one or two objects" in TEXT
    assert training.MOST_OBJECTS == 2
    assert f"{training.HIDDEN} numbers in a state" in TEXT
    assert f"\\lambda = {train.LAMBDA}" in TEXT
    assert f"at least {100 * writing.ENOUGH:.0f} % of {train.UNSEEN} scenes" in TEXT
    assert f"must lie {train.LEAST} to {train.MOST} above what even weights would have" in TEXT


# --- what is right is what the course's own modules do ------------------------------------------


def test_the_sizes_are_those_of_the_model() -> None:
    right = sizes.predicted_sizes()
    model = ShowAttendTell(
        9,
        embedding=4,
        hidden=sizes.HIDDEN,
        annotation=sizes.D,
        picture=(sizes.HEIGHT, sizes.WIDTH),
    )
    pictures = torch.rand(sizes.B, 3, sizes.HEIGHT, sizes.WIDTH)
    mask = torch.ones(sizes.B, sizes.L, dtype=torch.bool)
    _, weights = model(pictures, mask, torch.zeros(sizes.B, sizes.T, dtype=torch.long))
    assert model.grid == right["grid"]
    assert model.encoder(pictures).shape == right["annotations"]
    assert weights[:, 0, 0].shape == right["weights"]
    assert model.f_beta is not None
    assert sum(p.numel() for p in model.f_beta.parameters()) == right["gate"]


@pytest.mark.parametrize("layers", [3, 4])
def test_a_fourth_layer_sees_as_far_as_the_question_says(layers: int) -> None:
    """The pixels whose gradient is not zero, in the middle of a large picture."""
    side = 96
    see = [torch.nn.Conv2d(1, 1, 3, stride=2, padding=1) for _ in range(layers)]
    assert [layer.kernel_size for layer in see[:3]] == [
        layer.kernel_size  # type: ignore[union-attr]
        for layer in PictureEncoder(8, False, (4, 4)).see
    ]
    picture = torch.zeros(1, 1, side, side, requires_grad=True)
    x = picture
    for layer in see:
        torch.nn.init.ones_(layer.weight)
        x = layer(x)
    middle = x.shape[-1] // 2
    x[0, 0, middle, middle].backward()
    assert picture.grad is not None
    seen = int((picture.grad[0, 0].abs().sum(0) > 0).sum())
    assert seen == (sizes.predicted_sizes()["sees"] if layers == 4 else 15)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_penalty_is_that_of_the_course(seed: int) -> None:
    for inputs in penalty.QUESTION.draw(seed):
        weights, mask = inputs.values()
        expected = captions.doubly_stochastic_penalty(weights[:, None, None], mask)
        torch.testing.assert_close(penalty.penalty(weights, mask), expected)


class Looking(torch.nn.Module):
    """Stands for a model with hard attention that has looked at given places."""

    kind = "hard"

    def __init__(self, inputs: Inputs) -> None:
        super().__init__()
        self.log_p = torch.nn.Parameter(inputs["log_p"])
        self.scores = torch.nn.Parameter(inputs["scores"])
        self.looks = torch.nn.functional.one_hot(inputs["places"], inputs["scores"].shape[-1])
        self.words = inputs["mask"].sum(1, keepdim=True)

    def looking(self, *_: object) -> tuple[Tensor, Tensor, Tensor]:
        word = self.log_p[:, None] / self.words  # log p of each word, all alike
        logits = torch.stack([word, (1 - word.exp()).log()], -1)
        weights = self.scores.softmax(-1)
        return logits.expand(-1, weights.shape[1], -1), weights, self.looks.to(weights)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_gradient_is_that_of_the_course(seed: int) -> None:
    for inputs in reinforce.QUESTION.draw(seed):
        mask = inputs["mask"]
        batch = Batch(
            source=mask,
            source_mask=mask,
            target_in=0 * mask.long(),
            target_out=0 * mask.long(),
            target_mask=mask,
        )
        model = Looking(inputs)
        loss = ReinforceLoss(inputs["reward"], entropy=0.0, half=False)
        loss.b = inputs["baseline"]
        captions_per_word = len(mask) / int(mask.sum())
        (loss(model, batch) / captions_per_word).backward()  # type: ignore[arg-type]
        expected = gradients(reinforce.reinforce_loss, {k: v for k, v in inputs.items()})
        torch.testing.assert_close(model.log_p.grad, expected["words"])
        torch.testing.assert_close(model.scores.grad, expected["scores"])


def test_the_rule_by_hand_is_that_of_the_loss() -> None:
    """The derivatives of the loss for each place that may be drawn, in powers of two."""
    ln2 = math.log(2)
    right = by_hand.one_look()

    def estimate(drawn: int, b: float) -> list[float]:
        found = gradients(
            reinforce.reinforce_loss,
            {
                "log_p": torch.tensor([by_hand.REWARDS[drawn] * ln2], dtype=torch.float64),
                "scores": torch.tensor([[by_hand.EXPONENTIALS]], dtype=torch.float64).log(),
                "places": torch.tensor([[drawn]]),
                "mask": torch.tensor([[True]]),
                "baseline": b * ln2,
                "reward": 1.0,
            },
        )
        return (-found["scores"][0, 0] / ln2).tolist()

    assert estimate(by_hand.DRAWN, 0) == pytest.approx(right["estimate"])
    assert estimate(by_hand.DRAWN, right["mean"]) == pytest.approx(right["with_baseline"])
    for b, variance in zip((0, right["mean"]), right["variances"], strict=True):
        all_looks = np.array([estimate(drawn, b) for drawn in range(4)])
        mean = np.average(all_looks, axis=0, weights=by_hand.WEIGHTS)
        assert mean.tolist() == pytest.approx(right["exact"])
        spread = np.average((all_looks - mean) ** 2, axis=0, weights=by_hand.WEIGHTS)
        assert spread[0] == pytest.approx(variance)


def test_pointing_is_that_of_the_course() -> None:
    """Measured by the course's own module, on a scene that is cut into four by four places."""
    things = []
    for (top, left, bottom, _), (colour, shape) in zip(
        reading.BOXES, (("red", "square"), ("blue", "ring")), strict=True
    ):
        things.append(Thing(colour, shape, top, left, bottom - top))
    scene = Scene(tuple(things))
    assert scene.caption == reading.WORDS[:-1]
    weights = np.zeros((6, 4, 4))  # the picture of the question is its top left part
    weights[:, :3, :3] = np.array(reading.WEIGHTS).reshape(6, 3, 3)
    found = np.array(pointing(weights.reshape(6, 16), scene))
    right = reading.read_map()
    assert found[:, 0].mean() == pytest.approx(right["pointing"])
    assert found[:, 1].mean() * 16 / 9 == pytest.approx(right["chance"])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_decoder_is_that_of_the_course(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for inputs in decoder.QUESTION.draw(seed):
        M, annotations, mask, words = inputs.values()
        n, D = M["W_h"].shape
        m = M["E"].shape[1]
        model = ShowAttendTell(
            decoder.VOCABULARY,
            embedding=m,
            hidden=n,
            annotation=D,
            alignment=decoder.ALIGNMENT,
        ).to(annotations.dtype)
        y, h, z = M["T"].split((m, n, D), dim=1)
        state = model.state_dict()
        for name, weight in {
            "E": M["E"],
            "f_init_h": M["W_h"],
            "f_init_c": M["W_c"],
            "f_att.W_a": M["W_a"],
            "f_att.U_a": M["U_a"],
            "f_beta": M["w_beta"][None],
            "T_y": y,
            "T_h": h,
            "T_z": z,
            "L_h": M["L_h"],
            "L_z": M["L_z"],
            "L_o": M["L_o"],
        }.items():
            state[f"{name}.weight"] = weight
            if f"{name}.bias" in state:
                state[f"{name}.bias"] = torch.zeros_like(state[f"{name}.bias"])
        state["f_att.v_a"] = M["v_a"]
        model.load_state_dict(state)
        model.encoder.forward = lambda picture: picture  # type: ignore[method-assign]
        monkeypatch.setattr(show_attend_tell, "check_pictures", lambda *_: None)
        with torch.no_grad():
            logits, _ = model(annotations, mask, words)
        torch.testing.assert_close(decoder_answers.caption_decoder(*inputs.values()), logits)
