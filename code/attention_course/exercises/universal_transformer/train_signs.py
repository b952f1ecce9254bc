"""What counts as learnt in universal_transformer.train, and how mistakes show in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from attention_course.data.vocabulary import PAD
from attention_course.exercises.question import Inputs
from attention_course.exercises.values import Value

MOST = 24
PLACES = (0, 3, MOST // 2, MOST)  # where the unseen sentences begin, all of them in turn
# Of the sentences that begin at one of these places. Measured, each time on other sentences, the
# share that is said without a mistake at the worst of the places:
#
#   the reference, 14 times                       0.99 to 1.00     2 to 5 s of CPU time
#   one cycle, a place for each batch, 9 times    0.84 to 1.00
#   at a lower rate, 6 times                      0.99 to 1.00
#   no offsets, 6 times                           0                but 1.00 at position 0
#   early places alone, 6 times                   0 to 0.01        but 1.00 up to position 3
#   one place, 5 times                            0 to 0.01        but 1.00 at that place
ENOUGH = 0.7


def share(hits: Tensor) -> float:
    """Of truth values, how many are true."""
    return float(hits.float().mean())


def exact(found: Sequence[Tensor], said: Tensor) -> list[float]:
    """For each place the share of the sentences that are said without any mistake."""
    return [share(((one == said) | (said == PAD)).all(1)) for one in found]


def _enough(given: Value, expected: Value) -> list[bool]:
    return [right >= ENOUGH for right in exact(given["places"], expected["places"])]


def shows_zero(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Right where sentences begin at position 0, and nowhere else."""
    return _enough(given, expected) == [True, False, False, False]


def shows_near(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Right where they begin early, and not where they begin late."""
    near, late, last = _enough(given, expected)[1:]
    return near and not (late and last)


def shows_far(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Right where they begin late, and not at position 0."""
    zero, *others = _enough(given, expected)
    return not zero and any(others)


def shows_echo(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Words are said where they stand."""
    return bool(given["habits"]["echoes"] > 0.9)


def shows_padding(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Padding is said, by a model that has learnt its words."""
    seen, most = given["habits"], expected["habits"]
    return bool(seen["padding"] > most["padding"] and seen["loss"] <= most["loss"])


def shows_no_step(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The weights are those of before."""
    return bool(given["habits"]["moved"] == 0)


def shows_explosion(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The weights are no longer of ordinary size."""
    moved = given["habits"]["moved"]
    return not math.isfinite(moved) or moved > 1e6


def shows_leftovers(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Gradients were added to old ones."""
    return bool(given["habits"]["leftovers"] > 0.9)


def shows_little(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Not right anywhere."""
    return not any(_enough(given, expected))
