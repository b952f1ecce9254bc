"""Chapters show the module's own code; these tests hold the shown text against the files."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest
from attention_course import listing as module
from attention_course import plots
from attention_course.listing import Listing, listing
from attention_course.models import bahdanau, encoder_decoder, masks, recurrent
from attention_course.widgets import AttentionExample, AttentionMap

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = re.search(r'Repository = "(.*)"', (ROOT / "pyproject.toml").read_text())[1]


class Sample:
    """First line.

    The rest, over
    several lines.
    """

    fence = "```"

    @property
    def width(self) -> int:
        """How wide."""
        return 1  # a comment stays

    def method(self) -> str:
        """What the method does.

        More of it."""
        return """not a docstring

        at all"""


def without_docstrings(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node, clean=False
        ):
            node.body[0] = ast.Pass()
    return ast.dump(tree)


def test_a_function_is_shown_as_it_stands_in_its_file() -> None:
    shown = listing(plots.by_length)
    assert shown.code == inspect.getsource(plots.by_length).rstrip()
    assert shown.code in Path(inspect.getsourcefile(plots)).read_text(encoding="utf-8")
    assert shown._repr_markdown_().endswith(f"\n\n```python\n{shown.code}\n```")


def test_a_method_starts_at_the_margin_and_can_be_run() -> None:
    shown = listing(AttentionMap.single)
    assert shown.code.startswith("@classmethod\ndef single(")
    ast.parse(shown.code)


def test_a_property_is_shown_as_its_function() -> None:
    assert listing(Sample.width).code.startswith("@property\ndef width(")


@pytest.mark.parametrize(
    "obj", [AttentionExample, plots.figure, module], ids=lambda obj: obj.__name__
)
def test_the_link_names_the_very_lines(obj: object) -> None:
    found = re.match(r"\[(.+)\]\((.+?)(?:#L(\d+)-L(\d+))?\)\n", listing(obj)._repr_markdown_())
    name, url, first, last = found.groups()
    path = ROOT / "code" / "attention_course" / name
    assert url == f"{REPOSITORY}/blob/main/code/attention_course/{name}"
    lines = path.read_text(encoding="utf-8").splitlines()
    if first:
        lines = lines[int(first) - 1 : int(last)]
    assert "\n".join(lines) == listing(obj).code


def test_code_of_others_gets_no_link() -> None:
    assert listing(Sample)._repr_markdown_().startswith("```")


def test_without_metadata_the_file_is_named_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise module.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(module.metadata, "metadata", missing)
    module._repository.cache_clear()
    try:
        assert listing(plots.figure)._repr_markdown_().startswith("plots.py\n\n```python")
    finally:
        module._repository.cache_clear()


def test_a_fence_in_the_code_does_not_end_the_listing() -> None:
    text = listing(Sample)._repr_markdown_()
    fence = text.split("python")[0]
    assert len(fence) > 3
    assert text.count(fence) == 2


def test_docstrings_fold_to_their_first_line_and_code_does_not_change() -> None:
    full, folded = listing(Sample).code, listing(Sample, docstring=False).code
    assert '    """First line. …"""\n\n    fence' in folded
    assert '        """How wide."""\n' in folded
    assert '        """What the method does. …"""\n        return' in folded
    assert "not a docstring\n\n        at all" in folded
    assert "# a comment stays" in folded
    assert "several lines" not in folded
    assert without_docstrings(folded) == without_docstrings(full)


@pytest.mark.parametrize(
    "source", [bahdanau, encoder_decoder, masks, recurrent], ids=lambda source: source.__name__
)
def test_every_model_can_be_shown_folded(source: ModuleType) -> None:
    full, folded = listing(source).code, listing(source, docstring=False).code
    assert without_docstrings(folded) == without_docstrings(full)
    for node in ast.walk(ast.parse(folded)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            assert "\n" not in (ast.get_docstring(node) or "")


def test_the_plain_form_is_stable() -> None:
    assert repr(listing(AttentionMap)) == (
        "Listing(attention_course.widgets.attention_map.AttentionMap)"
    )
    assert repr(listing(plots)) == "Listing(attention_course.plots)"
    assert repr(listing(AttentionMap.single)).endswith("AttentionMap.single)")
    assert isinstance(listing(plots), Listing)


@pytest.mark.parametrize(
    ("obj", "message"),
    [
        (AttentionMap.single(["a"], ["b"], [[1]]), r"pass its class, listing\(AttentionMap\)"),
        (3, "no source to show for 3 of type int .*pass a module, class"),
        (len, "no source to show for .*len"),
        (eval("lambda: 1"), "pass a module, class, function or method"),
    ],
    ids=["an instance", "a number", "a built-in", "typed in"],
)
def test_what_has_no_source_is_named(obj: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        listing(obj)
