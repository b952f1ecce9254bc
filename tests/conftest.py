"""Fixtures that tests of several parts share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.nodeid import coerce_node_id
from browser import browser, chromium, site

__all__ = ["browser", "chromium", "site"]


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`, keep each file's tests in one process, for the fixtures they share.

    A test that is long and needs none asks for a group of its own with `xdist_group`.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
        if getattr(config.option, "loadgroup", False) and hasattr(item, "_id"):
            # xdist 3.8 writes the group to where pytest 9 no longer looks for a test's id
            (group,) = item.get_closest_marker("xdist_group").args
            item._id = coerce_node_id(f"{item.nodeid}@{group}")


@pytest.fixture(scope="session")
def real_data() -> Iterator[Path]:
    """The folder of the real data sets, with ``ATTENTION_COURSE_DATA`` set to it; else a skip."""
    named = os.environ.get("ATTENTION_COURSE_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not named and not folder.is_dir():
        pytest.skip("needs real data: set ATTENTION_COURSE_DATA to the folder that holds it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTENTION_COURSE_DATA", str(folder))
        yield folder
