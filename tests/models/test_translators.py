"""What every translator must do, whatever is inside: shapes, padding, steps, causality, checks."""

from __future__ import annotations

import re
from typing import Any

import by_hand
import pytest
import torch
from attention_course.models.bahdanau import RNNSearch
from attention_course.models.encoder_decoder import EncoderDecoder
from attention_course.models.luong import Luong
from attention_course.models.transformer import Transformer
from attention_course.models.universal_transformer import UniversalTransformer
from hypothesis import given, settings
from hypothesis import strategies as st
from translators import (
    ALL,
    SOURCE_WORDS,
    TARGET_WORDS,
    TRANSLATORS,
    check_padding,
    check_steps,
    close,
    ragged,
    translator,
)

each = pytest.mark.parametrize("name", ALL)
of_chapters_1_and_2 = pytest.mark.parametrize("name", TRANSLATORS)
attending_everywhere = pytest.mark.parametrize(
    "name",
    # a fixed vector does not attend, a window not everywhere, and a word that has halted no more
    [n for n in ALL if not any(kind in n for kind in ("fixed", "local", "last", "universal,"))],
)
# layers, or steps, and heads of those that do not have one of each
MAPS = {"fixed": (0, 1), "transformer": (2, 2), "universal": (3, 2)}
LENGTHS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=4)


# --- the paper's equations, once more ---


@pytest.mark.parametrize("name", [name for name in TRANSLATORS if "torch" not in name])
def test_the_appendix_by_hand(name: str) -> None:
    model = translator(name)
    batch = ragged([5, 1, 3], [4, 4, 4], extra=2)
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    for row in range(3):
        words = batch.source[row][batch.source_mask[row]].tolist()
        before, after, alpha = by_hand.translate(model, words, batch.target_in[row].tolist())
        read = after if "current" in name else before
        close(logits[row], torch.from_numpy(read))
        if "search" in name:
            close(weights[row, 0, 0, :, : len(words)], torch.from_numpy(alpha))


# --- shapes and weights ---


@each
def test_shapes(name: str) -> None:
    model, batch = translator(name), ragged([5, 2], [3, 4])
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    N, H = next((NH for kind, NH in MAPS.items() if kind in name), (1, 1))
    assert logits.shape == (2, 4, TARGET_WORDS)
    assert weights.shape == (2, N, H, 4, 5)
    state = model.start(batch.source, batch.source_mask)
    logits, weights, _ = model.step(batch.target_in[:, 0], state)
    assert logits.shape == (2, TARGET_WORDS)
    assert weights.shape == (2, N, H, 5)


@attending_everywhere
@settings(deadline=None, max_examples=20)
@given(LENGTHS, st.integers(0, 99))
def test_weights_are_shares(name: str, lengths: list[tuple[int, int]], seed: int) -> None:
    model = translator(name, seed)
    batch = ragged(*map(list, zip(*lengths, strict=True)), seed=seed, extra=seed % 3)
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    assert (weights >= 0).all()
    close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    on_words = batch.source_mask[:, None, None, None].expand_as(weights)
    assert (weights[~on_words] == 0).all()
    assert (weights[on_words] > 0).all()


# --- padding and neighbours ---


@each
@settings(deadline=None, max_examples=20)
@given(LENGTHS, st.integers(1, 3), st.integers(0, 99))
def test_padding_changes_nothing(
    name: str, lengths: list[tuple[int, int]], extra: int, seed: int
) -> None:
    check_padding(translator(name, seed), lengths, extra, seed)


@each
def test_a_sentence_does_not_see_its_neighbours(name: str) -> None:
    model, batch = translator(name), ragged([5, 2, 4, 1], [3, 3, 3, 3])
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    for row in range(4):
        length = int(batch.source_mask[row].sum())
        alone, alone_weights = model(
            batch.source[row : row + 1, :length],
            batch.source_mask[row : row + 1, :length],
            batch.target_in[row : row + 1],
        )
        close(logits[row], alone[0])
        close(weights[row, ..., :length], alone_weights[0])


@each
@settings(deadline=None, max_examples=15)
@given(st.permutations(range(4)), st.integers(0, 99))
def test_order_of_the_batch(name: str, order: list[int], seed: int) -> None:
    model, batch = translator(name, seed), ragged([5, 2, 4, 1], [2, 5, 1, 3], seed=seed)
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    moved = model(batch.source[order], batch.source_mask[order], batch.target_in[order])
    close(moved[0], logits[order])
    close(moved[1], weights[order])


# --- one word at a time ---


