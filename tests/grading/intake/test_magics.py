"""What is IPython's goes out of a cell; Python stays, on its own lines."""

from __future__ import annotations

import ast

import pytest
from attention_course.grading.intake import magics, parsing


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%%time\nx = 1", "\nx = 1"),
        ("# exercise: a.b\n%%time\nx = 1", "# exercise: a.b\n\nx = 1"),
        ("%matplotlib inline\nx = 1", "\nx = 1"),
        ("!pip install einops\nx = 1", "\nx = 1"),
        ("!!ls\nx = 1", "\nx = 1"),
        ("?torch\nx = 1", "\nx = 1"),
        ("torch.nn.Linear?\nx??\ny = 1", "\n\ny = 1"),
        ("if True:\n    !ls\nx = 1", "if True:\n    pass\nx = 1"),
        ("def f():\n\t%time g()\n\treturn 1", "def f():\n\tpass\n\treturn 1"),
        ("files = !ls\nx = 1", "files = None\nx = 1"),
        ("if x:\n  found = %who_ls\n", "if x:\n  found = None\n"),
        ("\n  %time\n  if x:\n    y\n  z", "\n\nif x:\n  y\nz"),  # indented as a whole
        ("!pip install \\\n  einops \\\n  torch\nx = 1", "\n\n\nx = 1"),
    ],
)
def test_lines_of_ipython_go_and_lines_keep_their_numbers(cell: str, python: str) -> None:
    assert magics.without(cell) == python


@pytest.mark.parametrize(
    "inside",
    [
        "x = (7\n%y)\n",
        'x = """\n!ls\n%time\n"""\n',
        "x = '''it's\n%time\n'''\n",
        "x = 7 \\\n%y\n",
        'x = [  # a ( bracket " in a comment\n%y]\n',
        'x = "a \\" ( string", (1\n%y)\n',
        'x = """ a \\""" still\n%time\n"""\n',
        "x = 1  # \\\n",
    ],
)
def test_what_stands_inside_a_statement_stays(inside: str) -> None:
    assert magics.without(f"{inside}%time\nx = 1") == f"{inside}\nx = 1"


@pytest.mark.parametrize(
    ("cell", "magic"),
    [
        ("%%bash\nls", "%%bash"),
        ("\n%%writefile a.py\ndef f(): pass", "%%writefile"),
        ("%%html\n<b>", "%%html"),
        ("%%time\nx = 1", ""),
        ("%%capture out\nx = 1", ""),
        ("x = 1\n%%bash", ""),
    ],
)
def test_cells_in_another_language(cell: str, magic: str) -> None:
    assert magics.other_language(cell) == magic


def test_python_that_parses_is_left_as_it_is() -> None:
    cell = "y = 3\nx = y\\\n%y\nprint('!ls')\n"
    assert parsing.python(cell)[0] == cell


def test_what_is_left_is_python() -> None:
    cell = (
        '%%time\n%load_ext x\nfor i in range(3):\n    !echo {i}\nx = f"""\n%s\n""" % 3\ny?\nz = 1\n'
    )
    tree = ast.parse(parsing.python(cell)[0])
    assert [type(node).__name__ for node in tree.body] == ["For", "Assign", "Assign"]
    assert tree.body[-1].lineno == 9
