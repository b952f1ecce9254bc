"""Whatever is handed in: no error comes out, nothing vanishes, nothing is run."""

from __future__ import annotations

import copy
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attention_course.grading.intake import Collected, collect
from attention_course.grading.intake.archives import Limits
from grading.intake.handed_in import Json, archive, data, put, solved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SOLVED = {name: solved(name) for name in ("bahdanau", "encoder_decoder")}
BYTES = {name: data(made) for name, made in SOLVED.items()}
LIMITS = Limits(notebook=2_000_000, nested=2_000_000, total=10_000_000)
QUICKLY = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
sources = st.lists(
    st.sampled_from(
        [
            "# exercise: bahdanau.scores\n",
            "def additive_score(q, k, v):\n",
            "def step(model):\n",
            "    return masks.masked_softmax(q, helper)\n",
            "    raise NotImplementedError\n",
            "helper = helper\n",
            "from torch import *\n",
            "from __future__ import annotations\n",
            "%%time\n",
            "%matplotlib inline\n",
            "    !ls\n",
            "check('bahdanau.scores', additive_score)\n",
            "class additive_score(helper):\n",
            "if True:\n",
            "try:\n    import x\nexcept ImportError:\n    x = 1\n",
            "additive_score = lambda q: getattr(torch.nn, 'RNN')\n",
            "'''",
            "(",
            "\x00",
            "\udc80",
            "é = 'ü'; ",
            "x = 1; y = (\n",
            "@helper\n",
            "    global torch\n",
            "match x:\n    case [helper, *_]: pass\n",
        ]
    )
    | st.text(max_size=10),
    max_size=12,
).map("".join)


def ends(collected: Collected) -> set[str]:
    """All paths of which something is told."""
    told = {s.path for s in collected.submissions}
    told |= {u.path for u in collected.unreadable}
    told |= {ignored.path for ignored in collected.ignored}
    for submission in collected.submissions:
        for flag in submission.flags:  # one of several notebooks for an exercise
            told |= set(flag.partition(" counts, not ")[2].split(", "))
    return told


def everything(folder: Path, collected: Collected) -> None:
    """Every file is in a submission, unreadable or ignored, by itself or by what it lies in."""
    told = ends(collected)
    for path in folder.rglob("*"):
        if path.is_file():
            name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
            inside = {one for one in told if one.startswith(f"{name}/")}
            around = {one for one in told if name.startswith(f"{one}/")}
            assert name in told or inside or around, (name, told)


def handed_in(files: dict[str, Any]) -> Collected:
    with tempfile.TemporaryDirectory() as folder:
        collected = collect(put(Path(folder), files), LIMITS)
        everything(Path(folder), collected)
    for submission in collected.submissions:  # all of it can be written down
        str(submission).encode()
        for answer in submission.answers.values():
            answer.source.encode()
            if not answer.unreadable:
                compile(answer.source, "<test>", "exec", dont_inherit=True)
    return collected


def everywhere(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all parts of a notebook."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = [way] if way else []
    if isinstance(value, (dict, list)):
        for key, part in inner:
            found += everywhere(part, (*way, key)) if isinstance(part, (dict, list)) else []
            found.append((*way, key))
    return found


WAYS = {name: everywhere(made) for name, made in SOLVED.items()}


@st.composite
def changed_notebooks(draw: Callable[..., Any]) -> Json:
    """A solved notebook of which some parts are deleted, replaced, doubled or exchanged."""
    name = draw(st.sampled_from(sorted(SOLVED)))
    made = copy.deepcopy(SOLVED[name])
    for _ in range(draw(st.integers(1, 4))):
        way = draw(st.sampled_from(WAYS[name]))
        part: Any = made
        try:
            for key in way[:-1]:
                part = part[key]
            change = draw(st.sampled_from(["delete", "replace", "double", "cell"]))
            if change == "delete":
                del part[way[-1]]
            elif change == "double":
                made["cells"].append(copy.deepcopy(made["cells"][way[1]]))
            elif change == "cell":
                made["cells"][way[1]]["source"] = draw(sources)
            else:
                part[way[-1]] = draw(json_values)
        except (AttributeError, KeyError, IndexError, TypeError):
            pass  # the way ends where an earlier change was made
    return made


@QUICKLY
@given(changed_notebooks())
def test_changed_notebooks(made: Json) -> None:
    handed_in({"anna/x.ipynb": made})


@QUICKLY
@given(st.lists(sources, max_size=4), st.sampled_from(["02-scores", "02-step", ""]))
def test_changed_sources(cells: list[str], grade_id: str) -> None:
    metadata = {"nbgrader": {"grade_id": grade_id}}
    made = [{"cell_type": "code", "source": one, "metadata": metadata} for one in cells]
    handed_in({"anna/x.ipynb": data({"cells": made})})


@QUICKLY
@given(
    st.sampled_from(sorted(BYTES)),
    st.lists(st.tuples(st.integers(0, 30_000), st.binary(max_size=5)), min_size=1, max_size=5),
    st.integers(0, 30_000),
)
def test_changed_bytes(name: str, changes: list[tuple[int, bytes]], end: int) -> None:
    made = BYTES[name]
    for place, new in changes:
        place %= len(made)
        made = made[:place] + new + made[place + len(new) :]
    handed_in({"anna/x.ipynb": made, "ben.ipynb": made[:end]})


@QUICKLY
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=3)), max_size=4),
    st.integers(0, 10_000),
    st.sampled_from(["class.zip", "anna/work.zip", "class.zip/inner"]),
)
def test_changed_archives(changes: list[tuple[int, bytes]], end: int, where: str) -> None:
    made = archive({"anna/x.ipynb": BYTES["bahdanau"], "ben_02-bahdanau.ipynb": b"{", "c.py": b""})
    for place, new in changes:
        place %= len(made)
        made = made[:place] + new + made[place + len(new) :]
    made = made[: max(1, len(made) - end % 400)] if end % 2 else made
    if where.endswith("inner"):
        where, made = "class.zip", archive({"anna/work.zip": made})
    collected = handed_in({where: made})
    assert collected.submissions or collected.unreadable


parts = st.sampled_from(
    [
        "anna",
        "Ann",
        ".x",
        "submitted",
        "02-bahdanau",
        "a b",
        "é",
        "__MACOSX",
        "Li_1_assignsubmission_file_",
    ]
) | st.text(
    st.characters(blacklist_characters="/\\\0", blacklist_categories=["Cs"]), min_size=1, max_size=8
).filter(lambda name: name not in (".", ".."))
# no name of a file is that of a folder too
paths = st.lists(parts, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + "#")
CONTENTS = {
    ".ipynb": BYTES["encoder_decoder"],
    ".zip": archive({"x.ipynb": BYTES["bahdanau"]}),
    ".txt": b"",
    "": b"x",
}
files = st.dictionaries(paths, st.sampled_from(sorted(CONTENTS)), max_size=5).map(
    lambda made: {name + end: CONTENTS[end] for name, end in made.items()}
)


@QUICKLY
@given(files)
def test_any_names(made: dict[str, bytes]) -> None:
    handed_in(made)


@QUICKLY
@given(files, st.booleans())
def test_any_names_in_an_archive(made: dict[str, bytes], alone: bool) -> None:
    collected = handed_in({"a.zip": archive(made)} | ({} if alone else {"b.ipynb": b"{"}))
    told = ends(collected)
    for name in made:
        path = unicodedata.normalize("NFC", f"a.zip/{name}")
        assert {path, f"{path}/x.ipynb"} & told, (path, told)
