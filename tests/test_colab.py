"""A notebook alone on a machine that has PyTorch but not the course, as on Colab; no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from browser import ROOT

# What Colab has had for years, at the oldest versions that a reader may meet there. sacrebleu it
# has not; pip adds that one, which asks for no version of anything.
COLAB = {
    "torch": "2.5.0+cu124",
    "numpy": "1.26.4",
    "matplotlib": "3.8.0",
    "ipywidgets": "7.7.1",
    "pooch": "1.8.2",
    "click": "8.1.7",
    "tqdm": "4.66.6",
    "sacrebleu": "2.3.1",
}
NOTEBOOKS = sorted((ROOT / "book").glob("[0-9][0-9]-*.ipynb")) + sorted(
    (ROOT / "exercises").glob("[0-9][0-9]-*.ipynb")
)


def clean_environment(**more: str) -> dict[str, str]:
    """No network for pip, no folder of this repository on Python's path, no settings of pytest."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PIP_", "PYTHON", "PYTEST", "ATTENTION_COURSE"))
    }
    return {
        **kept,
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as it reads --no-build-isolation: 0 is off
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **more,
    }


def virtual_environment(path: Path, *, hidden: tuple[str, ...]) -> Path:
    """A virtual environment that sees every installed package but those whose names begin so."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(path)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = path / "lib" / version / "site-packages"
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("attention_course", "__editable__", *hidden)):
            (packages / entry.name).symlink_to(entry)
    return packages


def python(packages: Path) -> str:
    return str(packages.parents[2] / "bin" / "python")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A repository with the package as it is now, and its address for pip."""
    repository = tmp_path_factory.mktemp("source") / "a repository"
    repository.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, repository)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("code", "results", "exercises"):
        shutil.copytree(ROOT / name, repository / name, ignore=ignored)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*identity, "commit", "-qm", "."]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    return f"git+{repository.as_uri()}@main"


@pytest.fixture(scope="module")
def colab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return virtual_environment(tmp_path_factory.mktemp("colab") / "venv", hidden=())


def run_first_cells(notebook: Path, packages: Path, folder: Path, source: str) -> str:
    """Run a copy of a notebook up to its first import of the course; return what went wrong."""
    folder.mkdir(exist_ok=True)
    shutil.copy(notebook, folder)
    cells = nbformat.read(folder / notebook.name, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    script = "\n".join([*code[:2], "import attention_course as a; print(a.__file__, end='')"])
    done = subprocess.run(
        [python(packages), "-c", script],
        cwd=folder,
        env=clean_environment(ATTENTION_COURSE_SOURCE=source, MPLBACKEND="agg"),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr if done.returncode else f"imported {done.stdout.splitlines()[-1]}"


def stamp(packages: Path) -> list[tuple[str, str, int]]:
    """What PyTorch and NumPy are made of, as links to files of a certain age."""
    names = [*packages.glob("torch*"), *packages.glob("numpy*")]
    return [(path.name, os.readlink(path), path.stat().st_mtime_ns) for path in sorted(names)]


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 4


def test_the_course_is_not_there_at_first(colab: Path) -> None:
    look = (
        "import importlib.util as u, torch; print(u.find_spec('attention_course'));"
        "import importlib.metadata as m; print('attention-course' in "
        "{d.metadata['Name'] for d in m.distributions()})"
    )
    command = [python(colab), "-c", look]
    done = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["None", "False"]


def test_the_first_cell_installs_the_course_and_nothing_else(
    colab: Path, source: str, tmp_path: Path
) -> None:
    before = {path.name for path in colab.iterdir()}
    torch = stamp(colab)
    said = run_first_cells(NOTEBOOKS[0], colab, tmp_path / "empty", source)
    assert said == f"imported {colab / 'attention_course' / '__init__.py'}"
    new = {path.name.split("-")[0] for path in colab.iterdir() if path.name not in before}
    assert new == {"attention_course"}
    assert stamp(colab) == torch

    # A second time, and in every other notebook, pip is not called: it would fail.
    for notebook in NOTEBOOKS:
        said = run_first_cells(notebook, colab, tmp_path / notebook.stem, "git+file:///nowhere")
        assert said == f"imported {colab / 'attention_course' / '__init__.py'}"


def test_the_installed_package_is_whole(colab: Path, source: str, tmp_path: Path) -> None:
    run_first_cells(NOTEBOOKS[0], colab, tmp_path / "empty", source)
    code = ROOT / "code" / "attention_course"
    expected = {
        path.relative_to(code)
        for path in code.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    there = colab / "attention_course"
    installed = {path.relative_to(there) for path in there.rglob("*") if path.is_file()}
    assert expected <= installed
    results = {path.stem for path in (ROOT / "results").glob("*.json")}
    assert results
    look = (
        "import sys; from attention_course.replications import read;"
        "print(*(name for name in sys.argv[1:] if read(name)['rows']))"
    )
    done = subprocess.run(
        [python(colab), "-c", look, *sorted(results)],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) == results


def test_the_installed_package_finds_the_exercises(
    colab: Path, source: str, tmp_path: Path
) -> None:
    run_first_cells(NOTEBOOKS[0], colab, tmp_path / "empty", source)
    look = (
        "from attention_course.exercises import published, registry\n"
        "for name in registry.names():\n"
        "    print(published.learners(name), published.solved(name), len(published.setup(name)))"
    )
    done = subprocess.run(
        [python(colab), "-c", look],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    share = colab.parents[2].resolve() / "share" / "attention-course" / "exercises"
    found = sorted(line.split() for line in done.stdout.splitlines())
    names = sorted(path.name for path in (ROOT / "exercises").glob("[0-9][0-9]-*.ipynb"))
    assert [paths[:2] for paths in found] == sorted(
        [str(share / name), str(share / "solutions" / name)] for name in names
    )
    assert all(int(count) >= 1 for *_, count in found)


def test_a_failed_installation_says_why(tmp_path: Path) -> None:
    packages = virtual_environment(tmp_path / "venv", hidden=())
    said = run_first_cells(NOTEBOOKS[0], packages, tmp_path / "empty", "git+file:///nowhere")
    assert "RuntimeError: pip could not install the course from git+file:///nowhere" in said
    assert "Is there a network connection? Then run this cell again." in said
    assert "'/nowhere'" in said  # git's own words


def test_nothing_that_colab_has_is_replaced(source: str, tmp_path: Path) -> None:
    """pip's own plan, on a machine that has Colab's versions."""
    packages = virtual_environment(tmp_path / "venv", hidden=tuple(COLAB))
    for name, version in COLAB.items():
        folder = packages / f"{name}-{version}.dist-info"
        folder.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(metadata, encoding="utf-8")
        (folder / "INSTALLER").write_text("pip\n", encoding="utf-8")
        (folder / "RECORD").write_text("", encoding="utf-8")
    report = tmp_path / "report.json"
    done = subprocess.run(
        [python(packages), "-m", "pip", "install", "--dry-run", "--report", str(report), source],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(report.read_text(encoding="utf-8"))["install"]
    assert [item["metadata"]["name"] for item in plan] == ["attention-course"]
