"""Puts inputs to an answer in this process, as a notebook's check does."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Sequence

import torch

from attention_course.exercises.asking import Answer, Outcome, ask
from attention_course.exercises.question import Inputs, Put, Question

Rounds = Callable[[Sequence[Inputs], Sequence[Outcome], Put], list[Outcome]]


def put(
    question: Question, answer: Answer, drawn: Sequence[Inputs], rounds: Rounds | None = None
) -> list[Outcome]:
    """Asks an answer in every case, or once where the cases are parts of one run.

    Args:
        question: it is an answer to.
        answer: to be asked.
        drawn: the inputs of every case.
        rounds: has it asked in a second round; None (default) for the question's own.
    """
    if question.in_parts:
        return [_first(question, answer, drawn[0])] * len(drawn)
    firsts = [_first(question, answer, inputs) for inputs in drawn]

    def again(following: list[Inputs]) -> tuple[list[Outcome], list[float]]:
        assert question.second is not None
        outcomes, readings = [], [time.thread_time()]
        with _one_thread():  # as in a process of answers; many threads burn time as they wait
            for inputs in following:
                outcomes.append(ask(answer, inputs, question.second.ask))
                readings.append(time.thread_time())
        return outcomes, [end - begin for begin, end in itertools.pairwise(readings)]

    return (rounds or question.rounds)(drawn, firsts, again)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _first(question: Question, answer: Answer, drawn: Inputs) -> Outcome:
    if question.partner is None:
        return ask(answer, question.sent(drawn), question.ask)
    meeting = question.partner.met(drawn)
    return meeting.seen(ask(answer, question.sent(drawn), question.ask, partner=meeting))


def put_again(
    question: Question, answer: Answer, drawn: Sequence[Inputs], rounds: Rounds | None = None
) -> Outcome | None:
    """Asks the first case once more, as `put`; None where the cases are parts of one long run."""
    if question.in_parts or not drawn[0]:
        return None
    return put(question, answer, drawn[:1], rounds)[0]
