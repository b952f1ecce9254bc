"""The small models: what they can see, what they cannot, and what they write."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.data.vocabulary import BOS, EOS
from attention_course.models.positions import Learned, Nowhere, Sinusoidal
from attention_course.models.small_transformers import TextClassifier, TextGenerator
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from translators import close, shaken

WORDS, D = 9, 8
SIZES = {"d": D, "heads": 2, "d_ff": 6}


def classifier(positions: nn.Module, layers: int = 2) -> Any:
    return shaken(TextClassifier(WORDS, 3, positions, **SIZES, layers=layers)).eval()


def generator(positions: nn.Module, layers: int = 2) -> Any:
    return shaken(TextGenerator(WORDS, positions, **SIZES, layers=layers)).eval()


def ids(*shape: int, seed: int = 0) -> Tensor:
    return torch.randint(4, WORDS, shape, generator=torch.Generator().manual_seed(seed))


def all_true(texts: Tensor) -> Tensor:
    return torch.ones_like(texts, dtype=torch.bool)


# --- the classifier ---


@given(st.permutations(range(6)), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_without_positions_it_sees_no_order(order: list[int], layers: int) -> None:
    model, texts = classifier(Nowhere(D), layers), ids(4, 6)
    logits, weights = model(texts, all_true(texts))
    logits_2, weights_2 = model(texts[:, order], all_true(texts))
    close(logits_2, logits)
    close(weights_2, weights[..., order, :][..., order])


@pytest.mark.parametrize("positions", [Sinusoidal(D), Learned(D, 6)])
def test_with_positions_it_sees_order(positions: nn.Module) -> None:
    model, texts = classifier(positions), ids(4, 6)
    there, back = (model(x, all_true(x))[0] for x in (texts, texts.flip(1)))
    assert ((there - back).abs().amax(1) > 1e-3).all()


def test_with_no_layer_it_is_a_bag_of_words() -> None:
    """By hand: a matrix times the largest numbers of the embeddings, of real words alone."""
    model, texts = classifier(Nowhere(D), layers=0), ids(2, 4)
    mask = torch.tensor([[True] * 4, [True, True, False, False]])
    logits, weights = model(texts, mask)
    E = model.stack.E.weight * D**0.5
    most = torch.stack([E[texts[0]].amax(0), E[texts[1, :2]].amax(0)])
    close(logits, most @ model.output.weight.T + model.output.bias)
    assert weights.shape == (2, 0, 2, 4, 4)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_padding_changes_nothing(lengths: list[int], extra: int) -> None:
    model = classifier(Sinusoidal(D))
    texts, width = ids(len(lengths), max(lengths) + extra), max(lengths)
    mask = torch.arange(width + extra) < torch.tensor(lengths)[:, None]
    other = torch.where(mask, texts, ids(*texts.shape, seed=1))
    logits, weights = model(texts[:, :width], mask[:, :width])
    logits_2, weights_2 = model(other, mask)
    close(logits_2, logits)
    real = mask[:, :width]
    close(weights_2[..., :width, :width].movedim(3, 1)[real], weights.movedim(3, 1)[real])
    assert (weights_2[..., width:] == 0).all()


def test_weights_come_in_evaluation_alone_and_sum_to_one() -> None:
    model, texts = classifier(Sinusoidal(D)), ids(3, 5)
    logits, weights = model(texts, all_true(texts))
    assert weights.shape == (3, 2, 2, 5, 5)
    close(weights.sum(-1), torch.ones(3, 2, 2, 5, dtype=torch.float64))
    trained, none = model.train()(texts, all_true(texts))
    assert none.shape == (3, 0, 2, 5, 5)
    close(trained, logits)


# --- the generator ---


def test_no_symbol_sees_a_later_one() -> None:
    """By gradient: the scores behind place t depend on the symbols up to t, on all of them."""
    model, texts = generator(Sinusoidal(D)), ids(1, 5)
    vectors: list[Tensor] = []

    def keep(_: nn.Module, __: Any, out: Tensor) -> None:
        out.retain_grad()
        vectors.append(out)

    model.stack.E.register_forward_hook(keep)
    for t in range(5):
        model(texts)[0][0, t].square().sum().backward()
        gradient = vectors.pop().grad
        assert gradient is not None
        reached = gradient[0].abs().sum(-1) > 0
        assert reached.tolist() == [True] * (t + 1) + [False] * (4 - t)


def test_it_goes_on_from_its_last_symbol() -> None:
    """By hand: after each symbol the one two further on, so surely that nothing is drawn."""
    model = TextGenerator(WORDS, Nowhere(10), d=10, heads=2, d_ff=4, layers=0)
    with torch.no_grad():
        model.stack.E.weight.copy_(torch.eye(WORDS, 10))
        model.output.weight.copy_(100 * torch.eye(WORDS, 10).roll(2, 0))
    assert (BOS, EOS) == (1, 2)
    texts = model.write(BOS, EOS, count=2, longest=9, generator=torch.Generator())
    assert texts == [[3, 5, 7, 0]] * 2
    assert model.write(0, 0, count=1, longest=6, generator=torch.Generator()) == [
        [2, 4, 6, 8, 1, 3]
    ]


def test_it_draws_from_its_distribution() -> None:
    """With no layer and no positions the next symbol depends on the last alone."""
    model = generator(Nowhere(D), layers=0)
    with torch.no_grad():
        model.output.weight *= 0.1
        model.output.bias[EOS] = -30.0
    p = model(torch.tensor([[BOS]]))[0][0, 0].softmax(-1)
    texts = model.write(
        BOS, EOS, count=20_000, longest=1, generator=torch.Generator().manual_seed(0)
    )
    shares = torch.tensor([text[0] for text in texts]).bincount(minlength=WORDS) / len(texts)
    assert (shares - p).abs().max() < 0.015  # four standard deviations of a share of one half


def test_a_text_ends_at_its_end() -> None:
    model = generator(Nowhere(D), layers=0)
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.zero_()
    seeded = torch.Generator().manual_seed(0)
    texts = model.write(BOS, EOS, count=300, longest=5, generator=seeded)
    assert len(texts) == 300
    assert {len(text) for text in texts} == set(range(6))
    assert all(EOS not in text for text in texts)
    model.output.bias.data[EOS] = 50.0
    assert model.write(BOS, EOS, count=2, longest=5, generator=seeded) == [[], []]


def test_one_seed_gives_one_text() -> None:
    model = generator(Sinusoidal(D))
    one, again, other = (
        model.write(BOS, EOS, count=4, longest=9, generator=torch.Generator().manual_seed(seed))
        for seed in (0, 0, 1)
    )
    assert one == again != other


# --- what is wrong ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"heads": 3}, "d is 8 and heads is 3, expected d to be a multiple of heads"),
        ({"layers": -1}, "layers is -1, expected an integer of at least 0"),
        ({"d_ff": 0}, "d_ff is 0, expected an integer of at least 1"),
    ],
)
def test_wrong_sizes(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        TextGenerator(WORDS, Sinusoidal(D), **{**SIZES, **options})


def test_wrong_inputs() -> None:
    with pytest.raises(ValueError, match="answers is 0, expected"):
        TextClassifier(WORDS, 0, Sinusoidal(D), **SIZES)
    with pytest.raises(ValueError, match="symbols is 0, expected"):
        TextGenerator(0, Sinusoidal(D), **SIZES)
    with pytest.raises(ValueError, match=r"positions is a str, expected a torch\.nn\..*Module"):
        TextClassifier(WORDS, 2, "sinusoidal", **SIZES)  # type: ignore[arg-type]
    texts = ids(2, 3)
    with pytest.raises(ValueError, match="sentence 1 is empty"):
        classifier(Sinusoidal(D))(texts, torch.tensor([[True] * 3, [False] * 3]))
    with pytest.raises(ValueError, match="source holds the token id 9"):
        classifier(Sinusoidal(D))(torch.full_like(texts, 9), all_true(texts))
    with pytest.raises(ValueError, match="position 6 has no vector"):
        classifier(Learned(D, 6))(ids(1, 7), all_true(ids(1, 7)))
    for width in (1, 2 * D):
        with pytest.raises(
            ValueError,
            match=rf"positions gives vectors of shape \(3, {width}\), expected \(3, {D}\)",
        ):
            classifier(Nowhere(width))(texts, all_true(texts))
    model = generator(Sinusoidal(D))
    with pytest.raises(ValueError, match="target is a NoneType, expected"):
        model(None)
    with pytest.raises(ValueError, match=r"target has dtype torch\.float32"):
        model(texts.float())
    with pytest.raises(ValueError, match="target holds the token id 9"):
        model(torch.full_like(texts, 9))
    with pytest.raises(ValueError, match="count is 0, expected an integer of at least 1"):
        model.write(BOS, EOS, count=0, longest=3, generator=torch.Generator())
    with pytest.raises(ValueError, match="begin is 9, expected an id from 0 to 8"):
        model.write(9, EOS, count=1, longest=3, generator=torch.Generator())
    with pytest.raises(ValueError, match="end is -1, expected an id from 0 to 8"):
        model.write(BOS, -1, count=1, longest=3, generator=torch.Generator())
    with pytest.raises(ValueError, match="end is '2', expected an id from 0 to 8"):
        model.write(BOS, "2", count=1, longest=3, generator=torch.Generator())  # type: ignore[arg-type]
