"""What an answer must not use is seen however it is written, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_course.exercises import published, registry
from attention_course.grading.intake.barred import barred_hint, barred_uses
from grading.intake.handed_in import answers, one, solved

SETUP = published.setup("bahdanau")
BARRED = ("attention_course.models.masks", "torch.nn.RNN")
SOFTMAX = "attention_course.models.masks.masked_softmax"
RNN = "torch.nn.RNN"
EXERCISES = [registry.exercise(name) for name in registry.names()]  # loads what they refer to


def uses(source: str) -> tuple[str, ...]:
    return barred_uses(SETUP, source, "f", BARRED)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(): return masks.masked_softmax(1)", SOFTMAX),  # the setup's import
        ("def f():\n    g = masks\n    return g.masked_softmax", SOFTMAX),
        ("import attention_course.models.masks as m\nf = m.masked_softmax", SOFTMAX),
        ("import attention_course as a\nf = a.models.masks.masked_softmax", SOFTMAX),
        ("import attention_course.models.masks\nf = attention_course.models.masks", SOFTMAX[:29]),
        ("from attention_course.models import masks as m\nf = m.masked_softmax", SOFTMAX),
        ("from attention_course.models.masks import masked_softmax as f", SOFTMAX),
        ("from attention_course.models.masks import *\ndef f(): return masked_softmax", SOFTMAX),
        ("from torch.nn import *\ndef f(): return RNN(1, 1)", RNN),
        ("def f():\n    from torch import nn\n    return nn.RNN", RNN),
        ("def f():\n    if 1:\n        import torch.nn as n\n    return n.RNN", RNN),
        ("import importlib\nf = importlib.import_module('torch.nn').RNN", RNN),
        ("from importlib import import_module as i\nf = i('torch.nn').RNN", RNN),
        ("f = __import__('torch').nn.RNN", RNN),
        ("f = __import__('torch.nn', fromlist=['RNN']).RNN", RNN),
        ("f = getattr(torch.nn, 'RNN')", RNN),
        ("f = getattr(getattr(torch, 'nn'), 'RNN')(1)", RNN),
        ("import builtins\nf = builtins.getattr(torch.nn, 'RNN')", RNN),
        ("import sys\nf = sys.modules['torch.nn'].RNN", RNN),
        ("f = vars(torch.nn)['RNN']", RNN),
        ("f = torch.nn.__dict__['RNN']", RNN),
        ("f = torch.nn.modules.rnn.RNN", "torch.nn.modules.rnn.RNN"),  # where it is defined
        ("f = torch.nn.modules.RNN", "torch.nn.modules.RNN"),  # where it is too
        ("nn = torch.nn\ndef f(): return nn.RNN", RNN),
        ("nn, x = torch.nn, 1\nf = nn.RNN", RNN),
        ("def f(n=torch.nn): return n.RNN", RNN),
        ("def f(*, n=torch.nn): return n.RNN", RNN),
        ("f = (lambda n=torch.nn: n.RNN)()", RNN),
        ("for n in (torch.nn,): f = n.RNN", RNN),
        ("f = [n.RNN for n in [torch.nn]]", RNN),
        ("f = [(n := torch.nn), n.RNN]", RNN),
        ("f = [[(n := torch.nn) for _ in 'a'], n.RNN]", RNN),
        ("f = (torch if 1 else 2).nn.RNN", RNN),
        ("f = (None or torch).nn.RNN", RNN),
        ("def f():\n    global n\n    n = torch.nn\ndef g(): return n.RNN", RNN),
        ("def f():\n  n = 1\n  def g():\n    nonlocal n\n    n = torch.nn\n  n.RNN", RNN),
        ("import attention_course.models.masks as m\nf = m", SOFTMAX[:29]),
        ("class f(torch.nn.RNN): pass", RNN),
        ("@torch.nn.RNN\ndef f(): pass", RNN),
        ("class f:\n    masks = 1\n    def g(self): return masks.masked_softmax", SOFTMAX),
        ("def f(x: torch.nn.RNN(1, 1)): pass", RNN),  # more than an annotation
        ("f = masks.masked_softmax\nmasks = None", SOFTMAX),
        ("def f(): return masks.masked_softmax\nf = f()\nmasks = None", SOFTMAX),
        ("if 0:\n    masks = None\nf = masks.masked_softmax", SOFTMAX),
        ("masks.masked_softmax = 1", SOFTMAX),
    ],
)
def test_ways_to_use_a_name(source: str, name: str) -> None:
    assert uses(source) == (name,)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: torch.nn.RNN, y: 'masks') -> list[torch.nn.RNN | None]: pass",
        "def f():\n    x: torch.nn.RNN = 1\n    'masks.masked_softmax'  # torch.nn.RNN",
        "from attention_course.models import masks\nimport torch.nn.modules.rnn\ndef f(): pass",
        "from attention_course.models.masks import masked_softmax\ndef f(): pass",
        "def f(masks): return masks.masked_softmax",
        "def f():\n    masks = [1]\n    return masks[0]",
        "f = lambda masks: masks.any()",
        "f = [masks for masks in [1]]",
        "def f():\n    try: pass\n    except E as masks: print(masks)",
        "def f():\n    with a as masks: return masks",
        "def f(x):\n    match x:\n        case [masks, *_]: return masks",
        "def f():\n    for masks in x: masks.any()",
        "class A:\n    masks = 1\n    def f(self): return self.masks",
        "masks = torch.ones(2)\nprint(f(masks))\nprint([masks for _ in masks])",
        "from attention_course.models.masks import *\ndef f(): return max(1, len(torch.ones(1)))",
        "f = torch.nn.functional.softmax",
        "f = torch.nn.RNNBase",
        "f = getattr(x, 'RNN')",
        "f = slow_step",  # the setup's own function uses masks: that is not the answer's
        "from attention_course.exercises import check\ndef f(): pass\ncheck('a', f)",
        "import attention_course.exercises as e\ne.check('a', 1); e.progress('b')",
    ],
)
def test_what_is_no_use(source: str) -> None:
    assert uses(source) == ()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            "f = torch._C._nn.scaled_dot_product_attention",
            "torch._C._nn.scaled_dot_product_attention",
        ),
        ("f = torch.ops.aten.layer_norm", "torch.ops.aten.layer_norm"),
        ("f = getattr(torch.ops, 'at' + 'en')", "torch.ops"),
        ("from torch import _refs as r\ndef f(): return r.softmax", "torch._refs.softmax"),
        ("def f(): return torch.nn.functional._pad_circular", "torch.nn.functional._pad_circular"),
    ],
)
def test_what_torch_keeps_to_itself_is_barred_where_something_of_it_is(
    source: str, name: str
) -> None:
    assert uses(source) == (name,)
    assert barred_uses(SETUP, source, "f", BARRED[:1]) == ()


def test_what_torch_does_not_keep_to_itself_is_not() -> None:
    for name in ("__version__", "vmap", "Tensor.__matmul__", "nn.functional.softmax"):
        assert uses(f"f = torch.{name}") == ()


@pytest.mark.parametrize(
    "source",
    [
        "from attention_course.exercises.bahdanau import scores\nf = scores.additive_score",
        "from attention_course.exercises.bahdanau.scores import additive_score as f",
        "import attention_course.exercises.registry as r\nf = r.question('bahdanau.scores')",
        "from attention_course.exercises import published\nf = published.solved",
        "from attention_course.exercises import checking\nf = checking.registry",
        "import attention_course.grading.marking as m\nf = m.x",
        "f = __import__('attention_course.exercises.bahdanau.scores')",
    ],
)
def test_what_belongs_to_the_checks_is_barred_everywhere(source: str) -> None:
    found = barred_uses(SETUP, source, "f", ())
    assert found
    assert all(name.startswith("attention_course.") for name in found)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_each_questions_own_names_are_seen(exercise: object, tmp_path: Path) -> None:
    """Every name that a question bars, used by an answer to it."""
    for question in exercise.questions:  # type: ignore[attr-defined]
        for name in question.barred:
            module, _, attribute = name.rpartition(".")
            place = f"from {module} " if module else ""  # functorch lies in no other module
            body = f"import {module}\n" if module and not attribute[0].isupper() else ""
            source = f"{body}{place}import {attribute} as x\ndef {question.answer}(): x.y"
            answer = answers(tmp_path / question.name / name, source)[question.id]
            assert answer.barred == (f"{name}.y",)


def test_right_answers_use_nothing_barred(tmp_path: Path) -> None:
    for exercise in EXERCISES:
        submission = one(tmp_path / exercise.name, solved(exercise.name))
        assert not any(answer.barred for answer in submission.answers.values())


def test_knots_are_given_up(tmp_path: Path) -> None:
    knot = "def additive_score(q, k, v): return 1\na0 = torch if q else torch.nn\n"
    knot += "".join(f"a{n + 1} = a{n}.x if a{n} else a{n}.y\n" for n in range(40))
    answer = answers(tmp_path, knot)["bahdanau.scores"]
    assert answer.unreadable == "cell 1: it is too tangled to be read"


def test_the_sentence_for_the_learner() -> None:
    assert barred_hint(["torch.nn.RNN"]) == (
        "your answer uses torch.nn.RNN, which is barred in this question: write it without it"
    )
    assert "a.b, c.d and e.f," in barred_hint(("e.f", "a.b", "c.d"))
