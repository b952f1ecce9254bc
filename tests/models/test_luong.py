"""Luong's model: its equations once more, and what only it has. The contract: test_translators."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import luong_by_hand
import pytest
import torch
from attention_course.decoding import beam_search, greedy
from attention_course.models.luong import Luong
from hypothesis import given, settings
from hypothesis import strategies as st
from translators import (
    LUONG,
    SOURCE_WORDS,
    TARGET_WORDS,
    check_padding,
    check_steps,
    close,
    ragged,
    shaken,
    translator,
)

# As the paper has it, an end mark behind each sentence; "end" leaves out what LUONG sets.
WITH_ENDS = [f"{name}, end" for name in LUONG]
each = pytest.mark.parametrize("name", WITH_ENDS)
LENGTHS = st.lists(st.tuples(st.integers(2, 7), st.integers(1, 6)), min_size=1, max_size=4)
TINY = {"embedding": 3, "hidden": 4, "layers": 2, "dropout": 0.0}


def made(name: str, seed: int = 0) -> Any:
    return shaken(
        LUONG[name.removesuffix(", end")](SOURCE_WORDS, TARGET_WORDS, attend_end=False), seed
    )


# --- the paper's equations, once more ---


@pytest.mark.parametrize("name", [*LUONG, *WITH_ENDS])
def test_the_equations_by_hand(name: str) -> None:
    model = made(name) if name in WITH_ENDS else translator(name)
    batch = ragged([6, 2, 4], [7, 7, 7], extra=2)
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    for row in range(3):
        tokens = batch.source[row][batch.source_mask[row]].tolist()
        said, a = luong_by_hand.translate(model, tokens, batch.target_in[row].tolist())
        close(logits[row], said)
        close(weights[row, 0, 0, :, : len(tokens)], a)
        assert (weights[row, ..., len(tokens) :] == 0).all()


# --- the contract, for sources with end marks ---


@each
@settings(deadline=None, max_examples=15)
@given(LENGTHS, st.integers(1, 3), st.integers(0, 99))
def test_padding_changes_nothing(
    name: str, lengths: list[tuple[int, int]], extra: int, seed: int
) -> None:
    check_padding(made(name, seed), lengths, extra, seed)


@each
@settings(deadline=None, max_examples=15)
@given(LENGTHS, st.integers(0, 99))
def test_steps_are_teacher_forcing(name: str, lengths: list[tuple[int, int]], seed: int) -> None:
    check_steps(made(name, seed), lengths, seed)


@each
@settings(deadline=None, max_examples=15)
@given(LENGTHS, st.integers(0, 99))
def test_the_end_mark_gets_nothing(name: str, lengths: list[tuple[int, int]], seed: int) -> None:
    model = made(name, seed)
    batch = ragged(*map(list, zip(*lengths, strict=True)), seed=seed)
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    words = batch.source_mask & torch.nn.functional.pad(batch.source_mask[:, 1:], (0, 1))
    assert (weights[~words[:, None, None, None].expand_as(weights)] == 0).all()
    mass = weights.sum(-1)
    if model.align.window == "local-p" and not model.align.renormalise:
        assert (mass <= 1).all()
        assert (mass > 0).all()
    else:
        close(mass, torch.ones_like(mass))


@each
@pytest.mark.parametrize("width", [1, 4])
def test_searching(name: str, width: int) -> None:
    """What a search says a sentence is worth, teacher forcing says, too: states went along."""
    model, batch = made(name), ragged([6, 2, 4], [1, 1, 1])
    if width == 1:
        found = [[h] for h in greedy(model, batch.source, batch.source_mask)]
    else:
        found = beam_search(model, batch.source, batch.source_mask, width=width, n_best=width)
    for row, hypotheses in enumerate(found):
        for hypothesis in hypotheses:
            said = torch.tensor([hypothesis.tokens])
            before = torch.cat([torch.tensor([[1]]), said[:, :-1]], dim=1)
            logits, weights = model(
                batch.source[row : row + 1], batch.source_mask[row : row + 1], before
            )
            log_p = logits.log_softmax(-1).gather(2, said[..., None]).sum()
            assert hypothesis.log_probability == pytest.approx(log_p.item(), abs=1e-5)
            close(hypothesis.weights, weights[0])


# --- what only this model has ---


def test_the_current_state_asks() -> None:
    """Unlike chapter 2's: already the first weights know the first word."""
    model, batch = made("luong"), ragged([5, 3], [3, 3])
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    other = batch.target_in.clone()
    other[:, 0] = (other[:, 0] + 1) % TARGET_WORDS
    _, changed = model(batch.source, batch.source_mask, other)
    assert ((weights - changed)[..., 0, :2].abs() > 1e-6).all()


