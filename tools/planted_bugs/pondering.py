"""Bugs in the tasks with digits, in the ponder cost, and in what is measured of thinking."""

from __future__ import annotations

from planted_bugs.bug import Bug

DIGITS = "tests/data/test_digits.py"
PONDERING = "tests/test_pondering.py"
SAME_PLACE = (
    "tests/replications/test_universal_transformer.py"
    "::test_source_and_target_begin_at_the_same_place"
)

BUGS = [
    Bug(
        "reversed digits are one place off",
        "data/digits.py",
        '"reverse", lambda t, length: length - 1 - t',
        '"reverse", lambda t, length: length - 2 - t',
        (DIGITS,),
    ),
    Bug(
        "a column of nine that receives a carry does not pass it on",
        "data/digits.py",
        "sum(column) == base - 1 else 0)",
        "sum(column) == base else 0)",
        (DIGITS,),
    ),
    Bug(
        "two numbers in the other order count as a new sum, and are tested after training",
        "data/digits.py",
        "tuple(sorted(zip(*_columns(source), strict=True)))",
        "tuple(zip(*_columns(source), strict=True))",
        (DIGITS,),
    ),
    Bug(
        "sentences of the test stand in the training",
        "data/distinct.py",
        "                seen.add(key(source))\n",
        "",
        (DIGITS,),
    ),
    Bug(
        "padding is charged for",
        "pondering.py",
        "pondered.encoder.cost(batch.source_mask)",
        "pondered.encoder.cost(batch.source_mask | True)",
        (PONDERING,),
    ),
    Bug(
        "thinking is paid for instead of charged",
        "pondering.py",
        "loss + weight *",
        "loss - weight *",
        (PONDERING,),
    ),
    Bug(
        "the ponder cost counts in validation",
        "pondering.py",
        "    if not model.training:\n        return loss\n",
        "",
        (PONDERING,),
    ),
    Bug(
        "end marks count among the digits of a difficulty",
        "pondering.py",
        "        words = one.target[:-1]\n",
        "        words = one.target\n",
        (PONDERING,),
    ),
    Bug(
        "source and target begin at different places",
        "replications/from_anywhere.py",
        "first = self._first if self.training else 0",
        "first = torch.randint_like(self._first, self.offsets + 1) if self.training else 0",
        (SAME_PLACE,),
    ),
]
