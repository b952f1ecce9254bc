"""A fixture that tests of several experiments share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attention_course.replications import recipe


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has the training of this number, from 1, end as after Ctrl-C."""

    def at(number: int) -> None:
        real, calls = recipe.fit, []

        def fit(*arguments: Any, **options: Any) -> Any:
            calls.append(1)
            history = real(*arguments, **options)
            history.interrupted = len(calls) == number
            return history

        monkeypatch.setattr(recipe, "fit", fit)

    return at
