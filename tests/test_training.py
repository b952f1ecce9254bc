"""The training loop: what it counts, what it changes, how it ends."""

from __future__ import annotations

import math
import os
import signal
import sys
from itertools import cycle, islice
from types import SimpleNamespace

import pytest
import torch
from attention_course.data.batches import Batch, make_batch
from attention_course.models.bahdanau import RNNSearch
from attention_course.training import (
    History,
    choose_device,
    cosine,
    count_parameters,
    evaluating,
    fit,
    mean_loss,
    noam,
    seed_everything,
    translation_loss,
)
from torch import Tensor, nn

EXAMPLES = [([4, 5, 2], [5, 4, 2]), ([6, 2], [7, 2]), ([4, 4, 6, 5, 2], [5, 7, 4, 4, 6, 2])]
V = 8


class Bigrams(nn.Module):
    """Predicts from the word before alone: enough to be trained, and easy to work out by hand."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(V, V).to(dtype))
        self.dropout = nn.Dropout(0.5)
        self.seen: list[bool] = []

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        self.seen.append(self.training)
        return self.table[target], torch.zeros(len(source), 0, 1, target.shape[1], source.shape[1])


@pytest.fixture
def batch() -> Batch:
    return make_batch(EXAMPLES)


@pytest.fixture
def model() -> Bigrams:
    torch.manual_seed(0)
    return Bigrams()


# --- loss ---


def real_tokens(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    return logits[batch.target_mask], batch.target_out[batch.target_mask]


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_the_loss_is_torchs_over_the_real_tokens(model, batch, smoothing):
    logits, targets = real_tokens(model, batch)
    expected = nn.CrossEntropyLoss(label_smoothing=smoothing)(logits, targets)
    found = translation_loss(model, batch, smoothing).detach()
    torch.testing.assert_close(found, expected.detach())
    # and the definition, in float64: (1 − ε) on the target, ε / V on every token
    log_p = logits.double().log_softmax(-1)
    right = log_p.gather(1, targets[:, None]).squeeze(1)
    by_hand = -((1 - smoothing) * right + smoothing * log_p.mean(1)).mean()
    assert float(found) == pytest.approx(by_hand.item(), abs=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_padding_never_counts(model, batch, smoothing):
    loss = translation_loss(model, batch, smoothing)
    loss.backward()
    gradient = model.table.grad.clone()
    model.zero_grad()

    wide = nn.functional.pad(batch.target_in, (0, 7)), nn.functional.pad(batch.target_out, (0, 7))
    mask = nn.functional.pad(batch.target_mask, (0, 7))
    # whatever stands on the padding: here a real word and not the padding mark
    wide[0][~mask], wide[1][~mask] = 5, 6
    padded = translation_loss(model, Batch(batch.source, batch.source_mask, *wide, mask), smoothing)
    padded.backward()
    torch.testing.assert_close(padded, loss)
    torch.testing.assert_close(model.table.grad, gradient)


def test_the_loss_of_half_precision_logits_is_computed_in_single_precision(batch):
    model = Bigrams(torch.bfloat16)
    loss = translation_loss(model, batch)
    assert loss.dtype == torch.float32
    logits, targets = real_tokens(model, batch)
    expected = nn.functional.cross_entropy(logits.float(), targets)
    torch.testing.assert_close(loss, expected)


def test_the_mean_loss_weighs_batches_by_their_tokens(model, batch):
    parts = [make_batch(EXAMPLES[:1]), make_batch(EXAMPLES[1:])]
    expected = translation_loss(model, batch).item()
    assert mean_loss(model, parts) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(ValueError, match="no target token"):
        mean_loss(model, [])


# --- schedules ---


def test_noam_is_the_papers_schedule():
    factor = noam(512, 4000)
    assert factor(1) == pytest.approx(512**-0.5 * 4000**-1.5)
    assert factor(4000) == pytest.approx((512 * 4000) ** -0.5)
    assert factor(16000) == pytest.approx(factor(4000) / 2)
    assert max(range(1, 9000), key=factor) == 4000


def test_cosine_rises_evenly_and_falls_along_half_a_cosine():
    factor = cosine(100, 20)
    assert [factor(step) for step in (1, 10, 20)] == pytest.approx([0.05, 0.5, 1.0])
    # 81 steps from 1 to 0: a third of the way down the cosine is at 3/4
    assert factor(20 + 27) == pytest.approx(0.75)
    assert 0 < factor(100) < 1e-3
    assert factor(101) == pytest.approx(0.0, abs=1e-12)
    assert cosine(10)(1) == 1.0


def test_schedules_say_what_is_wrong():
    with pytest.raises(ValueError, match="width is 0 and warmup is 4"):
        noam(0, 4)
    with pytest.raises(ValueError, match="warmup is 10, expected 0 up to steps - 1 = 9"):
        cosine(10, 10)


def test_the_schedule_is_a_factor_on_each_groups_rate(model, batch):
    rates = []

    class Recording(torch.optim.SGD):
        def step(self, closure=None):
            rates.append([group["lr"] for group in self.param_groups])
            return super().step(closure)

    def two_groups(parameters):
        other = nn.Parameter(torch.zeros(1))
        return Recording([{"params": list(parameters)}, {"params": [other], "lr": 1.0}], lr=0.5)

    fit(model, cycle([batch]), steps=4, optimizer=two_groups, schedule=cosine(4, 2))
    factors = [cosine(4, 2)(step) for step in (1, 2, 3, 4)]
    assert rates == [[0.5 * f, f] for f in factors]


# --- updates ---


def test_fit_learns_and_counts(batch):
    seed_everything(0)
    model = RNNSearch(V, V, embedding=8, hidden=8, maxout=4)
    before = mean_loss(model, [batch])
    history = fit(
        model,
        cycle([batch]),
        steps=60,
        learning_rate=2e-2,
        validation=[batch],
        validate_every=25,
        device="cpu",
    )
    assert history.steps == len(history.losses) == 60
    assert [step for step, _ in history.validation] == [25, 50, 60]
    assert history.losses[0] == pytest.approx(before, abs=1e-5)
    assert history.losses[-1] < before / 2
    assert history.validation[-1][1] == pytest.approx(mean_loss(model, [batch]))
    assert history.seconds > 0
    assert history.cpu_seconds > 0
    assert not history.interrupted
    assert repr(history) == "History(60 steps, 3 validations)"


def test_the_same_seed_trains_the_same_model(batch):
    def trained() -> Tensor:
        seed_everything(7)
        model = RNNSearch(V, V, embedding=8, hidden=8, maxout=4)
        fit(model, cycle([batch]), steps=5)
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    assert torch.equal(trained(), trained())


def test_the_default_optimiser_is_adam_at_the_rate_given(model, batch):
    start = model.table.detach().clone()
    fit(model, [batch], steps=1, learning_rate=0.125, clip=None)
    moved = (model.table.detach() - start).abs()
    # Adam's first step is the rate itself wherever there is a gradient
    torch.testing.assert_close(moved[moved > 0], torch.full_like(moved[moved > 0], 0.125))
    assert moved.any()


@pytest.mark.parametrize("clip", [1e-2, 1e3, None])
def test_the_gradient_is_clipped_to_the_length_given(model, batch, clip):
    translation_loss(model, batch).backward()
    gradient = model.table.grad.clone()
    model.zero_grad()
    start = model.table.detach().clone()
    fit(model, [batch], steps=1, clip=clip, optimizer=lambda p: torch.optim.SGD(p, lr=1.0))
    moved = start - model.table.detach()
    factor = min(1.0, 1e-2 / float(gradient.norm())) if clip == 1e-2 else 1.0
    torch.testing.assert_close(moved, factor * gradient, rtol=1e-3, atol=1e-7)


def test_label_smoothing_is_in_training_and_not_in_validation(model, batch):
    smooth, plain = (translation_loss(model, batch, e).item() for e in (0.3, 0.0))
    history = fit(
        model,
        [batch],
        steps=1,
        label_smoothing=0.3,
        validation=[batch],
        optimizer=lambda p: torch.optim.SGD(p, lr=0.0),
    )
    assert history.losses == pytest.approx([smooth])
    assert history.validation[0][1] == pytest.approx(plain)


def test_another_loss_is_called_with_model_and_batch_alone(model, batch):
    def squares(model: Bigrams, batch: Batch) -> Tensor:
        return model.table.square().mean()

    history = fit(
        model, cycle([batch]), steps=50, loss=squares, learning_rate=0.1, validation=[batch]
    )
    assert history.losses[-1] < 0.1 * history.losses[0]
    assert history.validation[-1][1] == pytest.approx(model.table.square().mean().item())


def test_dropout_is_on_while_training_and_off_while_validating_and_afterwards(model, batch):
    fit(model.eval(), cycle([batch]), steps=2, validation=[batch], validate_every=1)
    assert model.seen == [True, False, True, False]
    assert not model.training


def test_evaluating_gives_back_the_mode(model):
    model.train()
    with evaluating(model):
        assert not model.training
        assert not torch.is_grad_enabled()
    assert model.training
    with pytest.raises(KeyError), evaluating(model):
        raise KeyError
    assert model.training
    model.eval()
    with evaluating(model):
        pass
    assert not model.training


def test_no_more_batches_are_taken_than_there_are_steps(model, batch):
    stream = iter([batch] * 5)
    fit(model, stream, steps=3)
    assert len(list(stream)) == 2


# --- how it ends ---


def test_an_interruption_keeps_what_was_learnt(model, batch):
    start = model.table.detach().clone()

    def stream():
        for step in range(10):
            if step == 4:
                os.kill(os.getpid(), signal.SIGINT)  # what Ctrl-C does
            yield batch

    # a process in the background may be told to ignore it
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        history = fit(model, stream(), steps=10)
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.interrupted
    assert history.steps == len(history.losses) == 4
    assert not torch.equal(model.table.detach(), start)
    assert not model.training
    assert repr(history) == "History(4 steps, 0 validations, interrupted)"


@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_a_number_that_is_none_stops_training_before_it_spoils_the_weights(model, batch, where):
    def loss(model: Bigrams, batch: Batch) -> Tensor:
        loss.calls += 1
        value = model.table.square().mean()
        if loss.calls < 3:
            return value
        if where == "loss":
            return value * math.nan
        return value + (model.table * 0).sum().sqrt()  # 0, with an infinite gradient times 0

    loss.calls = 0
    with pytest.raises(FloatingPointError, match=r"at step 3 of 9 .* lower the learning rate"):
        fit(model, cycle([batch]), steps=9, loss=loss)
    assert model.table.isfinite().all()
    assert not model.training


def test_batches_that_end_too_early_are_an_error(model, batch):
    with pytest.raises(ValueError, match="ended after 2 of 5 steps"):
        fit(model, [batch, batch], steps=5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": 0}, "steps is 0, expected an integer of at least 1"),
        ({"steps": 1.5}, "steps is 1.5, expected an integer"),
        ({"clip": 0.0}, r"clip is 0\.0, expected a positive number, or None"),
        ({"label_smoothing": 1.0}, r"label_smoothing is 1\.0, expected 0 up to below 1"),
        ({"validate_every": 0}, "validate_every is 0"),
        ({"validation": EXAMPLES}, "validation holds a tuple, expected batches"),
        ({"validation": []}, "validation holds no batch"),
        ({"validation": iter([])}, r"validation is a list_iterator, .* use list\(\.\.\.\)"),
        ({"device": "gpu"}, "device is 'gpu', expected 'cpu', 'cuda' or None"),
    ],
)
def test_fit_says_what_is_wrong(model, batch, wrong, said):
    with pytest.raises(ValueError, match=said):
        fit(model, [batch], **{"steps": 1, **wrong})


def test_fit_needs_a_model_and_batches(model, batch):
    with pytest.raises(ValueError, match="batches is a Batch, expected many batches: bucketed"):
        fit(model, batch, steps=1)
    with pytest.raises(ValueError, match="batches is a NoneType, expected many batches"):
        fit(model, None, steps=1)
    with pytest.raises(ValueError, match=r"batches holds a tuple, .* make them of examples by"):
        fit(model, EXAMPLES, steps=1)
    for wrong in (None, "model"):
        with pytest.raises(TypeError, match=r"model is a \w+, expected a torch\.nn\.Module"):
            fit(wrong, [batch], steps=1)


# --- devices ---


def test_cuda_asked_for_where_there_is_none_is_an_error_with_a_way_out(monkeypatch, model, batch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeError, match=r"finds no CUDA here: use device='cpu'"):
        fit(model, [batch], steps=1, device="cuda")
    assert choose_device() == torch.device("cpu")
    assert choose_device("cpu") == torch.device("cpu")


def test_mixed_precision_computes_in_bfloat16_and_learns_in_single_precision():
    seen = []

    class Linear(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(V, V)

        def forward(self, source, source_mask, target):
            logits = self.layer(nn.functional.one_hot(target, V).float())
            seen.append(logits.dtype)
            return logits, None

    model, batch = Linear(), make_batch(EXAMPLES)
    history = fit(model, cycle([batch]), steps=30, learning_rate=0.1, mixed_precision=True)
    assert set(seen) == {torch.bfloat16}
    assert model.layer.weight.dtype == torch.float32
    assert history.losses[-1] < history.losses[0]
    seen.clear()
    fit(model, cycle([batch]), steps=1, device="cpu")
    assert seen == [torch.float32]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
def test_fit_uses_cuda_where_it_is_found(batch):
    seed_everything(0)
    model = RNNSearch(V, V, embedding=8, hidden=8, maxout=4)
    history = fit(model, cycle([batch]), steps=60, learning_rate=2e-2, validation=[batch])
    assert next(model.parameters()).device.type == "cuda"
    assert history.losses[-1] < history.losses[0] / 2


# --- the rest ---


def test_parameters_are_counted_once_and_only_if_learnt():
    shared = nn.Linear(3, 2)
    frozen = nn.Linear(5, 5).requires_grad_(False)
    assert count_parameters(nn.ModuleList([shared, shared, frozen])) == 3 * 2 + 2


def test_seeds_reach_every_generator():
    import random

    import numpy as np

    def draw() -> tuple[float, float, float]:
        return random.random(), np.random.rand(), float(torch.rand(1))  # noqa: NPY002

    seed_everything(3)
    first = draw()
    seed_everything(3)
    assert draw() == first
    seed_everything(4)
    assert all(a != b for a, b in zip(draw(), first, strict=True))


@pytest.mark.parametrize("name", ["CI", "ATTENTION_COURSE_QUIET"])
def test_the_bar_is_shown_to_people_only(monkeypatch, capsys, model, batch, name):
    class Terminal:
        """A person's terminal: what is written is what they see."""

        def __init__(self) -> None:
            self.text = ""

        def write(self, text: str) -> None:
            self.text += text

        def flush(self) -> None: ...

        def isatty(self) -> bool:
            return True

    def written(**options) -> str:
        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        fit(model, islice(cycle([batch]), 3), steps=3, **options)
        return terminal.text

    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("ATTENTION_COURSE_QUIET", raising=False)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert "0/3" in written()
    assert written(progress=False) == ""
    monkeypatch.setenv(name, "1")
    assert written() == ""
    assert "0/3" in written(progress=True)
    monkeypatch.delenv(name)
    monkeypatch.setattr(Terminal, "isatty", lambda self: False)
    assert written() == ""
    # a notebook writes to no terminal, but has IPython's shell
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert written() == ""
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=object))
    assert "0/3" in written()


def test_a_history_plots_its_losses_and_validations():
    history = History(steps=3, losses=[3.0, 2.0, 1.0], validation=[(3, 1.5)])
    figure = history.plot()
    drawn = [line.get_xydata().tolist() for line in figure.axes[0].lines]
    assert [[3.0, 1.5]] in drawn
    assert history.plot(ax=figure.axes[0]) is figure
