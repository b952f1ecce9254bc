"""What an answer calls while it runs, and what lives where it is judged: a model to decode with.

So an answer sees nothing of it but what it returns, and how often it is called is counted where no
answer can reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from attention_course.exercises.asking import Outcome, Raised, Returned
from attention_course.exercises.values import Value, plain

Inputs = Mapping[str, Value]
FLOOD = 2  # times as many calls as an answer may make, and nobody listens any more


class EndlessError(RuntimeError):
    """Ends an answer that would not end by itself."""


class Meeting:
    """One run of an answer with a partner; it is called in the partner's place, with values.

    What is judged is then a dictionary: "returned", what the answer returned; "calls", how often
    it called; "endless", whether it called more often than it may: "returned" is None then.

    Args:
        function: the partner; it trusts none of its arguments.
        most: calls that the answer may make.
    """

    def __init__(self, function: Callable[..., Value], most: int) -> None:
        self._function = function
        self._most = most
        self._calls = 0

    def __call__(self, *arguments: object, **named: object) -> Value:
        self._calls += 1
        if self._calls > self._most:
            raise EndlessError(f"called more than {self._most} times")
        return self._function(*map(plain, arguments), **plain(named))

    @property
    def flooded(self) -> bool:
        """Whether the answer goes on and on, although every call tells it that it may not."""
        return self._calls >= FLOOD * self._most

    def seen(self, outcome: Outcome) -> Outcome:
        """What came of the run, with what was seen of it here."""
        endless = self._calls > self._most
        if isinstance(outcome, Raised) and not endless:
            return outcome
        came = outcome if isinstance(outcome, Returned) and not endless else Returned(None)
        what = {"returned": came.value, "calls": self._calls, "endless": endless}
        return Returned(what, came.changed)


@dataclass(frozen=True)
class Partner:
    """A function that an answer is given as its first argument.

    Attributes:
        made: makes it of all drawn inputs; it runs where answers are judged.
        hidden: names of drawn inputs that are for it alone.
        most: of all drawn inputs, how often an answer may call it.
    """

    made: Callable[[Inputs], Callable[..., Value]]
    hidden: tuple[str, ...]
    most: Callable[[Inputs], int]

    def met(self, inputs: Inputs) -> Meeting:
        """Begins a run with these inputs."""
        return Meeting(self.made(inputs), self.most(inputs))
