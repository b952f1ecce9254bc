"""The softmax under a mask, and what the checks of the inputs say."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.models.masks import (
    check_choice,
    check_count,
    check_device,
    check_kind,
    check_like,
    check_number,
    check_share,
    check_sizes,
    check_source,
    check_target,
    check_token,
    masked_softmax,
)
from hypothesis import given, settings
from hypothesis import strategies as st

SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5))


@settings(deadline=None)
@given(SHAPES, st.integers(0, 2), st.integers(0, 10_000), st.sampled_from([1.0, 30.0, 1e4]))
def test_softmax_over_what_may_be_seen(
    shape: tuple[int, ...], dim: int, seed: int, scale: float
) -> None:
    torch.manual_seed(seed)
    scores, mask = torch.randn(shape, dtype=torch.float64) * scale, torch.rand(shape) < 0.6
    weights = masked_softmax(scores, mask, dim)
    rows = zip(
        scores.movedim(dim, -1).flatten(0, 1),
        mask.movedim(dim, -1).flatten(0, 1),
        weights.movedim(dim, -1).flatten(0, 1),
        strict=True,
    )
    for row, seen, got in rows:
        assert (got[~seen] == 0).all()
        torch.testing.assert_close(got[seen], row[seen].softmax(0), rtol=0, atol=1e-14)


@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")
def test_softmax_where_nothing_may_be_seen() -> None:
    """Zeros, and no NaN backwards either, not even on the way to what is masked out again."""
    scores = torch.randn(3, 4, requires_grad=True)
    mask = torch.tensor([[True] * 4, [False] * 4, [True, False, True, False]])
    weights = masked_softmax(scores, mask)
    assert weights.sum(1).tolist() == pytest.approx([1, 0, 1])
    with torch.autograd.detect_anomaly(check_nan=True):
        masked_softmax(scores, mask).square().sum().backward()
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()
    assert (scores.grad[~mask] == 0).all()
    assert (scores.grad[0] != 0).all()


@pytest.mark.parametrize("junk", [float("nan"), float("inf"), float("-inf"), 1e30])
def test_masked_scores_do_not_leak(junk: float) -> None:
    mask = torch.tensor([True, True, False])
    clean = masked_softmax(torch.tensor([0.3, -1.0, 0.0]), mask)
    assert torch.equal(masked_softmax(torch.tensor([0.3, -1.0, junk]), mask), clean)


def test_softmax_of_half_precision() -> None:
    weights = masked_softmax(
        torch.zeros(2, 3, dtype=torch.bfloat16), torch.tensor([True, False, True])
    )
    assert weights.dtype == torch.bfloat16
    assert weights[0].tolist() == [0.5, 0.0, 0.5]


def test_gradient_of_the_softmax() -> None:
    scores = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True, True, False, True], [False] * 4, [False, True, False, False]])
    assert torch.autograd.gradcheck(lambda x: masked_softmax(x, mask), scores)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (torch.ones(2, 3), "mask has dtype torch.float32, expected torch.bool"),
        (torch.ones(2, 4, dtype=torch.bool), "mask has shape (2, 4), which does not broadcast to"),
        (torch.ones(5, 2, 3, dtype=torch.bool), "mask has shape (5, 2, 3)"),
        ([[True]], "mask is a list, expected a torch.Tensor"),
    ],
)
def test_masks_that_do_not_fit(mask: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        masked_softmax(torch.zeros(2, 3), mask)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([[0.0]], "scores is a list, expected a torch.Tensor"),
        (torch.zeros(2, 3).long(), "scores has dtype torch.int64, expected floating-point numbers"),
    ],
)
def test_scores_that_have_no_softmax(scores: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        masked_softmax(scores, torch.ones(2, 3, dtype=torch.bool))


# --- checks ---

IDS = torch.tensor([[3, 4, 5], [6, 0, 0]])
REAL = IDS > 0


@pytest.mark.parametrize(
    ("source", "mask", "message"),
    [
        (IDS[0], REAL[0], "source has shape (3,), expected (B, S), not empty"),
        (IDS[:, :0], REAL[:, :0], "source has shape (2, 0), expected (B, S), not empty"),
        (IDS.float(), REAL, "source has dtype torch.float32, expected torch.int64"),
        (IDS.int(), REAL, "source has dtype torch.int32, expected torch.int64"),
        (IDS, REAL[:, :2], "source_mask has shape (2, 2), expected (2, 3) like source"),
        (IDS, REAL[:1], "source_mask has shape (1, 3), expected (2, 3) like source"),
        (IDS, REAL.long(), "source_mask has dtype torch.int64, expected torch.bool"),
        (IDS, REAL.to("meta"), "source_mask is on the device meta, expected cpu like source"),
        (IDS, REAL & (IDS < 6), "sentence 1 is empty: source_mask has no True in row 1"),
        (IDS + 4, REAL, "source holds the token id 10, expected ids from 0 to 9"),
        (IDS - 1, REAL, "source holds the token id -1, expected ids from 0 to 9"),
    ],
)
def test_bad_sources(source: torch.Tensor, mask: torch.Tensor, message: str) -> None:
    check_source(IDS, REAL, 10)
    with pytest.raises(ValueError, match=re.escape(message)):
        check_source(source, mask, 10)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (IDS[0], "target has shape (3,), expected (B, T), not empty"),
        (IDS[:, :0], "target has shape (2, 0), expected (B, T), not empty"),
        (IDS.double(), "target has dtype torch.float64, expected torch.int64"),
        (IDS[:1], "target has shape (1, 3): 1 sentences, expected 2 like source"),
        (IDS + 1, "target holds the token id 7, expected ids from 0 to 6 (a vocabulary of 7)"),
    ],
)
def test_bad_targets(target: torch.Tensor, message: str) -> None:
    check_target(IDS, 2, 7)
    with pytest.raises(ValueError, match=re.escape(message)):
        check_target(target, 2, 7)


def test_bad_tokens() -> None:
    check_token(IDS[:, 0], 2, 7)
    with pytest.raises(ValueError, match=r"token has shape \(2, 1\), expected \(B,\), not empty"):
        check_token(IDS[:, :1], 2, 7)
    with pytest.raises(ValueError, match=r"token has shape \(2,\): 2 sentences, expected 3"):
        check_token(IDS[:, 0], 3, 7)


@pytest.mark.parametrize(
    ("given", "kind"),
    [(IDS.numpy(), "numpy.ndarray"), (IDS.tolist(), "list"), (None, "NoneType")],
)
def test_what_is_no_tensor(given: Any, kind: str) -> None:
    for name, check in {
        "source": lambda: check_source(given, REAL, 10),
        "source_mask": lambda: check_source(IDS, given, 10),
        "target": lambda: check_target(given, 2, 10),
        "token": lambda: check_token(given, 2, 10),
    }.items():
        with pytest.raises(ValueError, match=f"^{name} is a {kind}, expected a torch.Tensor$"):
            check()


@pytest.mark.parametrize("size", [0, -3, 2.0, True, None])
def test_bad_sizes(size: Any) -> None:
    check_sizes(embedding=1, hidden=7)
    with pytest.raises(ValueError, match=rf"hidden is {size!r}, expected an integer of at least 1"):
        check_sizes(embedding=1, hidden=size)


def test_bad_choices() -> None:
    check_choice("cell", "paper", ("paper", "torch"))
    with pytest.raises(ValueError, match="cell is 'lstm', expected 'paper' or 'torch'"):
        check_choice("cell", "lstm", ("paper", "torch"))


@pytest.mark.parametrize("count", [-1, 2.0, True, "3"])
def test_bad_counts(count: Any) -> None:
    check_count("layers", 0)
    with pytest.raises(
        ValueError, match=rf"layers is {count!r}, expected an integer of at least 0"
    ):
        check_count("layers", count)


@pytest.mark.parametrize("number", ["3", None, float("nan"), torch.tensor(3.0)])
def test_what_is_no_number(number: Any) -> None:
    check_number("base", 3)
    for check in (check_number, check_share):
        with pytest.raises(ValueError, match=r"base is .*, expected a number"):
            check("base", number)


def test_what_is_of_another_kind() -> None:
    check_kind("batch", IDS, torch.Tensor)
    with pytest.raises(ValueError, match=r"batch is a str, expected a torch\.Tensor"):
        check_kind("batch", "IDS", torch.Tensor)
    with pytest.raises(
        ValueError, match=r"model is a torch\.Tensor, expected a torch\.nn\..*Linear"
    ):
        check_kind("model", IDS, torch.nn.Linear)


def test_what_is_unlike() -> None:
    """Under autocast torch brings dtypes together, on every device of its own."""
    single, double = torch.zeros(2), torch.zeros(2).double()
    check_like("key", single, single, "query")
    with pytest.raises(
        ValueError, match=r"key has dtype torch\.float64, expected torch\.float32 like"
    ):
        check_like("key", double, single, "query")
    with torch.autocast("cpu"):
        check_like("key", double, single, "query")
    elsewhere = torch.zeros(2, device="meta")
    for check in (check_like, lambda *given: check_device(*given[:2], given[2].device, given[3])):
        with pytest.raises(ValueError, match="key is on the device meta, expected cpu like query"):
            check("key", elsewhere, single, "query")
