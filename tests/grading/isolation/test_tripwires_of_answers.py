"""Barred names, noticed while an answer runs."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

import pytest
import torch
from attention_course.grading.isolation import Ended, IsolationError, Job, Limits, Warm

SETUP = """
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.functional import softmax
from attention_course.models import masks, recurrent
from attention_course.models.bahdanau import RNNSearch

def given(scores, mask):
    return masks.masked_softmax(scores, mask)
"""
BARRED = (
    "torch.nn.MultiheadAttention",
    "torch.nn.functional.softmax",
    "torch.Tensor.softmax",
    "attention_course.models.masks",
    "attention_course.models.recurrent",
    "attention_course.exercises.bahdanau",
)

if sys.platform != "linux":
    pytest.skip("needs Linux", allow_module_level=True)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    preload = ["attention_course.models.bahdanau", "attention_course.exercises.bahdanau.stepping"]
    with Warm(preload, lanes=1) as warm:
        yield warm


def tripped(warm: Warm, source: str) -> tuple[str, ...]:
    how = "attention_course.exercises.asking:call"
    inputs = [{"x": torch.randn(2, 3)}]
    job = Job((SETUP,), textwrap.dedent(source), "f", how, BARRED, inputs)
    found = warm.ask(job, Limits())
    assert found.ended is Ended.FINISHED, found
    return found.tripped


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x): return nn.MultiheadAttention(4, 2)", "torch.nn.MultiheadAttention"),
        (
            "class A(nn.MultiheadAttention):\n    pass\ndef f(x): return A(4, 2)",
            "torch.nn.MultiheadAttention",
        ),
        ("def f(x): return F.softmax(x, -1)", "torch.nn.functional.softmax"),
        ("def f(x): return softmax(x, -1)", "torch.nn.functional.softmax"),
        ("def f(x): return getattr(F, 'soft' + 'max')(x, -1)", "torch.nn.functional.softmax"),
        ("def f(x): return x.softmax(-1)", "torch.Tensor.softmax"),
        ("def f(x): return list(map(softmax, [x]))", "torch.nn.functional.softmax"),
        ("def f(x): return masks.masked_softmax(x, x > 0)", "attention_course.models.masks"),
        (
            "from attention_course.models.masks import masked_softmax as s\n"
            "def f(x): return s(x, x > 0)",
            "attention_course.models.masks",
        ),
        (
            "import importlib\ndef f(x): return importlib.import_module("
            "'attention_course.models.' + 'masks').masked_softmax(x, x > 0)",
            "attention_course.models.masks",
        ),
        (
            "def f(x): return __import__('attention_course.models.masks', fromlist=['x'])"
            ".masked_softmax(x, x > 0)",
            "attention_course.models.masks",
        ),
        (
            "def f(x):\n    unit = RNNSearch(5, 5, embedding=4, hidden=4).decoder.unit\n"
            "    return unit(*[torch.zeros(1, 4)] * 2)",
            "attention_course.models.recurrent",
        ),
        (
            "def f(x): return torch.vmap(lambda y: F.softmax(y, -1))(x)",
            "torch.nn.functional.softmax",
        ),
    ],
)
def test_what_an_answer_uses_is_noticed(warm: Warm, source: str, name: str) -> None:
    assert tripped(warm, source) == (name,)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return torch.softmax(x, -1)",
        "def f(x): return given(x, x > 0)",
        "def f(x): return nn.Softmax(-1)(x)",
        "def f(x): return nn.TransformerEncoderLayer(4, 2)",
        "def f(x): return RNNSearch(5, 5, embedding=2, hidden=4)",
        "def f(x): return isinstance(x, nn.MultiheadAttention)",
        "import math, json\ndef f(x): return math.pi",
        "from attention_course.models import masks, recurrent as r\ndef f(x): return 1",
        "from attention_course.models.masks import masked_softmax\ndef f(x): return 1",
        "import sacrebleu\ndef f(x): return 1",
        "def f(x): return __import__('math', fromlist=['pi'], level=0).pi",
        "def f(x: nn.MultiheadAttention): return 1",
    ],
)
def test_what_the_setup_and_libraries_use_is_not(warm: Warm, source: str) -> None:
    assert tripped(warm, source) == ()


def test_what_is_wired_works_as_before(warm: Warm) -> None:
    source = """
        def f(x):
            right = torch.equal(F.softmax(x, dim=-1), torch.softmax(x, -1))
            attention = nn.MultiheadAttention(4, 2)
            return right, attention(x.new_ones(1, 3, 4), *[x.new_ones(1, 3, 4)] * 2)[0].shape
    """
    how = "attention_course.exercises.asking:call"
    job = Job((SETUP,), textwrap.dedent(source), "f", how, BARRED, [{"x": torch.randn(2, 3)}])
    assert warm.ask(job, Limits()).outcomes[0].value == [True, [1, 3, 4]]


def test_a_reference_is_not_let_into_the_warm_process() -> None:
    with pytest.raises(IsolationError, match="is not there while answers are marked"):
        Warm(["attention_course.exercises.bahdanau.scores"], lanes=1)


def test_a_module_that_is_missing_is_named() -> None:
    with pytest.raises(IsolationError, match="no_such_module"):
        Warm(["no_such_module"], lanes=1)


def test_source_and_names_are_those_of_a_notebook(warm: Warm) -> None:
    source = """
        import inspect, pickle
        def f(x):
            g = pickle.loads(pickle.dumps(f))
            return __name__, inspect.getsource(f).splitlines()[0], g is f
    """
    how = "attention_course.exercises.asking:call"
    job = Job((SETUP,), textwrap.dedent(source), "f", how, (), [{"x": torch.zeros(1)}])
    assert warm.ask(job, Limits()).outcomes[0].value == ["__main__", "def f(x):", True]
