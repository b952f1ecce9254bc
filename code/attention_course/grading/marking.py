"""From one answer to one mark: inputs are drawn, put to the answer in its own process, judged here.

The references live in this process and never leave it. What comes back from the answer's process
is data, and is judged as data.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from attention_course.exercises import published
from attention_course.exercises.asking import Ask as AskedBy
from attention_course.exercises.asking import Outcome, Raised
from attention_course.exercises.judging import AnswerKey, Verdict
from attention_course.exercises.problems import NOT_WRITTEN, is_stub
from attention_course.exercises.question import Inputs, Question
from attention_course.grading.intake.barred import barred_hint
from attention_course.grading.isolation import Ended, Job, Limits, Ran
from attention_course.grading.marks import Answer, Mark, Reason

Ask = Callable[[Job, Limits], Ran]

MEMORY = 1 << 30  # bytes that an answer may take, beyond what torch and the setup take
OUTCOME = 4 << 20  # bytes of what it returns; the largest are the weights of a small model
MOST_LETTERS = 500  # of a hint: it may hold a name that an answer has made up
_ENDED = {
    Ended.TIMED_OUT: Reason.TIMED_OUT,
    Ended.FLOODED: Reason.TIMED_OUT,
    Ended.MEMORY: Reason.MEMORY,
    Ended.DIED: Reason.DIED,
    Ended.FAILED: Reason.UNMARKED,
}


class Marker:
    """Marks answers with the inputs of one seed.

    Several threads may mark at once: answers run side by side, judging goes in turn.

    Args:
        seed: of the inputs, below 2**32.
        ask: runs an answer in a process of its own, as `isolation.Warm.ask` does.
    """

    def __init__(self, seed: int, ask: Ask) -> None:
        self.seed = seed
        self._ask = ask
        self._keys: dict[str, AnswerKey] = {}
        # judging sets the process's random state, default dtype and output for a moment
        self._judging = threading.Lock()

    def mark(self, question: Question, answer: Answer | None) -> Mark:
        """The mark of one answer; None where no cell of the notebook gives one."""
        known = without_running(question, answer)
        if known is not None:
            return known
        assert answer is not None
        with self._judging:
            key = self._key(question)
        ran = self._run(key, answer)
        if ran.tripped:
            return without_points(question, Reason.BARRED, barred_hint(ran.tripped), ran)
        try:
            with self._judging:
                return replace(self._judged(key, ran), seed=self.seed)
        except Exception as error:  # a judge that stumbles over something that nobody foresaw
            hint = f"the check itself failed: {type(error).__name__}: {error}"
            return without_points(question, Reason.UNMARKED, hint, ran)

    def _key(self, question: Question) -> AnswerKey:
        if question.id not in self._keys:
            self._keys[question.id] = AnswerKey(question, question.draw(self.seed))
        return self._keys[question.id]

    def _run(self, key: AnswerKey, answer: Answer) -> Ran:
        """Has the answer run; a second round in another process gets what CPU time is left."""
        question, drawn = key.question, key.drawn
        asked, allowed = job(question, answer, drawn), limits(question)
        ran = first = self._ask(asked, allowed)
        left = replace(allowed, cpu=allowed.cpu - (first.cpu - first.loading))

        def again(following: list[Inputs]) -> tuple[Sequence[Outcome], Sequence[float]]:
            nonlocal ran
            if not following or left.cpu <= 0:
                return (), ()
            assert question.second is not None
            second = self._ask(
                replace(asked, how=_path(question.second.ask), inputs=following, meetings=()), left
            )
            ran = _both(first, second)
            # where nobody can tell the time, it does not count
            return second.outcomes, second.spent or (0.0,) * len(second.outcomes)

        outcomes = key.rounds(_runs(question, drawn), first.outcomes, again, self._judging)
        return replace(ran, outcomes=tuple(outcomes))

    def _judged(self, key: AnswerKey, ran: Ran) -> Mark:
        question = key.question
        outcomes, again = _by_case(question, key.drawn, ran)
        verdict = key.judge(outcomes, again)
        reason = _reason(verdict, outcomes, ran)
        hint = verdict.hint
        if ran.ended is not Ended.FINISHED:
            hint = _ended_hint(ran, limits(question))
        return Mark(
            question=question.id,
            reason=reason,
            points=0.0 if reason is Reason.UNMARKED else verdict.points,
            maximum=question.points,
            checks=tuple(case.name for case in question.cases),
            passed=verdict.passed,
            hint=(without_numbers(hint) if reason is Reason.RAISED else hint)[:MOST_LETTERS],
            mistake=verdict.mistake,
            seconds=ran.seconds,
            cpu=ran.cpu,
            memory=ran.memory,
        )


def without_running(question: Question, answer: Answer | None) -> Mark | None:
    """The mark of an answer that need not run for it; None where it has to."""
    if answer is None:
        hint = "no cell of your notebook answers this question"
        return without_points(question, Reason.NOT_FOUND, hint)
    if answer.unreadable:
        return without_points(question, Reason.UNREADABLE, answer.unreadable)
    if answer.barred:
        return without_points(question, Reason.BARRED, barred_hint(answer.barred))
    if answer.stub:
        return without_points(question, Reason.NOT_ANSWERED, NOT_WRITTEN)
    return None


def without_points(question: Question, reason: Reason, hint: str, ran: Ran | None = None) -> Mark:
    """A mark that wins nothing, with its reason and a sentence for the learner."""
    return Mark(
        question=question.id,
        reason=reason,
        points=0.0,
        maximum=question.points,
        checks=tuple(case.name for case in question.cases),
        passed=(False,) * len(question.cases),
        hint=hint[:MOST_LETTERS],
        seconds=ran.seconds if ran else 0.0,
        cpu=ran.cpu if ran else 0.0,
        memory=ran.memory if ran else 0,
    )


def job(question: Question, answer: Answer, drawn: Sequence[Inputs]) -> Job:
    """What the answer's process is to do: every case, then the first once more."""
    runs, partner = _runs(question, drawn), question.partner
    return Job(
        setup=published.setup(question.exercise),
        source=answer.source,
        function=question.answer,
        how=_path(question.ask),
        barred=question.barred,
        inputs=[question.sent(inputs) for inputs in runs],
        meetings=[functools.partial(partner.met, inputs) for inputs in runs] if partner else (),
    )


