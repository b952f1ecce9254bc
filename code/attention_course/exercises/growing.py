"""What questions share in which an answer must not loop: judge, signs and sentences.

They judge two rounds. The first is what `counting.counted` returned, on small inputs: it names
mistakes. The second is what `counting.largely` returned where there are `MANY` of something, of
each thing in every case, so that no loop can be short in a case that counts; and several times
where there are `BOTH` of two things, so that none is short that goes over what there is less of; or
fewer of three things, where even then a loop is slow.

Nothing that an answer does in its own process helps it in the second round: the kernel counts its
time. What its cell does before it has inputs is free, and so is its first call, with the small
ones: it may import and warm up what it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from attention_course.exercises.asking import Answer
from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.counting import largely
from attention_course.exercises.question import Inputs, Sign
from attention_course.exercises.second import Second
from attention_course.exercises.values import Tolerance, Value

LEFT = (
    "your numbers leave PyTorch, through tolist or NumPy: with operations of PyTorch alone they "
    "can be trained, and run on a GPU"
)
NO_GRADIENT = (
    "your numbers are right, but no gradient comes back through your function: with operations of "
    "PyTorch alone, and without detach, they can be trained"
)
MANY = 6_000
BOTH = 60
# Right answers took at most half of what they may, loops at least twice as much; measured.
TIMES_AS_LONG = 3  # as the reference, with the way of the inputs to a process and back
WAY = 0.001  # CPU seconds


@dataclass(frozen=True)
class Loops:
    """Over what an answer must not loop.

    Attributes:
        hints: by the name of each dimension what is said of a loop over it.
        sizes: of the inputs how large each of them is.
        times: how many times as large it was made.
        reference: the right answer.
        given: the names of the answer's inputs, in order.
        slack: by a name, how many times as long as else an answer may take where there are many of
            it, where right ones differ so much and loops take far longer.
    """

    hints: Mapping[str, str]
    sizes: Callable[[Inputs], Mapping[str, int]]
    times: int
    reference: Answer
    given: tuple[str, ...]
    slack: Mapping[str, float] = field(default_factory=dict)

    def second(self) -> Second:
        """The second round of a question that is judged by these."""
        return Second(self.many, largely, new=("many", "both"), slow=self.slow)

    def many(self, drawn: Inputs, first: Value) -> list[dict[str, Value]] | None:
        """The inputs of the second round; None where the first has shown a problem already.

        Args:
            drawn: the answer's inputs; "many", by name those of which there are many; "both", by
                the names of several things a list of those in which there are some of each.
            first: what came of the first round.
        """
        if not isinstance(first, dict):
            return None
        right = self.reference(*(drawn[name] for name in self.given))
        if compare(first["result"], right, drawn, Tolerance()) is not None or first["left"]:
            return None
        for name in self.hints:
            if None in (first["more"][name], first["wider"][name]):
                return None
            if self._over(name, first, drawn) or self._wide(name, first):
                return None
        small = {name: drawn[name] for name in self.given}
        return [{"all": runs} for runs in ([small], *self._large(drawn).values())]

    def _large(self, drawn: Inputs) -> dict[str, list[Inputs]]:
        return {name: [one] for name, one in drawn["many"].items()} | drawn.get("both", {})

    def judge(
        self, given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance
    ) -> Problem | None:
        """Equal results; nothing grows that must not where there is more of anything.

        What the expected output does itself is no problem, so that mistakes can be recognised.
        """
        problem = self._first(given["first"], expected["first"], inputs, tolerance)
        if problem is not None or expected["second"] is None:
            return problem
        return self._second(given, expected, inputs, tolerance)

    def _first(
        self, given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance
    ) -> Problem | None:
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
            if self._wide(name, given) and not self._wide(name, expected):
                return Problem(
                    Rank.NUMBERS,
                    f"your numbers are right, but with {self.times} times as many {name} your "
                    f"largest tensor is {given['wider'][name]:.0f} times as large: make none that "
                    "grows so fast",
                )
        return None

    def _second(
        self, given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance
    ) -> Problem | None:
        if given["second"] is None:
            return Problem(
                Rank.NUMBERS,
                "right here, but where there are thousands of something your function raises an "
                "error, or does not come to its end in time",
            )
        names = ("", *self._large(inputs))  # the small inputs come first
        for name, found, there in zip(names, given["second"], expected["second"], strict=True):
            for own, right in zip(found, there, strict=True):
                problem = compare(own["result"], right["result"], inputs, tolerance)
                if problem is not None:
                    count = "thousands of" if name in self.hints else "many"
                    where = f"where there are {count} {name}" if name else "in a new process"
                    return Problem(Rank.NUMBERS, f"right here, but not {where}: {problem.sentence}")
                if compare(own["gradient"], right["gradient"], inputs, tolerance) is not None:
                    return Problem(Rank.NUMBERS, NO_GRADIENT)
        if self.slow(given, expected, inputs):
            return Problem(
                Rank.NUMBERS,
                "your numbers are right, but where there are thousands of something, or many of "
                "several things, your function takes many times as long as one without a loop: it "
                "goes through them one by one",
            )
        return None

    def slow(self, given: Value, expected: Value, inputs: Inputs) -> bool:
        """Whether a run of the second round, but for the first, took longer than it may."""
        times = zip(self._large(inputs), given["cpu"][1:], expected["cpu"][1:], strict=True)
        return any(
            own > self.slack.get(name, 1) * TIMES_AS_LONG * (right + WAY)
            for name, own, right in times
        )

    def sign(self, name: str) -> Sign:
        """Shows where an answer is right and loops over this."""

        def shows(given: Value, expected: Value, inputs: Inputs) -> bool:
            return right(given, expected, inputs) and self._over(name, given["first"], inputs)

        return shows

    def _over(self, name: str, first: Value, inputs: Inputs) -> bool:
        """Whether each further one costs a call at least: a constant is no loop."""
        more = first["more"][name]
        return more is not None and bool(more >= (self.times - 1) * self.sizes(inputs)[name])

    def _wide(self, name: str, first: Value) -> bool:
        """Whether some tensor grows faster than this does."""
        wider = first["wider"][name]
        return wider is not None and bool(wider > 1.1 * self.times)


def right(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Whether the result is, on the small inputs."""
    one, other = given["first"]["result"], expected["first"]["result"]
    return compare(one, other, inputs, Tolerance()) is None


def shows_leaving(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The sign of an answer that is right and leaves PyTorch."""
    return right(given, expected, inputs) and given["first"]["left"]
