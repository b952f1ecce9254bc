"""Fixtures that tests of several parts share."""

from __future__ import annotations

import pytest
from browser import browser, chromium, site

__all__ = ["browser", "chromium", "site"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`, keep each file's tests in one process, for the fixtures they share.

    A test that is long and needs none asks for a group of its own with `xdist_group`.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
