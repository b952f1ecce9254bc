"""Barred modules of the course are not there where an answer runs."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

import pytest
import torch
from attention_course.exercises import published, registry
from attention_course.exercises.asking import Raised, Returned
from attention_course.grading import lanes
from attention_course.grading.isolation import Ended, Job, Limits, Ran, Warm
from attention_course.grading.isolation.hollow import is_hollowed

if sys.platform != "linux":
    pytest.skip("needs Linux", allow_module_level=True)

MODEL = "attention_course.models.bahdanau"
SETUP = "import sys\nimport torch\nfrom torch import nn\nfrom attention_course.models import masks"
HOW = "attention_course.exercises.asking:call"
QUESTIONS = [q for name in registry.names() for q in registry.exercise(name).questions]


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm(lanes.preload(), lanes=1) as warm:
        yield warm


def ran(warm: Warm, source: str, barred: tuple[str, ...] = (MODEL,), setup: str = SETUP) -> Ran:
    source = textwrap.dedent(source)
    job = Job((setup,), source, "f", HOW, barred, [{"x": torch.ones(2)}])
    found = warm.ask(job, Limits())
    assert found.ended is Ended.FINISHED, found
    return found


@pytest.mark.parametrize(
    "source",
    [
        "from attention_course.models.bahdanau import RNNSearch\ndef f(x): return RNNSearch(5, 5)",
        "import attention_course.models.bahdanau as b\ndef f(x): b.AdditiveAttention(1, 1, 1)",
        "from attention_course.models import bahdanau\ndef f(x): return bahdanau.anything()",
        "import attention_course.models.bahdanau\n"
        "def f(x): attention_course.models.bahdanau.RNNSearch(5, 5)",
        f"def f(x): return sys.modules[{MODEL!r}].RNNSearch(5, 5, embedding=4, hidden=4)",
        "from attention_course.models.bahdanau import RNNSearch\n"
        "def f(x):\n    class Own(RNNSearch, nn.Module):\n        pass",
        "from attention_course.models.bahdanau import RNNSearch\n"
        "def f(x):\n    type.__call__(RNNSearch, 1).attention",
        "from attention_course.models import show_attend_tell\n"
        "def f(x): return show_attend_tell.AdditiveAttention(1, 1, 1)",
    ],
)
def test_what_it_has_cannot_be_used(warm: Warm, source: str) -> None:
    found = ran(warm, source)
    assert isinstance(found.outcomes[0], Raised)
    assert found.tripped == (MODEL,) or "type.__call__" in source


def test_its_names_may_be_imported_and_named(warm: Warm) -> None:
    source = """
        from __future__ import annotations
        import attention_course.models.bahdanau as whole
        from attention_course.models.bahdanau import RNNSearch, AdditiveAttention as A
        Either = RNNSearch | None
        def f(x: RNNSearch, *more: list[whole.Step]) -> A:
            return isinstance(x, RNNSearch), hasattr(whole, "__path__")
    """
    found = ran(warm, source)
    assert found.outcomes == (Returned([False, False]),)
    assert found.tripped == ()


def test_to_import_it_again_brings_nothing(warm: Warm) -> None:
    source = f"""
        import importlib
        def f(x):
            try:
                return importlib.reload(sys.modules[{MODEL!r}]).RNNSearch.__init__
            except ImportError:
                del sys.modules[{MODEL!r}]
                return importlib.import_module({MODEL!r})
    """
    (outcome,) = ran(warm, source).outcomes
    assert isinstance(outcome, Raised)
    assert "barred in this question" in outcome.message


def test_what_is_not_barred_is_there(warm: Warm) -> None:
    source = """
        from attention_course.models.bahdanau import RNNSearch
        def f(x): return list(RNNSearch(5, 5, embedding=4, hidden=4).decoder.unit.U.shape)
    """
    (outcome,) = ran(warm, source, barred=("attention_course.training",)).outcomes
    assert isinstance(outcome, Returned), outcome


def test_a_single_name_of_the_course_has_a_wire(warm: Warm) -> None:
    name = "attention_course.models.masks.masked_softmax"
    source = "from attention_course.models import masks\n"
    source += "def f(x): return masks.masked_softmax(x, x > 0)"
    found = ran(warm, source, barred=(name,), setup="import torch")
    assert found.tripped == (name,)
    assert isinstance(found.outcomes[0], Returned)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_nothing_of_it_is_in_the_process(warm: Warm, question: registry.Question) -> None:
    names = [name for name in question.barred if is_hollowed(name)]
    source = """
        import sys
        def kinds(kind):
            return [kind, *(k for under in type.__subclasses__(kind) for k in kinds(under))]
        def f(names):
            real = [kind for kind in kinds(object) if type(kind).__name__ != "_Stand"]
            alive = [kind.__name__ for kind in real if kind.__module__ in names]
            return alive, [hasattr(sys.modules[name], "__file__") for name in names]
    """
    setup = published.setup(question.exercise)
    job = Job(setup, textwrap.dedent(source), "f", HOW, question.barred, [{"names": names}])
    (outcome,) = warm.ask(job, Limits()).outcomes
    assert isinstance(outcome, Returned), outcome
    assert outcome.value == [[], [False] * len(names)]
