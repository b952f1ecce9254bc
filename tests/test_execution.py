"""Running chapters: what is cached, what is run again, and how a failure reads."""

from __future__ import annotations

from pathlib import Path

import execution
import pytest

import book

CHAPTER = """\
---
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---

# {title}

```{{code-cell}} ipython3
print("first")
```

```{{code-cell}} ipython3
{code}
```
"""


class House:
    """A repository with a package of two modules and one chapter for each."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("book", "results", "code/attention_course"):
            (root / folder).mkdir(parents=True)
        self.module("__init__", "")
        self.module("one", "VALUE = 1")
        self.module("two", "VALUE = 2")
        self.chapter("01-one", "import attention_course.one as m\nprint('value', m.VALUE)")
        self.chapter("02-two", "import attention_course.two as m\nprint('value', m.VALUE)")
        self.said: list[str] = []

    def module(self, name: str, code: str) -> None:
        path = self.root / "code" / "attention_course" / f"{name}.py"
        path.write_text(code + "\n", encoding="utf-8")

    def chapter(self, name: str, code: str) -> None:
        path = self.root / "book" / f"{name}.md"
        path.write_text(CHAPTER.format(title=name, code=code), encoding="utf-8")

    def run(self) -> tuple[dict[str, execution.Run], list[str]]:
        self.said = []
        paths = sorted((self.root / "book").glob("*.md"))
        runs, failures = execution.run_all(paths, say=self.said.append)
        return {path.stem: run for path, run in runs.items()}, failures

    def printed(self, name: str) -> str:
        runs, failures = self.run()
        assert failures == []
        return runs[name].notebook.cells[-1].outputs[0].text.strip()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(execution, "ROOT", tmp_path)
    monkeypatch.setattr(execution, "CACHE", tmp_path / "_build" / ".jupyter_cache")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # a file changed twice within a second
    return House(tmp_path)


def ran(house: House) -> dict[str, bool]:
    runs, failures = house.run()
    assert failures == []
    return {name: not run.cached for name, run in runs.items()}


def test_a_second_run_runs_nothing(house: House) -> None:
    assert ran(house) == {"01-one": True, "02-two": True}
    assert any(line.strip() == "book/01-one: running" for line in house.said)
    assert any("book/01-one: " in line and "s of CPU" in line for line in house.said)
    assert ran(house) == {"01-one": False, "02-two": False}
    assert all("cached" in line for line in house.said)
    assert len(house.said) == 2


def test_a_changed_module_runs_the_chapters_that_import_it(house: House) -> None:
    assert house.printed("01-one") == "value 1"
    house.module("one", "VALUE = 11")
    assert ran(house) == {"01-one": True, "02-two": False}
    assert house.printed("01-one") == "value 11"


def test_what_a_module_imports_counts_too(house: House) -> None:
    house.module("one", "from attention_course.three import VALUE")
    house.module("three", "VALUE = 3")
    assert house.printed("01-one") == "value 3"
    house.module("three", "VALUE = 33")
    assert ran(house) == {"01-one": True, "02-two": False}
    assert house.printed("01-one") == "value 33"


def test_a_chapter_that_starts_processes_rests_on_every_module(house: House) -> None:
    house.chapter("01-one", "!echo attention-course")
    ran(house)
    house.module("two", "VALUE = 22")
    assert ran(house) == {"01-one": True, "02-two": True}


@pytest.mark.parametrize("name", ["results/01.json", "code/attention_course/map.js"])
def test_files_that_chapters_read_count_too(house: House, name: str) -> None:
    (house.root / name).write_text("1", encoding="utf-8")
    ran(house)
    (house.root / name).write_text("2", encoding="utf-8")
    assert ran(house) == {"01-one": True, "02-two": True}


def test_versions_and_data_count_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(house)
    world = execution.state_of_the_world()
    assert {"torch", "numpy", "matplotlib", "python"} <= set(world)
    monkeypatch.setattr(execution, "state_of_the_world", lambda: {**world, "torch": "0.1"})
    assert ran(house) == {"01-one": True, "02-two": True}
    monkeypatch.undo()


def test_text_alone_runs_nothing(house: House) -> None:
    ran(house)
    path = house.root / "book" / "01-one.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore words.\n", encoding="utf-8")
    assert ran(house) == {"01-one": False, "02-two": False}


def test_a_failure_names_file_line_cell_and_error(house: House) -> None:
    house.chapter("01-one", "x = [1]\n\nx[3]")
    runs, (failure,) = house.run()
    assert set(runs) == {"02-two"}
    first, *rest = failure.splitlines()
    text = (house.root / "book" / "01-one.md").read_text(encoding="utf-8")
    line = text.splitlines().index("x = [1]") + 1
    assert first == (
        f"FAILED book/01-one.md, line {line}, code cell 2: IndexError: list index out of range"
    )
    assert "    | x[3]" in rest
    assert "\x1b" not in failure
    assert "  book/01-one: FAILED" in house.said


def test_a_failure_leaves_nothing_in_the_cache(house: House) -> None:
    house.run()
    house.module("one", "raise RuntimeError('broken')")
    for _ in range(2):
        runs, failures = house.run()
        assert set(runs) == {"02-two"}
        assert len(failures) == 1
    house.module("one", "VALUE = 1")
    assert ran(house) == {"01-one": True, "02-two": False}


def test_a_dead_kernel_is_a_failure(house: House) -> None:
    house.chapter("01-one", "import os\nos._exit(1)")
    runs, (failure,) = house.run()
    assert set(runs) == {"02-two"}
    assert "book/01-one.md, line 14, code cell 2: the kernel stopped" in failure


def test_a_cell_that_takes_too_long_is_a_failure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "CELL_TIMEOUT", 2)
    house.chapter("01-one", "import time\ntime.sleep(60)")
    _, (failure,) = house.run()
    assert "book/01-one.md, line 14, code cell 2: no answer within 2 seconds" in failure


def test_cost_is_measured_in_the_kernel(house: House) -> None:
    house.chapter(
        "01-one",
        "import time\nblock = bytearray(300_000_000)\nblock[:] = bytes(300_000_000)\n"
        "end = time.process_time() + 1.5\nwhile time.process_time() < end:\n    pass",
    )
    runs, _ = house.run()
    assert 1.5 < runs["01-one"].cpu_seconds < 8
    assert 0.6e9 < runs["01-one"].peak_bytes < 1.5e9
    assert runs["01-one"].seconds >= 1.5
    assert runs["02-two"].peak_bytes < 0.3e9
    assert len(runs["01-one"].notebook.cells) == 3  # the measuring cell is not kept


def test_kernels_have_one_core_and_no_progress_bars(house: House) -> None:
    house.chapter(
        "01-one",
        "import os\nnames = ('OMP_NUM_THREADS', 'ATTENTION_COURSE_QUIET', 'TQDM_DISABLE')\n"
        "print(*map(os.environ.get, names))",
    )
    assert house.printed("01-one") == "1 1 1"


def test_a_costly_chapter_is_named(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    runs, _ = house.run()
    path = house.root / "book" / "01-one.md"
    cheap = runs["01-one"]
    book.warn_of_cost({path: cheap})
    assert capsys.readouterr().out == ""
    costly = execution.replace(cheap, cpu_seconds=61.0, peak_bytes=int(1.6e9))
    book.warn_of_cost({path: costly})
    printed = capsys.readouterr().out
    assert "book/01-one: 61 s of CPU, promised 60 s" in printed
    assert "book/01-one: 1.60 GB of memory, promised 1.5 GB" in printed
