"""Exercise 3: what its notebook shows is what its questions have, and what they say of answers."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.captioning import pointing
from attention_course.data.batches import Batch
from attention_course.data.scenes import Scene, Thing, corpus, make_batch
from attention_course.exercises import writing
from attention_course.exercises.growing import BOTH, MANY
from attention_course.exercises.question import Inputs
from attention_course.exercises.show_attend_tell import (
    bound,
    bound_answers,
    decoder,
    decoder_answers,
    glimpse,
    penalty,
    reading,
    reinforce,
    sizes,
    train,
    training,
)
from attention_course.exercises.show_attend_tell import by_hand_answers as by_hand
from attention_course.exercises.show_attend_tell.counting import DIMENSIONS
from attention_course.exercises.show_attend_tell.gradients import gradients
from attention_course.models import captions, show_attend_tell
from attention_course.models.captions import ReinforceLoss
from attention_course.models.pictures import PictureEncoder
from attention_course.models.show_attend_tell import ShowAttendTell
from sheets import Sheet
from torch import Tensor

SHEET = Sheet("show_attend_tell")
TEXT, shown, examined = SHEET.text, SHEET.shown, SHEET.examined


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


# --- inputs that tell mistakes apart ------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_some_inputs_are_padded_and_some_have_equal_sizes(seed: int) -> None:
    for question, name, equal in (
        (penalty.QUESTION, "weights", 2),
        (reinforce.QUESTION, "scores", 2),
        (glimpse.QUESTION, "annotations", 2),
    ):
        drawn = question.draw(seed)
        assert len(set(drawn[equal][name].shape)) == 1
        assert any(len(set(inputs[name].shape)) == 3 for inputs in drawn)
    for question in (penalty.QUESTION, reinforce.QUESTION, decoder.QUESTION):
        masked = [bool((~inputs["mask"]).any()) for inputs in question.draw(seed)]
        assert any(masked)
        assert not all(masked)


@pytest.mark.parametrize("seed", range(10))
def test_no_gate_is_shut_or_wide_open(seed: int) -> None:
    """Else a gate left out, or squeezed otherwise, would look alike."""
    for inputs in glimpse.QUESTION.draw(seed):
        beta = torch.sigmoid(inputs["h"] @ inputs["w_beta"] + inputs["b_beta"])
        assert (beta > 0.05).all()
        assert (beta < 0.99).all()


# --- bound --------------------------------------------------------------------------------------


def test_two_loops_within_each_other_are_loops_over_words() -> None:
    def looping(weights: Tensor, log_p: Tensor) -> Tensor:
        total = torch.zeros_like(weights[:, 0, 0])
        for t in range(weights.shape[1]):
            for i in range(weights.shape[2]):
                total = total + weights[:, t, i] * log_p[:, t, i]
        return total

    verdict = examined("bound", looping)
    assert verdict.mistake == "loop over words"
    assert not any(verdict.passed)


def test_all_ways_built_at_once_still_are_all_ways() -> None:
    """Without a loop in Python the calls do not grow; the tensors do."""

    def at_once(weights: Tensor, log_p: Tensor) -> Tensor:
        _, T, L = weights.shape
        ways = torch.cartesian_prod(*[torch.arange(L)] * T).view(-1, T)  # (L^T, T)
        steps = torch.arange(T)
        return (weights[:, steps, ways].prod(2) * log_p[:, steps, ways].sum(2)).sum(1)

    verdict = examined("bound", at_once)
    assert not any(verdict.passed)
    assert "with 2 times as many words your largest tensor is" in verdict.line


def test_all_words_with_all_words_is_too_much() -> None:
    def matrices(weights: Tensor, log_p: Tensor) -> Tensor:
        return (weights @ log_p.mT).diagonal(dim1=1, dim2=2).sum(-1)

    verdict = examined("bound", matrices)
    assert not any(verdict.passed)
    assert "with 2 times as many words your largest tensor is 4 times as large" in verdict.line


def test_what_no_gradient_comes_through_is_told_so() -> None:
    verdict = examined("bound", lambda weights, log_p: bound_answers.bound(weights.detach(), log_p))
    assert "no gradient comes back through your function" in verdict.line
    assert not any(verdict.passed)


def test_a_loop_that_no_count_sees_takes_too_long() -> None:
    def unseen(weights: Tensor, log_p: Tensor) -> Tensor:
        with torch._C.DisableTorchFunction():
            return bound_answers.word_by_word(weights, log_p)

    verdict = examined("bound", unseen)
    assert verdict.mistake is None
    assert "takes many times as long as one without a loop" in verdict.line


def test_what_fails_with_many_is_told_so() -> None:
    def few(weights: Tensor, log_p: Tensor) -> Tensor:
        assert max(weights.shape) < 100
        return bound_answers.bound(weights, log_p)

    line = examined("bound", few).line
    assert f"where there are {MANY} of something your function raises" in line


def test_every_case_has_very_much_of_each_thing() -> None:
    """Else a loop that fails in the one case where it is long wins the others."""
    for inputs in bound.QUESTION.draw(1):
        for dim, name in enumerate(DIMENSIONS):
            assert inputs["many"][name]["weights"].shape[dim] == MANY
        for pair in itertools.combinations(DIMENSIONS, 2):
            for one in inputs["both"][" and ".join(pair)]:
                sizes = dict(zip(DIMENSIONS, one["weights"].shape, strict=True))
                assert sizes == {name: BOTH if name in pair else 1 for name in DIMENSIONS}


def test_what_is_wrong_with_many_names_of_what() -> None:
    def short(weights: Tensor, log_p: Tensor) -> Tensor:
        return bound_answers.bound(weights[..., :100], log_p[..., :100])

    line = examined("bound", short).line
    assert f"right here, but not where there are {MANY} places" in line


def test_an_answer_that_rests_on_equal_sizes_is_told_so() -> None:
    def equal(weights: Tensor, log_p: Tensor) -> Tensor:
        if len(weights) == 1:
            return bound_answers.bound(weights, log_p)[:, None].squeeze(1)
        assert weights.shape[1] in (2, 3)
        return bound_answers.bound(weights, log_p)

    line = examined("bound", equal).line
    assert "raises an error where there are more words" in line


# --- reinforce ----------------------------------------------------------------------------------


def test_a_value_of_ones_own_is_no_mistake() -> None:
    def shifted(log_p: Tensor, *others: Any) -> Tensor:
        return reinforce.reinforce_loss(log_p, *others) + 1e3

    assert all(examined("reinforce", shifted).passed)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda log_p, *_: log_p.detach().mean(), "no gradient goes back from the loss"),
        (
            lambda log_p, *_: log_p.mean().item(),
            "your function returns a number, expected a tensor",
        ),
        (lambda log_p, *_: None, "your function returns None"),
        (lambda log_p, *_: -log_p[None].repeat(2, 1), "expected a single number"),
    ],
)
def test_what_is_no_loss_is_told_so(answer: Callable[..., object], said: str) -> None:
    verdict = examined("reinforce", answer)
    assert not any(verdict.passed)
    assert said in verdict.line


@pytest.mark.parametrize("power", [0.5, 2.0])
def test_a_factor_that_nobody_makes_is_no_known_mistake(power: float) -> None:
    def scaled(
        log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, b: float, reward: float
    ) -> Tensor:
        return reinforce.reinforce_loss(log_p, weights, places, mask, b, power * reward)

    verdict = examined("reinforce", scaled)
    assert verdict.mistake is None
    assert "the gradient of your loss at the scores behind the weights" in verdict.line


# --- by_hand ------------------------------------------------------------------------------------


def test_the_pencil_finds_no_long_numbers() -> None:
    """Every number that is asked for is a fraction with a small denominator."""
    for part in by_hand.one_look().values():
        for number in part if isinstance(part, list) else [part]:
            assert Fraction(number).limit_denominator(16) == pytest.approx(number, abs=1e-9)


def test_the_baseline_calms_the_estimate() -> None:
    without, with_baseline = by_hand.one_look()["variances"]
    assert with_baseline < without / 10


# --- train --------------------------------------------------------------------------------------


@pytest.fixture
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "SCENES", 64)


@pytest.mark.usefixtures("few_scenes")
def test_scenes_are_sent_as_they_are() -> None:
    scenes = corpus(train=50, validation=0, test=0, most_objects=training.MOST_OBJECTS, seed=3)
    sent = training.examples(training.as_numbers(scenes.train))
    for (picture, words), (own_picture, own_words) in zip(
        sent, scenes.encode(scenes.train), strict=True
    ):
        assert torch.equal(picture, own_picture)
        assert words == own_words


@pytest.mark.usefixtures("few_scenes")
@pytest.mark.parametrize("seed", range(5))
def test_one_caption_for_all_scenes_is_far_from_enough(seed: int) -> None:
    """Whichever it is: even that of most scenes."""
    captions = [tuple(row) for row in train.QUESTION.draw(seed)[0]["sentences"].tolist()]
    assert max(captions.count(one) for one in captions) / len(captions) < writing.ENOUGH / 4


@pytest.mark.usefixtures("few_scenes")
def test_an_untrained_model_passes_no_check() -> None:
    """Though its weights are nearly even, and it has not learnt to say padding."""

    def barely(model: torch.nn.Module, batches: list[Batch]) -> None:
        for parameter in model.parameters():
            parameter.data.mul_(1.001)

    verdict = examined("train", barely)
    assert not any(verdict.passed)
    assert verdict.mistake == "hardly learnt"


@pytest.mark.usefixtures("few_scenes")
def test_what_the_answers_process_measures_wins_and_loses_no_point() -> None:
    """It says there how far the weights moved and what gradients it saw, and could say anything."""
    for case in train.QUESTION.draw(1):
        for part in ("habits", "places"):
            assert not case[part].keys() & {"moved", "leftovers"}


@pytest.mark.usefixtures("few_scenes")
def test_gradients_that_are_left_are_named_where_a_model_hardly_learns() -> None:
    def left(model: torch.nn.Module, batches: list[Batch]) -> None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        for _ in range(10):
            for batch in batches:
                train._loss(model, batch).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()

    assert examined("train", left).mistake == "gradients add up"


@pytest.mark.usefixtures("few_scenes")
def test_gradients_that_are_meant_to_add_up_are_not_called_a_mistake() -> None:
    """Over twelve batches, and then a step."""

    def accumulated(model: torch.nn.Module, batches: list[Batch]) -> None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        for number, batch in enumerate(batches * 30, 1):
            (train._loss(model, batch) / 12).backward()
            if number % 12 == 0:
                optimizer.step()
                optimizer.zero_grad()

    assert examined("train", accumulated).mistake == "hardly learnt"


@pytest.mark.parametrize(
    ("above", "loss", "passes"),
    [(0.7, 0.1, True), (0.2, 0.1, False), (2.0, 0.1, False), (0.7, 0.9, False)],
)
def test_the_penalty_lies_within_its_bounds(above: float, loss: float, passes: bool) -> None:
    bounds = {"least": train.LEAST, "most": train.MOST, "loss": train.LOSS}
    given = {"above_even": above, "loss": loss}
    problem = train.judge(given, bounds, {}, train.QUESTION.tolerance)
    assert (problem is None) == passes


def test_what_is_above_even_is_the_penalty() -> None:
    """A look at one place, and always the same, by hand."""
    scenes = corpus(train=3, validation=0, test=0, most_objects=1, seed=0)
    batch = make_batch(scenes.encode(scenes.train))
    words = batch.target_mask.shape[1]

    def staring(*_: Tensor) -> tuple[None, Tensor]:
        weights = torch.zeros(3, 1, 1, words, 16)
        weights[..., 5] = 1
        return None, weights

    even = 16 * (1 - words / 16) ** 2
    expected = 15 + (1 - words) ** 2 - even
    assert train._above_even(staring, batch) == pytest.approx(expected)  # type: ignore[arg-type]
