"""What a graded question is: data and functions that a check and a grader both use.

Nothing here runs an answer. `asking` does that, in whatever process the answer lives in;
`judging` compares what came back, in whatever process holds the reference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from attention_course.exercises.asking import Answer, Ask, Outcome, apart, call
from attention_course.exercises.comparing import Judge, compare
from attention_course.exercises.partner import Partner
from attention_course.exercises.second import Put, Second
from attention_course.exercises.values import Tolerance, Value

Inputs = Mapping[str, Value]
Draw = Callable[[torch.Generator], dict[str, Value]]
Sign = Callable[[Value, Value, Inputs], bool]
Finish = Callable[[Value, Inputs], Value]

KINDS = ("write", "repair", "by hand", "predict", "make faster", "train", "read")


def nothing(generator: torch.Generator) -> dict[str, Value]:
    """The inputs of an answer that takes none (worked out by hand, predicted, read off)."""
    return {}


@dataclass(frozen=True)
class Case:
    """One check of a question.

    Attributes:
        name: what is special about it, as a learner reads it after "not with".
        draw: makes the inputs, in the order of the answer's parameters, from a generator.
        part: the index or key of the part of the answer that counts here. Where cases have
            parts, all of them do, and they share one run with the inputs of the first.
    """

    name: str
    draw: Draw = nothing
    part: int | str | None = None


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make.

    Attributes:
        name: for tests and statistics.
        hint: one sentence that names it, without a full stop.
        answer: the question answered with this mistake.
        sign: None (default): the mistake is recognised where the learner's output is what
            `answer` returns on the same inputs. Else a function of the learner's output, the
            expected output and the inputs, for mistakes that show in many forms or take long to
            run; `answer` is then run by the tests alone.
    """

    name: str
    hint: str
    answer: Answer
    sign: Sign | None = None


@dataclass(frozen=True)
class Question:
    """One graded question.

    Attributes:
        id: exercise and name, for example "bahdanau.scores".
        answer: the name of the function that the learner writes.
        title: for headings and reports.
        points: what it is worth, shared evenly by the cases.
        minutes: about how long a learner takes.
        difficulty: 1 (easy) to 3 (hard).
        kind: one of `KINDS`.
        cases: the checks; at least one.
        reference: the right answer.
        mistakes: wrong answers with their hints; of several that fit, the first is named.
        alternatives: right answers written otherwise, by name; each must pass.
        ask: how inputs are put to an answer; it runs where the answer lives.
        partner: what the answer calls while it runs; None (default) for nothing.
        second: a second round; None (default) for none. Not for cases with parts.
        finish: makes of an output what is judged, with all drawn inputs, where it is judged: for
            what the answer must have no hand in. None (default): the output itself is judged.
        judge: compares an output with the expected one.
        tolerance: for the judge.
        kept_back: names of drawn inputs that the answer never sees. Where there are any, they
            are what the output is judged by, and the reference is not run.
        barred: dotted names that an answer may not use, since they are what it should write. Where
            one of PyTorch's is among them, it may not use PyTorch's private names either.
        seconds: CPU seconds that an answer may take over all cases in a graded run, in both
            rounds together.
    """

    id: str
    answer: str
    title: str
    points: int
    minutes: int
    difficulty: int
    kind: str
    cases: tuple[Case, ...]
    reference: Answer
    mistakes: tuple[Mistake, ...]
    alternatives: Mapping[str, Answer] = field(default_factory=dict)
    ask: Ask = call
    partner: Partner | None = None
    second: Second | None = None
    finish: Finish | None = None
    judge: Judge = compare
    tolerance: Tolerance = field(default_factory=Tolerance)
    kept_back: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    seconds: float = 2.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", self.id):
            raise ValueError(f"id is {self.id!r}, expected exercise.name in lower case")
        if not self.cases:
            raise ValueError(f"{self.id} has no cases, expected at least one")
        if len({case.part is None for case in self.cases}) > 1:
            raise ValueError(f"of the cases of {self.id} some have a part, expected all or none")
        if self.in_parts and self.second:
            raise ValueError(f"the cases of {self.id} have parts, expected none with two rounds")
        if self.kind not in KINDS:
            raise ValueError(
                f"kind of {self.id} is {self.kind!r}, expected one of: {', '.join(KINDS)}"
            )
        if not self.seconds > 0:
            raise ValueError(f"seconds of {self.id} is {self.seconds}, expected more than 0")

    @property
    def exercise(self) -> str:
        """The name of the exercise that it belongs to."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name inside the exercise."""
        return self.id.partition(".")[2]

    @property
    def in_parts(self) -> bool:
        """Whether the cases are parts of what one run returns."""
        return self.cases[0].part is not None

    def rounds(self, drawn: Sequence[Inputs], firsts: Sequence[Outcome], put: Put) -> list[Outcome]:
        """The outcomes as they are judged: see `Second.rounds`; without one, the first round's."""
        return self.second.rounds(drawn, firsts, put) if self.second else list(firsts)

    def draw(self, seed: int) -> list[Inputs]:
        """The inputs of every case, in order: the same for the same seed on every machine.

        Each run has a generator of its own, so that a case added later changes no other.
        """
        with apart(seed):
            if self.in_parts:
                case = self.cases[0]
                return [case.draw(_generator(seed, self.id, case.name))] * len(self.cases)
            return [case.draw(_generator(seed, self.id, case.name)) for case in self.cases]

    def sent(self, drawn: Inputs) -> Inputs:
        """What of the drawn inputs the answer gets to see, in the first round."""
        hidden = self.kept_back + (self.second.new if self.second else ())
        hidden += self.partner.hidden if self.partner else ()
        return {name: value for name, value in drawn.items() if name not in hidden}


@dataclass(frozen=True)
class Exercise:
    """The questions of one chapter.

    Attributes:
        number: the chapter's.
        name: the first part of the ids of its questions, and the name of its package.
        title: the chapter's topic.
        questions: in the order of the notebook.
    """

    number: int
    name: str
    title: str
    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        names = [question.id for question in self.questions]
        names += [question.answer for question in self.questions]
        if len(set(names)) < len(names):
            raise ValueError(f"exercise {self.name} uses an id or the name of an answer twice")
        for question in self.questions:
            if question.exercise != self.name:
                raise ValueError(f"{question.id} stands in exercise {self.name}")

    @property
    def notebook(self) -> str:
        """The name of its notebooks, without a suffix: "02-bahdanau"."""
        return f"{self.number:02}-{self.name.replace('_', '-')}"

    def grade_id(self, question: Question) -> str:
        """What nbgrader calls the cell of a question's answer; its check is that with "-check"."""
        return f"{self.number:02}-{question.name}"

    @property
    def points(self) -> int:
        """The points of all questions together."""
        return sum(question.points for question in self.questions)


def _generator(seed: int, question: str, case: str) -> torch.Generator:
    digest = hashlib.sha256(f"{seed}/{question}/{case}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
