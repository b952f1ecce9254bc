"""Nothing is marked where not even a right answer would come back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from attention_course.exercises.asking import Raised, Returned
from attention_course.grading.isolation import Ended, IsolationError, Ran, visible
from attention_course.grading.isolation.probing import protections


@pytest.mark.parametrize(
    ("ran", "why"),
    [
        (Ran((), Ended.DIED, "it ended before it had answered"), "ended before it had answered"),
        (Ran((), Ended.TIMED_OUT, "it was silent"), "it was silent"),
        (Ran((Raised("ModuleNotFoundError", "torch"),), Ended.FINISHED), "ModuleNotFoundError"),
        (Ran((Returned(8.0),), Ended.FINISHED), "8.0"),
        (Ran((Returned(9.0),), Ended.DIED, "exit status 1"), "exit status 1"),
    ],
)
def test_a_control_that_fails_ends_it(ran: Ran, why: str) -> None:
    with pytest.raises(IsolationError, match=f"not even a right one: .*{why}"):
        protections(lambda job, limits: ran, {})


def test_packages_are_seen_wherever_they_were_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, bare = tmp_path / "target", tmp_path / "bare"
    (target / "thing-1.0.dist-info").mkdir(parents=True)
    bare.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, "", str(bare), str(target)])
    assert str(target) in visible.folders()
    assert str(bare) not in visible.folders()
