"""What questions share in which an answer must not loop: judge, signs and sentences.

They judge what a function ``counted`` returned: a dictionary with "result", what the answer
returned; "more", by the name of a dimension how many calls of PyTorch more it takes where there is
more of that, None where it fails then; "left", whether it took numbers out of PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.question import Inputs, Sign
from attention_course.exercises.values import Tolerance, Value

LEFT = (
    "your numbers leave PyTorch, through tolist or NumPy: with operations of PyTorch alone they "
    "can be trained, and run on a GPU"
)


@dataclass(frozen=True)
class Loops:
    """Over what an answer must not loop.

    Attributes:
        hints: by the name of each dimension what is said of a loop over it.
        sizes: of the inputs how large each of them is.
        times: how many times as large it was made.
    """

    hints: Mapping[str, str]
    sizes: Callable[[Inputs], Mapping[str, int]]
    times: int

    def judge(
        self, given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance
    ) -> Problem | None:
        """Equal results; no more calls of PyTorch where there is more of anything.

        What the expected output does itself is no problem, so that mistakes can be recognised.
        """
        problem = compare(given["result"], expected["result"], inputs, tolerance)
        if problem is not None:
            return problem
        for name, more in given["more"].items():
            if more is None and expected["more"][name] is not None:
                return Problem(
                    Rank.RAISED,
                    f"right here, but your function raises an error where there are more {name}: "
                    "it rests on two sizes that are equal by chance",
                )
        if given["left"] and not expected["left"]:
            return Problem(Rank.NUMBERS, LEFT)
        for name, hint in self.hints.items():
            if self._over(name, given, inputs) and not self._over(name, expected, inputs):
                return Problem(Rank.NUMBERS, hint)
        return None

    def sign(self, name: str) -> Sign:
        """Shows where an answer is right and loops over this."""

        def shows(given: Value, expected: Value, inputs: Inputs) -> bool:
            return right(given, expected, inputs) and self._over(name, given, inputs)

        return shows

    def _over(self, name: str, given: Value, inputs: Inputs) -> bool:
        """Whether each further one costs a call at least: a constant is no loop."""
        more = given["more"][name]
        return more is not None and bool(more >= (self.times - 1) * self.sizes(inputs)[name])


def right(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Whether the result is."""
    return compare(given["result"], expected["result"], inputs, Tolerance()) is None


def shows_leaving(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The sign of an answer that is right and leaves PyTorch."""
    return right(given, expected, inputs) and given["left"]
