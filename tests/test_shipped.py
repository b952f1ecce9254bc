"""Files that are no code: found in the repository, else where an installed package put them."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest
from attention_course import shipped


class Installed(PurePosixPath):
    """A file of an installed package, as `importlib.metadata` lists it."""

    def locate(self) -> Path:
        return Path("/usr/lib", self)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Installed]:
    """What the installed package brought along; there is no repository."""
    folder = tmp_path / "share" / "attention-course"
    files = []
    for name in ("results/02-x.json", "exercises/02-x.ipynb", "exercises/solutions/02-x.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
        files.append(Installed(folder / name))
    files.append(Installed("attention_course/cli.py"))
    monkeypatch.setattr(metadata, "files", lambda name: files)
    monkeypatch.setattr(shipped, "REPOSITORY", tmp_path / "nowhere")
    return files


def test_of_files_with_one_name_the_folder_decides(installed: list[Installed]) -> None:
    for path, name in zip(
        installed,
        ("results/02-x.json", "exercises/02-x.ipynb", "exercises/solutions/02-x.ipynb"),
        strict=False,
    ):
        assert shipped.find(name) == Path(path).resolve()


def test_the_repository_comes_first(
    installed: list[Installed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "REPOSITORY", tmp_path)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "02-x.json").write_text("{}")
    assert shipped.find("results/02-x.json") == tmp_path / "results" / "02-x.json"


def test_what_is_nowhere_would_be_in_the_repository(
    installed: list[Installed], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shipped.find("results/y.json") == shipped.REPOSITORY / "results" / "y.json"

    def not_installed(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", not_installed)
    assert shipped.find("results/02-x.json") == shipped.REPOSITORY / "results" / "02-x.json"
