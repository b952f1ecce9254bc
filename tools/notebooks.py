"""Make the .ipynb files from their MyST sources.

    python tools/notebooks.py          write them, running what their promised outputs need
    python tools/notebooks.py --check  run nothing; say which are not in step, and end with status 1
    python tools/notebooks.py exercises/solutions/02-bahdanau.md    those of this source alone

    book/NN-name.md                 -> book/NN-name.ipynb
    exercises/solutions/NN-name.md  -> exercises/solutions/NN-name.ipynb   solved
                                    -> exercises/NN-name.ipynb             the learner's

A generated notebook differs from its source. Its first cell installs the course on Colab. Its
text is plain Markdown. Its cells have ids that depend on their content alone. Only cells tagged
``nbval-check-output`` keep what they printed: a stored output is a promise. And in the learner's
notebook every stretch from ``### BEGIN SOLUTION`` to ``### END SOLUTION`` is a stub.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import importlib.metadata
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import jupytext
import nbformat
from execution import ROOT, run_all
from nbformat import NotebookNode
from plain_markdown import caption, plain

PROMISE = "nbval-check-output"
STUB = 'raise NotImplementedError("write your answer here")'
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

SETUP = """\
# Installs the course where it is missing, as on Colab; does nothing where it is there.
import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("attention_course") is None:
    source = os.environ.get("ATTENTION_COURSE_SOURCE", "git+{repository}@main")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", source]
    installed = subprocess.run(pip, capture_output=True, text=True)
    if installed.returncode != 0:
        raise RuntimeError(
            f"pip could not install the course from {{source}}. It says:\\n{{installed.stderr}}\\n"
            "Is there a network connection? Then run this cell again."
        )
    importlib.invalidate_caches()
"""

# nbgrader's metadata, version 3 (nbgrader/nbgraderformat/v3.json): anything else is refused there.
NBGRADER_REQUIRED = {"schema_version", "grade", "locked", "solution"}
NBGRADER_OPTIONAL = {"task", "grade_id", "points", "checksum", "cell_type"}


def sources(names: Sequence[str] = ()) -> list[Path]:
    """The MyST notebooks of these names, as `shown` gives them; without names all, chapters first.

    Raises:
        ValueError: there is no such source.
    """
    pattern = "[0-9][0-9]-*.md"
    found = sorted((ROOT / "book").glob(pattern)) + sorted(
        (ROOT / "exercises" / "solutions").glob(pattern)
    )
    if not names:
        return found
    by_name = {shown(path): path for path in found}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(f"there is no source {', '.join(unknown)}; there is {', '.join(by_name)}")
    return [by_name[name] for name in names]


def page_of(source: Path) -> str:
    """Where the page of a source lies on the site; a solution's page is the learner's notebook."""
    folder = source.parent.parent if source.parent.name == "solutions" else source.parent
    return shown(folder / source.stem)


def repository() -> str:
    """The repository's address, from pyproject.toml by way of the installed package."""
    urls = importlib.metadata.metadata("attention-course").get_all("Project-URL") or []
    return dict(url.split(", ", 1) for url in urls)["Repository"]


def promises(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and PROMISE in cell.metadata.get("tags", [])


def notebook_from(source: Path) -> NotebookNode:
    """The notebook of one source, without outputs."""
    setup = nbformat.v4.new_code_cell(
        SETUP.format(repository=repository()),
        id="setup",
        metadata={"tags": ["remove-cell"]},  # on the site there is nothing to install
    )
    cells = list(plain_cells(jupytext.read(source).cells, page_of(source)))
    seen: Counter[str] = Counter()
    for cell in cells:
        cell.id = cell_id(cell, seen)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return nbformat.v4.new_notebook(
        cells=[setup, *cells],
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )


def plain_cells(cells: list[NotebookNode], page: str) -> Iterator[NotebookNode]:
    """Text without MyST; and as text the captions that stand in metadata, where none would show."""
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, page)
        yield cell
        figure = cell.metadata.get("mystnb", {}).get("figure")
        if figure:
            words = caption(figure["name"], figure["caption"], page)
            yield nbformat.v4.new_markdown_cell(words)


def cell_id(cell: NotebookNode, seen: Counter[str]) -> str:
    """nbgrader's name for the cell, else a hash of what it says: the same at every run."""
    named = cell.metadata.get("nbgrader", {}).get("grade_id")
    if named:
        return named
    content = f"{cell.cell_type}\n{cell.source}"
    seen[content] += 1
    return hashlib.sha256(f"{seen[content]}\n{content}".encode()).hexdigest()[:8]


