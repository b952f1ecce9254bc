"""linear_probe against another solver and on vectors whose content is known."""

import numpy as np
import pytest
import torch
from attention_course.probes import linear_probe


def vectors_with_word(generator: torch.Generator, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Vectors (count, 8) whose first three numbers tell one of three words; the rest is noise."""
    labels = torch.randint(3, (count,), generator=generator)
    noise = torch.randn(count, 8, generator=generator)
    noise[:, :3] = 0.1 * noise[:, :3]
    noise[torch.arange(count), labels] += 2.0
    return noise, labels


def test_reads_what_is_there() -> None:
    g = torch.Generator().manual_seed(0)
    accuracy, _ = linear_probe(*vectors_with_word(g, 500), *vectors_with_word(g, 500))
    assert accuracy == 1.0


def test_needs_its_bias() -> None:
    # One number, the label is its sign against a threshold far from zero.
    x = torch.linspace(9, 11, 200)[:, None]
    labels = (x[:, 0] > 10).long()
    accuracy, baseline = linear_probe(x, labels, x, labels)
    assert accuracy > 0.95
    assert baseline == pytest.approx(0.5)


def test_finds_nothing_where_nothing_is() -> None:
    g = torch.Generator().manual_seed(1)
    x, labels = torch.randn(2000, 8, generator=g), torch.randint(4, (2000,), generator=g)
    accuracy, _ = linear_probe(x[:1000], labels[:1000], x[1000:], labels[1000:])
    assert accuracy == pytest.approx(0.25, abs=0.06)


def test_baseline_is_the_most_frequent_label_of_those_fitted() -> None:
    x = torch.zeros(5, 2)
    fitted, test = torch.tensor([7, 7, 7, 2, 2]), torch.tensor([7, 2, 2, 2, 2])
    assert linear_probe(x, fitted, x, test)[1] == pytest.approx(0.2)


def test_unknown_label_is_a_miss() -> None:
    g = torch.Generator().manual_seed(2)
    x, labels = vectors_with_word(g, 300)
    assert linear_probe(x, labels, x, labels + 100)[0] == 0.0


def test_agrees_with_numpy_least_squares() -> None:
    g = torch.Generator().manual_seed(3)
    x = torch.randn(400, 6, generator=g)
    labels = (x[:, 0] + 0.5 * torch.randn(400, generator=g) > 0.3).long()
    design = np.c_[x.double().numpy(), np.ones(400)]
    solution, *_ = np.linalg.lstsq(design[:200], np.eye(2)[labels[:200]], rcond=None)
    expected = ((design[200:] @ solution).argmax(1) == labels[200:].numpy()).mean()
    accuracy, _ = linear_probe(x[:200], labels[:200], x[200:], labels[200:], ridge=1e-12)
    assert accuracy == pytest.approx(expected)


def test_stays_finite_with_fewer_vectors_than_numbers() -> None:
    g = torch.Generator().manual_seed(4)
    x, labels = torch.randn(5, 20, generator=g), torch.arange(5)
    assert linear_probe(x, labels, x, labels)[0] == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": torch.zeros(4, dtype=torch.int64)}, r"labels \(4,\)"),
        ({"vectors": torch.zeros(5)}, r"vectors has shape \(5,\)"),
        ({"test_vectors": torch.zeros(5, 3)}, "2 numbers each and test_vectors 3"),
        ({"test_labels": torch.zeros(5, 1, dtype=torch.int64)}, "test_labels"),
        ({"ridge": 0.0}, "ridge is 0.0"),
    ],
)
def test_bad_input_is_named(change: dict, message: str) -> None:
    given = {
        "vectors": torch.zeros(5, 2),
        "labels": torch.zeros(5, dtype=torch.int64),
        "test_vectors": torch.zeros(5, 2),
        "test_labels": torch.zeros(5, dtype=torch.int64),
    } | change
    with pytest.raises(ValueError, match=message):
        linear_probe(**given)
