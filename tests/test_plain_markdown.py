"""MyST text, as readers of a notebook on Colab see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import plain_markdown
import pytest
from plain_markdown import SITE, plain

FIRST = """\
# 1 · The first

```{figure} figures/one.svg
:name: fig-one
:alt: One thing beside another

See *this*.
```

$$
a = b
$$ (eq-a)

$$ c = d $$ (eq-c)
"""
SECOND = """\
# 2 · The second

```{code-cell} ipython3
---
mystnb:
  figure:
    name: fig-drawn
    caption: |
      Drawn by a cell.
---
```

$$ e = f $$ (eq-e)
"""
REFERENCES = """\
@misc{one, author = {Last, First}, year = {2001}, title = {T}}
@misc{two, author = {Last, First and M{\\"u}ller, A.}, year = {2002}, title = {T}}
@misc{many, author = {van Last, First and B, A and C, A}, year = {2003}, title = {T}}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two chapters, an exercise, a picture and a bibliography."""
    (tmp_path / "book" / "figures").mkdir(parents=True)
    (tmp_path / "exercises" / "solutions").mkdir(parents=True)
    for name, text in {
        "_toc.yml": "root: index\nparts: [{chapters: [{file: book/01-a}, {file: book/02-b}]}]",
        "index.md": "# All\n\n```{figure} book/figures/one.svg\n:name: map\n:alt: A b\n\nC.\n```\n",
        "book/01-a.md": FIRST,
        "book/02-b.md": SECOND,
        "book/references.bib": REFERENCES,
        "book/figures/one.svg": "<svg/>",
        "exercises/solutions/02-b.md": "# Exercise 2",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(plain_markdown, "ROOT", tmp_path)
    for cached in ("equations", "figures", "bibliography"):
        getattr(plain_markdown, cached).cache_clear()
    yield tmp_path
    for cached in ("equations", "figures", "bibliography"):
        getattr(plain_markdown, cached).cache_clear()


REFS = f"{SITE}/book/references.html"


@pytest.mark.parametrize(
    ("myst", "expected"),
    [
        ("A {term}`softmax` and {term}`weights <weight>`.", "A softmax and weights."),
        ("So {cite}`one`.", f"So ([Last, 2001]({REFS}))."),
        ("So {cite:p}`one,two`.", f"So ([Last, 2001; Last and Müller, 2002]({REFS}))."),
        ("So {cite:t}`many`.", f"So [van Last et al. (2003)]({REFS})."),
        ("See {eq}`eq-e`.", "See (1)."),
        ("See {eq}`eq-c`.", f"See [(2)]({SITE}/book/01-a.html#equation-eq-c)."),
        ("See {numref}`fig-one`.", "See Fig. 2."),
        ("See {numref}`fig-drawn`.", "See Fig. 3."),
        ("In {doc}`01-a`.", f"In [1 · The first]({SITE}/book/01-a.html)."),
        ("In {doc}`that <01-a>`.", f"In [that]({SITE}/book/01-a.html)."),
        ("In [that](01-a.md).", f"In [that]({SITE}/book/01-a.html)."),
        ("In [that](01-a.md#place).", f"In [that]({SITE}/book/01-a.html#place)."),
        ("Do [it](../exercises/02-b.ipynb).", f"Do [it]({SITE}/exercises/02-b.html)."),
        ("[Paper](https://arxiv.org/abs/1)", "[Paper](https://arxiv.org/abs/1)"),
        ("![A b](figures/one.svg)", f"![A b]({SITE}/_images/one.svg)"),
        ("(place)=\n## Title", "## Title"),
        ("$$\ne = f\n$$ (eq-e)", "$$\ne = f\n\\tag{1} $$"),
        ("$$ e = f $$ (eq-e)", "$$ e = f \\tag{1} $$"),
        (":::{note}\nMind.\n\nMore.\n:::", "> **Note.** Mind.\n>\n> More."),
        (
            ":::{dropdown} A hint\nOf {term}`x`.\n:::",
            "<details>\n<summary>A hint</summary>\n\nOf x.\n\n</details>",
        ),
        ("```{admonition} By hand\nMind.\n```", "> **By hand.** Mind."),
        (
            "```{figure} figures/one.svg\n:name: fig-one\n:alt: A b\n\nSee *{term}`this`*.\n```",
            f"![A b]({SITE}/_images/one.svg)\n\n**Fig. 2.** See *this*.",
        ),
        ("Plain.\n\n- one\n- two", "Plain.\n\n- one\n- two"),
        ("```\n{term}`x` (place)=\n```", "```\n{term}`x` (place)=\n```"),
        ("```python\nx = 1\n```\n{term}`y`", "```python\nx = 1\n```\ny"),
    ],
)
def test_plain(house: Path, myst: str, expected: str) -> None:
    assert plain(myst, "book/02-b") == expected


@pytest.mark.parametrize(
    ("myst", "words"),
    [
        ("{download}`x`", "{download} on book/02-b has no plain form"),
        ("```{tab-set}\n```", "{tab-set} on book/02-b has no plain form"),
        ("{cite}`nobody`", "no entry 'nobody'"),
        ("{eq}`eq-nothing`", "'eq-nothing', which no chapter has"),
        ("{numref}`fig-nothing`", "no page has a figure named 'fig-nothing'"),
        ("[x](03-c.md)", "links to 03-c.md, which does not exist"),
        ("![x](figures/two.svg)", "figures/two.svg, which does not exist"),
    ],
)
def test_what_has_no_plain_form_is_refused(house: Path, myst: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("{", r"\{")):
        plain(myst, "book/02-b")