@each
@settings(deadline=None, max_examples=15)
@given(LENGTHS, st.integers(0, 99))
def test_steps_are_teacher_forcing(name: str, lengths: list[tuple[int, int]], seed: int) -> None:
    check_steps(translator(name, seed), lengths, seed)


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        *((kind, {"embedding": 16, "hidden": 32}) for kind in (RNNSearch, EncoderDecoder, Luong)),
        (Transformer, {"d": 32, "heads": 4, "layers": 6, "d_ff": 64, "tied": "target"}),
        (UniversalTransformer, {"d": 32, "heads": 4, "d_ff": 64, "halting": "text"}),
    ],
)
def test_steps_in_single_precision(kind: Any, sizes: dict[str, Any]) -> None:
    """As the searches use it: float32, the paper's own initialisation, to 1e-5."""
    torch.manual_seed(0)
    model, batch = kind(SOURCE_WORDS, TARGET_WORDS, **sizes).eval(), ragged([9, 5], [12, 12])
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    state = model.start(batch.source, batch.source_mask)
    for t, token in enumerate(batch.target_in.unbind(1)):
        step_logits, _, state = model.step(token, state)
        torch.testing.assert_close(step_logits, logits[:, t], rtol=0, atol=1e-5)


@each
def test_mixed_precision(name: str) -> None:
    """bfloat16 as `fit` uses it on CUDA: close, finite, and padding still exactly nothing."""
    model, batch = translator(name).float(), ragged([5, 2], [3, 4])
    exact, _ = model(batch.source, batch.source_mask, batch.target_in)
    with torch.autocast("cpu", torch.bfloat16):
        logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    assert logits.dtype == torch.bfloat16
    torch.testing.assert_close(logits.float(), exact, rtol=0, atol=0.15)
    assert (weights[1, ..., 2:] == 0).all()
    logits.float().square().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


@each
@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=5), st.integers(0, 2), st.integers(0, 99))
def test_select_is_indexing(name: str, rows: list[int], after: int, seed: int) -> None:
    """Rows left out, doubled and moved in mid-sentence go on as if they had begun so."""
    model, batch = translator(name, seed), ragged([5, 2, 4], [4, 4, 4], seed=seed)
    expected = model(batch.source[rows], batch.source_mask[rows], batch.target_in[rows])
    state = model.start(batch.source, batch.source_mask)
    for t in range(after):
        _, _, state = model.step(batch.target_in[:, t], state)
    state = state.select(torch.tensor(rows))
    for t in range(after, 4):
        logits, weights, state = model.step(batch.target_in[rows, t], state)
        close(logits, expected[0][:, t])
        close(weights, expected[1][..., t, :])


@each
def test_a_step_leaves_its_state_alone(name: str) -> None:
    """A search may go on from the same state twice."""
    model, batch = translator(name), ragged([4, 3], [3, 3])
    state = model.start(batch.source, batch.source_mask)
    first, _, _ = model.step(batch.target_in[:, 0], state)
    model.step(batch.target_in[:, 1], state)
    again, _, _ = model.step(batch.target_in[:, 0], state)
    assert torch.equal(first, again)


# --- causality ---


@each
def test_later_words_do_not_matter(name: str) -> None:
    """Logits at t depend on the words up to t (target_in holds the word before), by gradient."""
    model, batch = translator(name), ragged([4, 3], [4, 4])
    embedded = []

    def keep(module: Any, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[-1]

    words = model.E_target if hasattr(model, "E_target") else model.decoder.E
    words.register_forward_hook(keep)
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    for t in range(4):
        (gradient,) = torch.autograd.grad(logits[:, t].sum(), embedded[0], retain_graph=True)
        assert (gradient[:, t + 1 :] == 0).all()
        assert (gradient[:, : t + 1].abs().amax(dim=(0, 2)) > 0).all()


# --- where things enter ---


@of_chapters_1_and_2
def test_which_state_the_word_is_read_from(name: str) -> None:
    """With one target word, "previous" reads s_0, which the decoder's unit has no part in."""
    model, batch = translator(name), ragged([4, 3], [1, 1])
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    logits.square().sum().backward()
    moved = [
        p.grad is not None and bool((p.grad != 0).any()) for p in model.decoder.unit.parameters()
    ]
    assert all(moved) if model.decoder.readout == "current" else not any(moved)


@of_chapters_1_and_2
@pytest.mark.parametrize("part", [0, 1, 2], ids=["first gate", "second gate", "candidate"])
def test_the_context_enters_gates_and_candidate(name: str, part: int) -> None:
    model, batch = translator(name), ragged([4, 3], [3, 3])
    n = model.decoder.unit.hidden
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    logits.square().sum().backward()
    assert (model.decoder.C.weight.grad[part * n : (part + 1) * n] != 0).all()


@of_chapters_1_and_2
def test_the_decoder_begins_from_an_end_of_the_encoder(name: str) -> None:
    """Read both ways: the backward state at the first word; else the last forward state."""
    model, batch = translator(name), ragged([5, 2, 3], [1, 1, 1], extra=1)
    h = model.encoder(batch.source, batch.source_mask)
    n = model.decoder.unit.hidden
    last = batch.source_mask.sum(1) - 1
    end = h[:, 0, n:] if h.shape[-1] == 2 * n else h[torch.arange(3), last]
    s_0 = (end @ model.decoder.W_s.weight.T + model.decoder.W_s.bias).tanh()
    close(model.start(batch.source, batch.source_mask).s, s_0)


# --- bad input ---


@each
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": torch.ones(2, dtype=torch.int64)}, "source has shape (2,), expected (B, S)"),
        ({"source": torch.ones(2, 5)}, "source has dtype torch.float32, expected torch.int64"),
        (
            {"source": torch.full((2, 5), SOURCE_WORDS)},
            "source holds the token id 11, expected ids",
        ),
        ({"source_mask": torch.ones(2, 4, dtype=torch.bool)}, "source_mask has shape (2, 4)"),
        ({"source_mask": torch.ones(2, 5)}, "source_mask has dtype torch.float32"),
        ({"source_mask": torch.arange(2)[:, None].expand(2, 5) == 0}, "sentence 1 is empty"),
        ({"target": torch.ones(2, dtype=torch.int64)}, "target has shape (2,), expected (B, T)"),
        ({"target": torch.ones(3, 4, dtype=torch.int64)}, "3 sentences, expected 2 like source"),
        (
            {"target": torch.full((2, 4), TARGET_WORDS)},
            "target holds the token id 13, expected ids",
        ),
        ({"target": torch.full((2, 4), -100)}, "target holds the token id -100, expected ids"),
    ],
)
def test_bad_input(name: str, change: dict[str, torch.Tensor], message: str) -> None:
    batch = ragged([5, 2], [3, 4])
    good = {"source": batch.source, "source_mask": batch.source_mask, "target": batch.target_in}
    with pytest.raises(ValueError, match=re.escape(message)):
        translator(name)(**{**good, **change})


