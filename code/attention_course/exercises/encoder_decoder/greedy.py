"""encoder_decoder.greedy: the most probable word, again and again, until the end mark."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor

from attention_course.data.vocabulary import BOS, EOS, PAD
from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import normal
from attention_course.exercises.partner import Partner
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.values import Tolerance, Value, named

Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
VOCABULARY, HIDDEN = 8, 6
BEHIND = 4  # words behind the limit; one or two more come of a wrong count
ENDLESS = (
    "your sentences have no limit: stop after max_length words, since a sentence need not reach EOS"
)
TOO_OFTEN = (
    "your sentences are right, but you call step more often than there are words: carry the state "
    "on, and stop when all have ended"
)


def greedy(step: Step, state: Tensor, max_length: int) -> list[list[int]]:
    """The reference."""
    token = torch.full((len(state),), BOS)
    tokens: list[list[int]] = [[] for _ in state]
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        for sentence, word in zip(tokens, token.tolist(), strict=True):
            if not _ended(sentence):
                sentence.append(word)
        if all(map(_ended, tokens)):
            break
    return tokens


def _ended(sentence: list[int]) -> bool:
    return bool(sentence) and sentence[-1] == EOS


# --- right, written otherwise -----------------------------------------------------------------


def _columns(step: Step, state: Tensor, max_length: int) -> list[list[int]]:
    columns: list[Tensor] = []
    token = torch.full((len(state),), BOS)
    done = torch.zeros(len(state), dtype=torch.bool)
    while len(columns) < max_length and not done.all():
        logits, state = step(token, state)
        token = logits.softmax(-1).max(-1).indices
        columns.append(token)
        done |= token == EOS
    return [_cut(row) for row in torch.stack(columns, 1).tolist()]


def _cut(row: list[int]) -> list[int]:
    return row[: row.index(EOS) + 1] if EOS in row else row


def _one_by_one(step: Step, state: Tensor, max_length: int) -> tuple[Tensor, ...]:
    sentences = []
    for row in state:
        s, sentence = row[None], [BOS]
        while len(sentence) <= max_length and sentence[-1] != EOS:
            logits, s = step(torch.tensor(sentence[-1:]), s)
            sentence.append(int(logits[0].argmax()))
        sentences.append(torch.tensor(sentence[1:]))
    return tuple(sentences)


def _shrinking(step: Step, state: Tensor, max_length: int) -> list[list[int]]:
    """Sentences that have ended leave the batch."""
    tokens: list[list[int]] = [[] for _ in state]
    going, token = list(range(len(state))), torch.full((len(state),), BOS)
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.double().argmax(1)
        for b, word in zip(going, token.tolist(), strict=True):
            tokens[b].append(word)
        keep = token != EOS
        going = [b for b, kept in zip(going, keep.tolist(), strict=True) if kept]
        token, state = token[keep], state[keep]
        if not going:
            break
    return tokens


# --- wrong ------------------------------------------------------------------------------------


def _run(
    step: Step,
    state: Tensor,
    max_length: int,
    *,
    feed: bool = True,
    carry: bool = True,
    stop_early: bool = False,
    worst: bool = False,
) -> list[list[int]]:
    """Columns up to the limit, with one thing wrong; the rows are not cut."""
    token, columns = torch.full((len(state),), BOS), []
    for _ in range(max_length):
        logits, new = step(token, state)
        chosen = logits.argmin(-1) if worst else logits.argmax(-1)
        columns.append(chosen)
        token, state = (chosen if feed else token), (new if carry else state)
        if stop_early and (chosen == EOS).any():
            break
    return torch.stack(columns, 1).tolist()


def _cut_all(rows: list[list[int]]) -> list[list[int]]:
    return [_cut(row) for row in rows]


# --- the model --------------------------------------------------------------------------------


def _model(inputs: Inputs) -> Step:
    """What the answer calls as `step`; it may be given anything."""
    sentences, hidden = inputs["state"].shape

    def step(token: Tensor, state: Tensor) -> Value:
        for name, thing, size in (("token", token, ()), ("state", state, (hidden,))):
            if not isinstance(thing, Tensor):
                raise TypeError(f"{name} is {named(thing)}, expected a tensor")
            if not (thing.dim() == 1 + len(size) and thing.shape[1:] == size):
                expected = "".join(f", {n}" for n in size) or ","
                raise ValueError(f"{name} has shape {tuple(thing.shape)}, expected (B{expected})")
        if len(token) != len(state) or len(token) > sentences:
            raise ValueError(
                f"token and state have {len(token)} and {len(state)} rows, expected as "
                f"many, and no more than {sentences}"
            )
        if token.dtype != torch.int64 or not state.is_floating_point():
            raise TypeError(
                f"token and state have dtype {token.dtype} and {state.dtype}, expected "
                "torch.int64 and torch.float32"
            )
        if ((token < 0) | (token >= VOCABULARY)).any():
            raise IndexError(f"token holds {token.tolist()}, expected words below {VOCABULARY}")
        state = torch.tanh(inputs["E"][token] + state @ inputs["U"].T)
        return [state @ inputs["W_o"].T, state]

    return step


def _most(inputs: Inputs) -> int:
    """Ten times as many calls as writing the sentences one by one can take."""
    return 10 * len(inputs["state"]) * (inputs["max_length"] + 1)


# --- judging and inputs -----------------------------------------------------------------------


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """The same tokens; no more calls than there are words in all sentences.

    What the expected output does itself is no problem, so that mistakes can be recognised.
    """
    if given["endless"] and not expected["endless"]:
        return Problem(Rank.RAISED, ENDLESS)
    problem = compare(given["returned"], expected["returned"], inputs, tolerance)
    if problem is not None:
        return problem
    if _goes_on(given, inputs) and not _goes_on(expected, inputs):
        return Problem(Rank.NUMBERS, TOO_OFTEN)
    return None


def _goes_on(given: Value, inputs: Inputs) -> bool:
    """More calls than decoding the sentences one by one would take."""
    return bool(given["calls"] > sum(_lengths(inputs)))


def _lengths(inputs: Inputs) -> list[int]:
    return sorted(map(len, greedy(_model(inputs), inputs["state"], inputs["max_length"])))


def _inputs(wanted: Callable[[list[int]], bool], batch: int, max_length: int) -> Draw:
    """Models are drawn until the lengths of the sentences that they write are as wanted.

    `wanted` gets the lengths in rising order; a sentence that would go on behind the limit has
    max_length + BEHIND words.
    """

    def draw(generator: Generator) -> dict[str, Value]:
        while True:
            inputs = {
                "state": normal(generator, batch, HIDDEN),
                "E": normal(generator, VOCABULARY, HIDDEN),
                "U": normal(generator, HIDDEN, HIDDEN, std=HIDDEN**-0.5),
                "W_o": normal(generator, VOCABULARY, HIDDEN),
                "max_length": max_length,
            }
            if wanted(_lengths(inputs | {"max_length": max_length + BEHIND})):
                return inputs

    return draw


QUESTION = Question(
    id="encoder_decoder.greedy",
    answer="greedy",
    title="Write one word after the other",
    points=10,
    minutes=20,
    difficulty=3,
    kind="write",
    cases=(
        Case("sentences of unequal length", _inputs(lambda n: 1 < n[0] < n[1] < n[2] < 9, 3, 30)),
        Case("a batch of one", _inputs(lambda n: 3 <= n[0] < 6, 1, 12)),
        Case(
            "a sentence that does not end",
            _inputs(lambda n: 1 < n[0] < 5 and n[1] == 6 + BEHIND, 2, 6),
        ),
        Case(
            "a sentence that ends at once",
            _inputs(lambda n: n[0] == 1 and 3 < n[1] < 8, 2, 12),
        ),
    ),
    reference=greedy,
    mistakes=(
        Mistake(
            "endless",
            ENDLESS,
            lambda step, state, n: _cut_all(_run(step, state, 10**9)),
            sign=lambda given, expected, inputs: (
                given["endless"]
                or max(map(len, given["returned"])) >= inputs["max_length"] + BEHIND
            ),
        ),
        Mistake(
            "end mark left out",
            "your sentences lack the end mark; keep it, since it says that the model has ended",
            lambda step, state, n: [
                [word for word in row if word != EOS] for row in greedy(step, state, n)
            ],
        ),
        Mistake(
            "begins with BOS",
            "your sentences begin with BOS; it goes in first, but it is not a word of the answer",
            lambda step, state, n: [[BOS, *row] for row in greedy(step, state, n)],
        ),
        Mistake(
            "does not end",
            "your sentences go on behind the end mark: each of them ends with its first EOS",
            _run,
        ),
        Mistake(
            "filled up",
            "your sentences are filled up with PAD behind the end mark; leave it out",
            lambda step, state, n: [row + [PAD] * (n - len(row)) for row in greedy(step, state, n)],
        ),
        Mistake(
            "goes on to the limit",
            TOO_OFTEN,
            lambda step, state, n: _cut_all(_run(step, state, n)),
            sign=lambda given, expected, inputs: (
                compare(given["returned"], expected["returned"], inputs, Tolerance()) is None
                and _goes_on(given, inputs)
            ),
        ),
        Mistake(
            "all end with the first",
            "you stop all sentences when the first one ends; the others have not finished yet",
            lambda step, state, n: _cut_all(_run(step, state, n, stop_early=True)),
        ),
        Mistake(
            "always BOS",
            "you feed BOS at every step; the word just written goes in next",
            lambda step, state, n: _cut_all(_run(step, state, n, feed=False)),
        ),
        Mistake(
            "old state",
            "you begin every step from the first state; carry on with the one that step returns",
            lambda step, state, n: _cut_all(_run(step, state, n, carry=False)),
        ),
        Mistake(
            "least probable",
            "you take the least probable word; greedy search takes the most probable one",
            lambda step, state, n: _cut_all(_run(step, state, n, worst=True)),
        ),
        Mistake(
            "one word short",
            "your longest sentences are one word short: max_length words are allowed, EOS included",
            lambda step, state, n: greedy(step, state, n - 1),
        ),
        Mistake(
            "one word long",
            "your longest sentences are one word too long: at most max_length words, EOS included",
            lambda step, state, n: greedy(step, state, n + 1),
        ),
    ),
    alternatives={
        "column by column": _columns,
        "sentence by sentence, as tensors": _one_by_one,
        "a batch that shrinks": _shrinking,
    },
    partner=Partner(_model, hidden=("E", "U", "W_o"), most=_most),
    judge=judge,
    barred=("attention_course.decoding",),
)