@pytest.mark.parametrize(("name", "fed"), [("luong", True), ("luong, not fed", False)])
def test_what_is_fed(name: str, fed: bool) -> None:
    """The first layer gets E y beside zeros, and from then on h̃ of the step before."""
    model, batch = made(name), ragged([5, 3], [4, 4])
    inputs, attentional = [], []
    model.decoder.register_forward_pre_hook(lambda _, given: inputs.append(given[0][:, 0]))
    model.W_c.register_forward_hook(lambda _, __, out: attentional.append(out.tanh()))
    model(batch.source, batch.source_mask, batch.target_in)
    y = model.E_target(batch.target_in)
    assert model.decoder.input_size == (7 if fed else 3)
    for t in range(4):
        close(inputs[t][:, :3], y[:, t])
        if fed:
            close(inputs[t][:, 3:], attentional[t - 1] if t else torch.zeros(2, 4).double())


def test_the_keys_are_projected_once_a_sentence() -> None:
    model, batch = made("luong"), ragged([5, 3], [3, 3])
    calls = []
    model.score.W_a.register_forward_hook(lambda *_: calls.append(1))
    model(batch.source, batch.source_mask, batch.target_in)
    state = model.start(batch.source, batch.source_mask)
    for token in batch.target_in.unbind(1):
        _, _, state = model.step(token, state)
    assert len(calls) == 2


def test_the_state_tells_where_the_window_was() -> None:
    model, batch = made("luong, local-p"), ragged([6, 3], [3, 3])
    state = model.start(batch.source, batch.source_mask)
    assert (state.t, state.position) == (0, None)
    _, _, state = model.step(batch.target_in[:, 0], state)
    assert state.t == 1
    assert (state.position > 0).all()
    assert (state.position < torch.tensor([5, 2])).all()
    close(state.select(torch.tensor([1, 1])).position, state.position[[1, 1]])
    model = made("luong")
    _, _, state = model.step(batch.target_in[:, 0], model.start(batch.source, batch.source_mask))
    assert state.position is None


def test_a_monotonic_window_on_reversed_sources_begins_at_the_first_word() -> None:
    """The first word of the sentence then comes last, before the end mark and the padding."""
    model = shaken(Luong(11, 13, **TINY, window="local-m", D=1, reversed_sources=True))
    batch = ragged([6, 4], [8, 8])
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    seen = [[(row > 0).nonzero().squeeze(1).tolist() for row in w] for w in weights[:, 0, 0]]
    assert seen[0][:6] == [[3, 4], [2, 3, 4], [1, 2, 3], [0, 1, 2], [0, 1], [0, 1]]
    assert seen[1][:4] == [[1, 2], [0, 1, 2], [0, 1], [0, 1]]


def test_dropout_is_for_training() -> None:
    torch.manual_seed(0)
    model, batch = Luong(11, 13, embedding=8, hidden=8, layers=1, dropout=0.5), ragged([5], [4])
    first, second = (model(batch.source, batch.source_mask, batch.target_in)[0] for _ in "ab")
    assert not torch.equal(first, second)
    model.eval()
    first, second = (model(batch.source, batch.source_mask, batch.target_in)[0] for _ in "ab")
    assert torch.equal(first, second)


def test_the_inputs_of_every_layer_are_dropped() -> None:
    """The first layer's by the model, those of the others by torch."""
    model = Luong(11, 13, embedding=8, hidden=8, layers=3, dropout=0.999999)
    assert model.encoder.dropout == model.decoder.dropout == model.dropout.p == 0.999999
    batch = ragged([5], [4])
    inputs = []
    for stack in (model.encoder, model.decoder):
        stack.register_forward_pre_hook(lambda _, given: inputs.append(given[0]))
    model(batch.source, batch.source_mask, batch.target_in)
    assert len(inputs) == 5
    for x in inputs:
        assert (getattr(x, "data", x) == 0).all()


# --- defaults ---