def _path(how: AskedBy) -> str:
    return f"{how.__module__}:{how.__qualname__}"


def _runs(question: Question, drawn: Sequence[Inputs]) -> list[Inputs]:
    """The inputs of every run.

    An answer in parts runs once; one without inputs has nothing to remember, and runs once a case.
    """
    runs = list(drawn[:1]) if question.in_parts else list(drawn)
    return [*runs, drawn[0]] if _is_repeated(question, drawn) else runs


def _both(first: Ran, second: Ran) -> Ran:
    """Two rounds as one; the outcomes are the first's."""
    ended = first if first.ended is not Ended.FINISHED else second
    return replace(
        first,
        ended=ended.ended,
        detail=ended.detail,
        asked=ended.asked,
        seconds=first.seconds + second.seconds,
        cpu=first.cpu + second.cpu,
        memory=max(first.memory, second.memory),
        tripped=tuple(dict.fromkeys((*first.tripped, *second.tripped))),
    )


def limits(question: Question) -> Limits:
    """What an answer may use; it may wait longer than compute, since the machine may be busy."""
    return Limits(cpu=question.seconds, wall=3 * question.seconds, memory=MEMORY, frame=OUTCOME)


def _is_repeated(question: Question, drawn: Sequence[Inputs]) -> bool:
    return bool(drawn[0]) and not question.in_parts


def _by_case(
    question: Question, drawn: Sequence[Inputs], ran: Ran
) -> tuple[list[Outcome], Outcome | None]:
    """The outcome of every case and that of the repetition; what never came is an error."""
    count = len(question.cases)
    if question.in_parts:
        outcome = ran.outcomes[0] if ran.outcomes else Raised(ran.ended.value)
        return [outcome] * count, None
    asked = len(question.cases) + _is_repeated(question, drawn)
    never = [Raised(ran.ended.value)] * (asked - len(ran.outcomes))
    outcomes = [*ran.outcomes, *never]
    return outcomes[:count], outcomes[count] if asked > count else None


def _reason(verdict: Verdict, outcomes: Sequence[Outcome], ran: Ran) -> Reason:
    if ran.ended is not Ended.FINISHED:
        return _ENDED[ran.ended]
    if all(verdict.passed):
        return Reason.PASSED
    failed = [o for o, passed in zip(outcomes, verdict.passed, strict=True) if not passed]
    raised = [outcome for outcome in failed if isinstance(outcome, Raised)]
    if len(raised) < len(failed):
        return Reason.WRONG
    return Reason.NOT_ANSWERED if all(map(is_stub, raised)) else Reason.RAISED


def _ended_hint(ran: Ran, allowed: Limits) -> str:
    if ran.ended is Ended.TIMED_OUT and not ran.asked:
        return (
            f"your cells were stopped after {ran.seconds:.0f} seconds, before your function was "
            f"called; they may compute for {allowed.loading:g} and take {allowed.loading_wall:g}"
        )
    if ran.ended is Ended.TIMED_OUT:
        return (
            f"your function was stopped after {ran.seconds:.0f} seconds; it may compute for "
            f"{allowed.cpu:g} and take {allowed.wall:g}"
        )
    if ran.ended is Ended.FLOODED:
        return (
            "your function was stopped: it went on calling what it was given, many times too often"
        )
    if ran.ended is Ended.MEMORY:
        return f"your function asked for more than {allowed.memory / 2**30:g} GiB of memory"
    if ran.ended is Ended.DIED:
        return f"your function ended its own process before it answered ({ran.detail})"
    return f"the marking failed: {ran.detail}"


def without_numbers(message: str) -> str:
    """A learner's own message, without fractions: it could carry the inputs out."""
    return re.sub(r"[-+]?\d*\.\d+(e[-+]?\d+)?|\d{5,}", "…", message)