@each
def test_bad_tokens(name: str) -> None:
    model, batch = translator(name), ragged([5, 2], [3, 4])
    state = model.start(batch.source, batch.source_mask)
    with pytest.raises(ValueError, match=r"token has shape \(2, 4\), expected \(B,\)"):
        model.step(batch.target_in, state)
    with pytest.raises(ValueError, match=r"1 sentences, expected 2 like source"):
        model.step(batch.target_in[:1, 0], state)
    with pytest.raises(ValueError, match="token holds the token id 13"):
        model.step(torch.full((2,), TARGET_WORDS), state)
    with pytest.raises(ValueError, match=r"state is a torch\.Tensor, expected a [A-Z]\w+State"):
        model.step(state, batch.target_in[:, 0])


@pytest.mark.parametrize("kind", [RNNSearch, EncoderDecoder])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source_vocabulary": 0}, "source_vocabulary is 0, expected an integer of at least 1"),
        ({"target_vocabulary": -1}, "target_vocabulary is -1, expected"),
        ({"embedding": 0}, "embedding is 0, expected"),
        ({"hidden": 0}, "hidden is 0, expected"),
        ({"hidden": 2.5}, "hidden is 2.5, expected"),
        ({"maxout": 0}, "maxout is 0, expected"),
        ({"cell": "lstm"}, "cell is 'lstm', expected 'paper' or 'torch'"),
        ({"readout": "next"}, "readout is 'next', expected 'previous' or 'current'"),
        ({"initialisation": "xavier"}, "initialisation is 'xavier', expected 'paper' or 'torch'"),
    ],
)
def test_bad_arguments(kind: Any, arguments: dict[str, Any], message: str) -> None:
    good = {"source_vocabulary": 5, "target_vocabulary": 5, "embedding": 2, "hidden": 4}
    with pytest.raises(ValueError, match=re.escape(message)):
        kind(**{**good, **arguments})


# --- defaults ---


def test_the_papers_sizes_are_the_defaults() -> None:
    """m = 620, n = n' = 1000, l = 500 (Appendix B.1)."""
    with torch.device("meta"):
        model = RNNSearch(30_000, 30_000)
    sizes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    assert sizes["encoder.E.weight"] == (30_000, 620)
    assert sizes["attention.U_a.weight"] == (1000, 2000)
    assert sizes["decoder.U_o.weight"] == (1000, 1000)
    assert sizes["decoder.W_o.weight"] == (30_000, 500)
    assert model.decoder.readout == "previous"


@pytest.mark.parametrize("name", ["search", "fixed", "fixed, both ways"])
def test_paper_initialisation_is_the_default(name: str) -> None:
    torch.manual_seed(0)
    model = TRANSLATORS[name](400, 400)
    for unit in (model.encoder.unit, model.decoder.unit):
        gram = unit.U @ unit.U.mT
        torch.testing.assert_close(gram, torch.eye(4).expand_as(gram), rtol=0, atol=1e-5)
        assert (unit.b == 0).all()
    assert model.encoder.E.weight.std().item() == pytest.approx(0.01, rel=0.1)
    assert model.decoder.W_o.weight.std().item() == pytest.approx(0.01, rel=0.1)
    assert (model.decoder.W_o.bias == 0).all()
    model.initialise("torch")
    assert model.encoder.E.weight.std().item() == pytest.approx(1, rel=0.1)