def test_the_papers_sizes_are_the_defaults() -> None:
    """Section 4.1: 4 layers of 1000, dropout 0.2; with input feeding the first layer takes 2n."""
    with torch.device("meta"):
        model = Luong(50_000, 50_000)
    sizes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    assert sizes["E_source.weight"] == sizes["E_target.weight"] == (50_000, 1000)
    assert sizes["encoder.weight_ih_l0"] == sizes["encoder.weight_ih_l3"] == (4000, 1000)
    assert sizes["decoder.weight_ih_l0"] == (4000, 2000)
    assert sizes["decoder.weight_ih_l1"] == (4000, 1000)
    assert sizes["W_c.weight"] == (1000, 2000)
    assert sizes["W_s.weight"] == (50_000, 1000)
    assert sizes["score.W_a.weight"] == (1000, 1000)
    assert (model.dropout.p, model.encoder.dropout, model.align.D) == (0.2, 0.2, 10)
    assert (model.align.window, model.align.renormalise, model.reversed_sources) == (
        "global", False, False,
    )  # fmt: skip
    assert "encoder.weight_ih_l4" not in sizes
    assert not any("bias" in name for name in sizes)


@pytest.mark.parametrize("score", ["general", "additive", "concat", "cosine"])
def test_paper_initialisation(score: str) -> None:
    torch.manual_seed(0)
    model = Luong(40, 40, embedding=30, hidden=30, layers=2, score=score, window="local-p")
    for name, parameter in model.named_parameters():
        assert parameter.abs().max() <= 0.1, name
        if parameter.numel() > 500:
            assert parameter.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.1), name
            assert abs(parameter.mean().item()) < 0.01, name
    model.initialise("torch")
    assert model.E_source.weight.std().item() == pytest.approx(1, rel=0.1)
    assert 0.15 < model.encoder.weight_ih_l0.abs().max() <= 30**-0.5
    for name, parameter in model.score.named_parameters():
        assert parameter.abs().max() > 0.1 or parameter.numel() == 1, name


# --- bad input ---


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        ([[True, True, False], [True, False, True]], "padding before a word in row 1, expected"),
        ([[False, True, True], [True, True, True]], "padding before a word in row 0, expected"),
        ([[True, True, True], [True, False, False]], "sentence 1 has one token, expected words"),
        ([[True, True, True], [False, False, False]], "sentence 1 is empty"),
    ],
)
def test_bad_masks(mask: list[list[bool]], message: str) -> None:
    model, ids = Luong(11, 13, **TINY), torch.ones(2, 3, dtype=torch.int64)
    with pytest.raises(ValueError, match=re.escape(message)):
        model(ids, torch.tensor(mask), ids)


def test_sentences_longer_than_location_can_see() -> None:
    """Words count, and not end marks or padding."""
    model = Luong(11, 13, **TINY, score="location", score_options={"max_length": 4})
    fitting, long = ragged([5, 2], [3, 3], extra=4), ragged([6, 2], [3, 3])
    model(fitting.source, fitting.source_mask, fitting.target_in)
    with pytest.raises(ValueError, match="5 positions, expected at most max_length = 4"):
        model(long.source, long.source_mask, long.target_in)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source_vocabulary": 0}, "source_vocabulary is 0, expected an integer of at least 1"),
        ({"target_vocabulary": 0}, "target_vocabulary is 0, expected an integer of at least 1"),
        ({"embedding": 0}, "embedding is 0, expected an integer of at least 1"),
        ({"hidden": 2.5}, "hidden is 2.5, expected an integer of at least 1"),
        ({"layers": 0}, "layers is 0, expected an integer of at least 1"),
        ({"score": "bilinear"}, "score is 'bilinear', expected 'cosine' or 'location' or"),
        ({"window": "local"}, "window is 'local', expected 'global' or 'local-m' or 'local-p'"),
        ({"window": "local-p", "D": 0}, "D is 0, expected an integer of at least 1"),
        ({"renormalise": True}, "renormalise is True and window 'global', expected 'local-p'"),
        ({"dropout": 1.0}, "dropout is 1.0, expected a share from 0 to below 1"),
        ({"initialisation": "xavier"}, "initialisation is 'xavier', expected 'paper' or 'torch'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    good = partial(Luong, **{"source_vocabulary": 5, "target_vocabulary": 5, **TINY, **arguments})
    with pytest.raises(ValueError, match=re.escape(message)):
        good()