def learners(solved: NotebookNode) -> NotebookNode:
    """The learner's notebook: answers replaced by stubs, promised outputs kept.

    Raises:
        ValueError: an answer is not marked, or not as `without_solution` needs it; with the cell.
    """
    notebook = copy.deepcopy(solved)
    for cell in notebook.cells:
        try:
            cell.source = without_solution(cell.source)
        except ValueError as error:
            raise ValueError(f"cell {cell.id}: {error}") from error
        if cell.metadata.get("nbgrader", {}).get("solution") and STUB not in cell.source:
            raise ValueError(f"cell {cell.id}: no line {BEGIN}, so learners would read the answer")
    return notebook


def without_solution(source: str) -> str:
    """Replace each stretch between the marks by a stub at its indentation.

    Raises:
        ValueError: the marks are no pairs, or do not stand at the depth of what is between them.
    """
    kept: list[str] = []
    inside = False
    begun = depth = 0
    for number, line in enumerate(source.split("\n"), start=1):
        mark = line.strip()
        if mark == BEGIN:
            if inside:
                raise ValueError(f"line {number}: a second {BEGIN} before {END}")
            inside = True
            begun, depth = number, _depth(line)
            kept.append(" " * depth + STUB)
        elif mark == END:
            if not inside:
                raise ValueError(f"line {number}: {END} without {BEGIN}")
            inside = False
        elif not inside:
            kept.append(line)
        elif begun == number - 1 and mark and _depth(line) != depth:
            raise ValueError(
                f"line {begun}: {BEGIN} is indented by {depth} spaces, expected the "
                f"{_depth(line)} of the line below it"
            )
    if inside:
        raise ValueError(f"line {begun}: {BEGIN} without {END}")
    return "\n".join(kept)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def keep_promises(notebook: NotebookNode, executed: NotebookNode) -> None:
    """Store in the tagged cells what the same cells of the executed source printed."""
    ran = [cell for cell in executed.cells if cell.cell_type == "code"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, (cell, source) in enumerate(zip(code[1:], ran, strict=True), start=2):
        if promises(cell):
            cell.execution_count = number
            cell.outputs = stable(source.outputs, number, cell)


def stable(outputs: list[NotebookNode], number: int, cell: NotebookNode) -> list[NotebookNode]:
    """A promise is text: streams in one piece each (their chunks vary), and plain results."""
    streams: dict[str, str] = {}
    results = []
    for output in outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
        elif output.output_type == "execute_result" and set(output.data) == {"text/plain"}:
            results.append(
                nbformat.v4.new_output("execute_result", data=output.data, execution_count=number)
            )
        else:
            raise ValueError(
                f"only text can be promised ({PROMISE}), not what this shows:\n{cell.source}"
            )
    return [nbformat.v4.new_output("stream", name=k, text=v) for k, v in streams.items()] + results


def made_from(source: Path, executed: NotebookNode | None = None) -> dict[Path, NotebookNode]:
    """Every notebook that one source gives, by the file it belongs in."""
    solved = notebook_from(source)
    if executed is not None:
        keep_promises(solved, executed)
    target = source.with_suffix(".ipynb")
    if source.parent.name != "solutions":
        return {target: solved}
    return {target: solved, source.parent.parent / target.name: learners(solved)}


def problems(notebook: NotebookNode) -> Iterator[str]:
    """What is wrong with a notebook by the formats it has to obey."""
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        yield str(error).splitlines()[0]
    ids = Counter(cell.id for cell in notebook.cells)
    yield from (f"{count} cells are named {cell}" for cell, count in ids.items() if count > 1)
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader")
        if graded is not None:
            yield from (f"cell {cell.id}: {problem}" for problem in nbgrader_problems(cell, graded))
        elif BEGIN in cell.source or STUB in cell.source:
            yield f"cell {cell.id} has an answer but no nbgrader metadata"


def nbgrader_problems(cell: NotebookNode, graded: NotebookNode) -> Iterator[str]:
    keys = set(graded)
    if NBGRADER_REQUIRED - keys:
        yield f"nbgrader metadata lacks {sorted(NBGRADER_REQUIRED - keys)}"
        return
    if keys - NBGRADER_REQUIRED - NBGRADER_OPTIONAL:
        yield f"nbgrader does not know {sorted(keys - NBGRADER_REQUIRED - NBGRADER_OPTIONAL)}"
    if graded.schema_version != 3:
        yield f"nbgrader schema_version is {graded.schema_version!r}, expected 3"
    for key in ("grade", "locked", "solution", "task"):
        if not isinstance(graded.get(key, False), bool):
            yield f"nbgrader {key} is {graded[key]!r}, expected true or false"
    name = graded.get("grade_id")
    if not (isinstance(name, str) and re.fullmatch(r"[a-zA-Z0-9_\-]+", name)):
        yield f"nbgrader grade_id is {name!r}, expected letters, digits, _ and -"
    points = graded.get("points")
    number = isinstance(points, (int, float)) and not isinstance(points, bool)
    if (graded.grade or "points" in graded) and not (number and points >= 0):
        yield f"nbgrader points is {points!r}, expected a number of 0 or more in a graded cell"
    checksum = graded.get("checksum", "0" * 32)
    if not (isinstance(checksum, str) and len(checksum) == 32):
        yield f"nbgrader checksum is {checksum!r}, expected 32 characters"
    if graded.get("cell_type", "code") not in ("raw", "code", "markdown"):
        yield f"nbgrader cell_type is {graded.cell_type!r}, expected raw, code or markdown"
    if graded.grade and not graded.solution and not (graded.locked and promises(cell)):
        yield f"a check cell has to be locked and tagged {PROMISE}"
    if graded.solution and graded.locked:
        yield "an answer cell cannot be locked"


def out_of_step(target: Path, expected: NotebookNode) -> Iterator[str]:
    """How a stored notebook differs from what its source gives; outputs are nbval's to compare."""
    if not target.exists():
        yield "is missing"
        return
    stored = nbformat.read(target, as_version=4)
    yield from problems(stored)
    for cell in stored.cells:
        if cell.cell_type != "code":
            continue
        if promises(cell) and not (cell.execution_count and cell.outputs):
            yield f"cell {cell.id} promises an output and has none"
        if not promises(cell) and (cell.execution_count or cell.outputs):
            yield f"cell {cell.id} keeps an output that it does not promise"
        cell.outputs, cell.execution_count = [], None
    if stored != expected:
        changed = [cell.id for cell in stored.cells if cell not in expected.cells]
        changed += [cell.id for cell in expected.cells if cell not in stored.cells]
        which = f": cells {', '.join(dict.fromkeys(changed))}" if changed else ""
        yield f"differs from what its source gives{which}"


def check(names: Sequence[str] = ()) -> list[str]:
    """Everything that is not in step, found without running anything."""
    found = []
    known = set()
    for source in sources(names):
        try:
            made = made_from(source)
        except ValueError as error:
            found.append(f"{shown(source)}: {error}")
            continue
        known |= set(made)
        for target, expected in made.items():
            found += [f"{shown(target)}: {problem}" for problem in out_of_step(target, expected)]
    for folder in () if names else ("book", "exercises", "exercises/solutions"):
        strangers = set((ROOT / folder).glob("*.ipynb")) - known
        found += [f"{shown(path)}: has no source" for path in sorted(strangers)]
    return found


def write(names: Sequence[str] = ()) -> list[str]:
    """Write every notebook that changed; return what went wrong."""
    failures, promising, others = [], [], []
    for source in sources(names):
        try:
            keeps = any(map(promises, notebook_from(source).cells))
            (promising if keeps else others).append(source)
        except ValueError as error:
            failures.append(f"{shown(source)}: {error}")
    runs, failed = run_all(promising)
    executed = {source: run.notebook for source, run in runs.items()}
    for source in [*executed, *others]:
        try:
            made = made_from(source, executed.get(source))
        except ValueError as error:
            failures.append(f"{shown(source)}: {error}")
            continue
        for target, notebook in made.items():
            wrong = [f"{shown(target)}: {problem}" for problem in problems(notebook)]
            failures += wrong
            text = nbformat.writes(notebook) + "\n"
            if not wrong and not (target.exists() and target.read_text(encoding="utf-8") == text):
                target.write_text(text, encoding="utf-8")
                print(f"  {shown(target)}: written")
    return failures + failed


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, run nothing")
    parser.add_argument("sources", nargs="*", help="their .md files; without any, all")
    arguments = parser.parse_args()
    only_check = arguments.check
    try:
        found = (check if only_check else write)(arguments.sources)
    except ValueError as error:
        parser.error(str(error))
    if not found:
        print("notebooks: in step with their sources")
        return 0
    print("\n".join(found), file=sys.stderr)
    if only_check:
        print("Run: make notebooks", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
