"""How checks let wrong answers pass."""

from __future__ import annotations

from planted_bugs.bug import Bug

TESTS = "tests/exercises/test_questions.py::test_mistakes_get_their_own_hint"

BUGS: list[Bug] = [
    Bug(
        "one right number is enough",
        "exercises/comparing.py",
        "if agree.all():",
        "if agree.any():",
        (f"{TESTS}[bahdanau.scores-wrong broadcast]",),
    ),
    Bug(
        "numbers may be twice as large",
        "exercises/values.py",
        "rtol=self.relative * scale",
        "rtol=1.0",
        (f"{TESTS}[bahdanau.scores-tanh after v]",),
    ),
    Bug(
        "shapes are not compared",
        "exercises/comparing.py",
        "if given.shape != expected.shape:",
        "if given.numel() != expected.numel():",
        (f"{TESTS}[bahdanau.scores-no tanh]",),
    ),
    Bug(
        "one right case is enough",
        "exercises/judging.py",
        "if not found:",
        "if any(passed):",
        (f"{TESTS}[bahdanau.scores-wrong broadcast]",),
    ),
]
