"""An answer takes along what it needs of other cells, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attention_course.exercises import published
from attention_course.grading.marks import Answer
from grading.intake.handed_in import answers, code

USES = "def additive_score(query, keys, v):\n    return helper(1)\n"
HELPER = "def helper(x):\n    return x + 1\n"
FLAG = "uses helper from another cell"


def score(folder: Path, *cells: str) -> Answer:
    return answers(folder, *cells)["bahdanau.scores"]


def returned(answer: Answer) -> Any:
    """What the answer returns where the setup and its source, and nothing else, were run."""
    namespace: dict[str, Any] = {}
    for source in (*published.setup("bahdanau"), answer.source):
        exec(compile(source, "<test>", "exec", dont_inherit=True), namespace)
    return namespace["additive_score"](1, 2, 3)


@pytest.mark.parametrize(
    ("cells", "result", "flag"),
    [
        ((HELPER, USES), 2, FLAG),
        ((USES, HELPER), 2, FLAG),  # a function looks it up when it is called
        (("import math", USES.replace("helper(1)", "math.floor(1.5)")), 1, "uses math"),
        (("import os.path", USES.replace("helper(1)", "os.path.sep")), "/", "uses os"),
        (("from math import floor as helper", USES), 1, FLAG),
        (("helper = lambda x: 7", USES), 7, FLAG),
        (("helper: object = abs", USES), 1, FLAG),
        (("a, helper = 1, abs", USES), 1, "uses a, helper from another cell"),
        (("class helper:\n    def __init__(self, x):\n        pass", USES), None, FLAG),
        # one by one
        (("size = 4", "def helper(x):\n    return x + size", USES), 5, "from other cells"),
        (("def helper(x):\n    return x + size", USES, "size = 4"), 5, "from other cells"),
        (("size = 4", "twice = 2 * size", "helper = lambda x: twice", USES), 8, "other cells"),
        # decorators, defaults, bases are needed at once
        (("def helper(x, y=size):\n    return y", "size = 3", USES), 3, "from other cells"),
        (
            ("class A:\n    x = 5", "class B(A):\n    pass", "helper = lambda x: B.x", USES),
            5,
            "A, B",
        ),
        (("def d(f):\n    return abs", "@d\ndef helper(x):\n    pass", USES), 1, "d, helper"),
        # of two the last before the answer, else the last
        ((HELPER, HELPER.replace("1", "10"), USES, HELPER.replace("1", "20")), 11, FLAG),
        ((USES, HELPER, HELPER.replace("1", "20")), 21, FLAG),
        (
            ("n = 1", "m = n", "n = 5", "helper = lambda x: (m, n)", USES),
            (1, 5),
            "uses n, m, helper from other cells",
        ),
        # not a definition alone
        ((HELPER + "print(undefined)\nraise ValueError\nhelper(2)", USES), 2, FLAG),
        (("x = []\nx.append(undefined)\n" + HELPER, USES), 2, FLAG),
        (("helper = undefined(3)", HELPER, "helper = also_undefined", USES), 2, FLAG),
        # blocks of definitions
        (("try:\n    import nope_nope\nexcept ImportError:\n    helper = abs", USES), 1, "helper"),
        (("if True:\n    helper = abs\nelse:\n    helper = None", USES), 1, FLAG),
        (("if True:\n    print(undefined)\n    helper = 3", HELPER, USES), 2, FLAG),
        # filled in, one after the other
        (
            (
                "with open.__class__ and __import__('contextlib').nullcontext():\n    helper = abs",
                USES,
            ),
            1,
            FLAG,
        ),
        (
            (
                "t = {}",
                "for n in range(3):\n    t[n] = n",
                "t[9] = 9",
                USES.replace("helper(1)", "t[2] + t[9]"),
            ),
            11,
            "uses t, n from other cells",
        ),
        (
            ("n = 1\nn += 1", "n *= 5", USES.replace("helper(1)", "n")),
            10,
            "uses n from other cells",
        ),
        # everything of a module
        (("from math import *", USES.replace("helper(1)", "floor(1.5)")), 1, "everything of math"),
        (
            ("from math import *", "def helper(x):\n    return floor(1.5)", USES),
            1,
            "of math, helper",
        ),
        # by itself, by one another
        (("def helper(n):\n    return helper(n - 1) if n else 9", USES), 9, FLAG),
        (
            (
                "def helper(n):\n    return b(n)",
                "def b(n):\n    return helper(0) if n else 9",
                USES,
            ),
            9,
            "uses helper, b from other cells",
        ),
        # another answer
        (
            (
                "def masked_softmax(s, m):\n    return 6",
                USES.replace("helper(1", "masked_softmax(1, 2"),
            ),
            6,
            "uses masked_softmax from another cell",
        ),
        (("from __future__ import annotations", HELPER, USES.replace("v)", "v: Nope)")), 2, FLAG),
        (("%%time\n" + HELPER + "%time helper(undefined)", USES), 2, FLAG),
        (("x = 1; helper = abs; print(undefined)", USES), 1, FLAG),
        (("ü = 'é'; helper = abs", USES), 1, FLAG),
        (("def helper(x):\n    '''\n  no indent\n'''\n    return 4", USES), 4, FLAG),
    ],
)
def test_what_is_needed_comes_along(
    cells: tuple[str, ...], result: object, flag: str, tmp_path: Path
) -> None:
    answer = score(tmp_path, *cells)
    assert answer.unreadable == ""
    value = returned(answer)
    assert value == result or result is None
    (text,) = answer.flags
    assert flag in text


@pytest.mark.parametrize(
    "cells",
    [
        ("torch = None", "def additive_score(q, k, v):\n    return torch.ones(1).item()"),
        ("Tensor = 3\ndef slow_step(): pass", USES.replace("helper(1)", "slow_step and 1")),
        ("max = None", USES.replace("helper(1)", "max(1, 0)")),
        (HELPER, "helper = abs\n" + USES),
        ("unused = 3", USES.replace("helper(1)", "query")),
        ("query = 3", USES.replace("helper(1)", "query")),
        ("q = 3", USES.replace("helper(1)", "[q for q in [1]][0]")),
        ("from math import *", USES.replace("helper(1)", "query")),
    ],
)
def test_what_is_there_already_does_not(cells: tuple[str, ...], tmp_path: Path) -> None:
    answer = score(tmp_path, *cells)
    assert answer.source == cells[-1]
    assert answer.flags == ()
    assert returned(answer) == 1


@pytest.mark.parametrize(
    "cells",
    [
        ("a = b", "b = a", "helper = a", USES),
        ("helper, torch.x = abs, 1", USES),  # it would change something else too
        ("class helper(other): pass", "class other(helper): pass", USES),
        ("helper = helper", USES),
        ("helper = additive_score(1, 2, 3)", USES),  # it would run before the answer is there
        ("helper[0] = 1", USES),
        ("print(1)", USES),
    ],
)
def test_what_cannot_be_had_stays_where_it_is(cells: tuple[str, ...], tmp_path: Path) -> None:
    assert score(tmp_path, *cells).source == USES


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ((USES,), "helper"),
        (("def helper(x):\n    return nowhere + nor_here", USES), "nor_here, nowhere"),
        (
            ("helper = []\nfor n in range(3):\n    print(n)", USES.replace("helper", "n or m")),
            "m, n",
        ),
    ],
)
def test_a_name_that_nobody_defines_is_flagged(
    cells: tuple[str, ...], names: str, tmp_path: Path
) -> None:
    assert f"uses {names}, which no cell defines" in score(tmp_path, *cells).flags[-1]


def test_an_annotation_that_is_not_there_is_no_flag(tmp_path: Path) -> None:
    future = "from __future__ import annotations\n"
    answer = score(
        tmp_path, future + USES.replace("v)", "v: Nope) -> Nor").replace("helper", "abs")
    )
    assert answer.flags == ()


def test_long_chains_end(tmp_path: Path) -> None:
    chain = [f"def h{n}(x):\n    return h{n + 1}(x)" for n in range(500)]
    answer = score(tmp_path, *chain, "h500 = abs", USES.replace("helper", "h0"))
    assert answer.source.count("def h") == 500
    names = [f"h{n + 1} = h{n}" for n in range(5000)]
    answer = score(tmp_path, "h0 = abs\n" + "\n".join(names), USES.replace("helper", "h5000"))
    assert answer.unreadable == "cell 2: it is too tangled to be read"


def test_helpers_are_in_the_order_of_the_notebook(tmp_path: Path) -> None:
    cells = ["def b(x):\n    return x", "def a(x):\n    return b(x)", "def c(x):\n    return a(x)"]
    source = score(tmp_path, *cells, USES.replace("helper", "c")).source
    assert source == "\n".join([*cells, USES.replace("helper", "c")])


def test_what_a_helper_uses_is_used(tmp_path: Path) -> None:
    helper = "def helper(s, m):\n    return masks.masked_softmax(s, m)\n"
    uses = "def masked_softmax(scores, mask):\n    return helper(scores, mask)\n"
    answer = answers(tmp_path, helper, code(uses, "02-masked_softmax"))["bahdanau.masked_softmax"]
    assert answer.barred == ("attention_course.models.masks.masked_softmax",)


def test_a_flag_is_no_longer_than_a_person_reads(tmp_path: Path) -> None:
    names = [f"a{number}" for number in range(400)]
    cells = ("\n".join(f"{name} = 1" for name in names), f"helper = lambda x: ({', '.join(names)})")
    (flag,) = score(tmp_path, *cells, USES).flags
    assert len(flag) == 300
    assert flag.startswith("uses a0, a1, a2, ")
    assert flag.endswith("…")
