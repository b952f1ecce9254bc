"""What the models of chapter 11 are trained on, and how.

Five tasks, and for each the models that are compared on it at equal width, depth, updates and
sentences a batch, with the same optimiser and, for a seed, the same batches:

- ``translation``, the generated English–French corpus: a Transformer, and the Universal
  Transformer with as many steps as that has layers, as wide or with as many parameters;
- ``copy``, ``reverse`` and ``addition`` of digits, with the first position of each sentence drawn
  at random in training: the same two, and halting. They are tested on lengths that they were
  trained on, and on longer ones;
- ``addition in a row``, the same sums as in ``addition``, where both numbers stand in columns, but
  one number after the other.
"""

from __future__ import annotations

from typing import Any, Literal

from attention_course.replications.recipe import Recipe

Task = Literal["translation", "copy", "reverse", "addition", "addition in a row"]
AS_MANY = "universal, as many parameters"  # as the variant "transformer" of its task


class Training(Recipe):
    """How the models of a task are built and trained.

    corpus: the name that `load` knows it by, and its options.
    longer: for digits, further lengths to test on, as `test_lengths` of the corpus.
    depth: layers of the Transformer, steps of the Universal Transformer.
    model: further arguments that all models share.
    variants: the arguments that a variant has besides. ``kind`` says which model it is, and
        ``weight`` what the ponder cost weighs where words halt by themselves.
    """

    corpus: dict[str, Any]
    longer: list[tuple[int, int]]
    depth: int
    model: dict[str, Any]
    variants: dict[str, dict[str, Any]]


Settings = dict[Task, Training]

_TRANSFORMER: dict[str, Any] = {"kind": "transformer", "tied": "target"}
_FIXED: dict[str, Any] = {"kind": "universal"}
_HALTING: dict[str, Any] = {"kind": "universal", "halting": "text", "weight": 0.01}
_SMALL = {"d": 64, "heads": 4, "d_ff": 128, "dropout": 0.0, "norm": "pre"}

_BOTH = {"transformer": _TRANSFORMER, "universal": _FIXED}
_ALL = {**_BOTH, "universal, halting": _HALTING}
_LONGER = [(9, 16), (17, 32)]


def _digits(
    steps: int,
    variants: dict[str, dict[str, Any]],
    longer: list[tuple[int, int]],
    **corpus: Any,
) -> Training:
    """Of the tasks with digits. The first place is at most the longest number's length."""
    return {
        "corpus": {**corpus, "lengths": (1, 8), "test": 200},
        "longer": longer,
        "steps": steps,
        "batch_size": 32,
        "learning_rate": 3e-3,
        "warmup": 60,
        "depth": 4,
        "model": {**_SMALL, "offsets": 8},
        "variants": variants,
    }


SETTINGS: Settings = {
    "translation": {
        "corpus": {
            "name": "translation",
            "language": "fr",
            "max_length": 10,
            "typical_length": 5,
        },
        "longer": [],
        "steps": 600,
        "batch_size": 48,
        "learning_rate": 3e-3,
        "warmup": 60,
        "depth": 4,
        "model": _SMALL,
        "variants": {
            **_BOTH,
            AS_MANY: {**_FIXED, "d": 120, "d_ff": 268},
            "transformer, one layer": {**_TRANSFORMER, "depth": 1},
            "transformer, no positions": {**_TRANSFORMER, "positions": "none"},
        },
    },
    # Besides, where there is something to lose: where positions begin, how words halt, and where
    # the norm stands.
    "copy": _digits(
        500,
        {**_ALL, "universal, no offsets": {**_FIXED, "offsets": 0}},
        _LONGER,
        name="copy",
    ),
    "reverse": _digits(
        1000,
        {
            **_ALL,
            "universal, no offsets": {**_FIXED, "offsets": 0},
            "transformer, no offsets": {**_TRANSFORMER, "offsets": 0},
            "universal, blend": {**_HALTING, "halting": "blend"},
            "universal, released": {**_HALTING, "halting": "released"},
            "universal, post-norm": {**_FIXED, "norm": "post"},
        },
        _LONGER,
        name="reverse",
    ),
    "addition": _digits(1200, _ALL, _LONGER, name="addition", columns=True),
    "addition in a row": _digits(1200, _BOTH, [], name="addition"),
}
