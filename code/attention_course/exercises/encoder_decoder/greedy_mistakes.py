"""Known mistakes in answers to encoder_decoder.greedy."""

from __future__ import annotations

from attention_course.data.vocabulary import BOS, EOS, PAD
from attention_course.exercises.comparing import compare
from attention_course.exercises.encoder_decoder.greedy_answers import cut_all, greedy, run
from attention_course.exercises.encoder_decoder.greedy_model import goes_on
from attention_course.exercises.question import Mistake
from attention_course.exercises.values import Tolerance

BEHIND = 4  # words behind the limit; one or two more come of a wrong count
ENDLESS = (
    "your sentences have no limit: stop after max_length words, since a sentence need not reach EOS"
)
TOO_OFTEN = (
    "your sentences are right, but you call step more often than there are words: carry the state "
    "on, and stop when all have ended"
)

MISTAKES = (
    Mistake(
        "endless",
        ENDLESS,
        lambda step, state, n: cut_all(run(step, state, 10**9)),
        sign=lambda given, expected, inputs: (
            given["endless"] or max(map(len, given["returned"])) >= inputs["max_length"] + BEHIND
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
        run,
    ),
    Mistake(
        "filled up",
        "your sentences are filled up with PAD behind the end mark; leave it out",
        lambda step, state, n: [row + [PAD] * (n - len(row)) for row in greedy(step, state, n)],
    ),
    Mistake(
        "goes on to the limit",
        TOO_OFTEN,
        lambda step, state, n: cut_all(run(step, state, n)),
        sign=lambda given, expected, inputs: (
            compare(given["returned"], expected["returned"], inputs, Tolerance()) is None
            and goes_on(given, inputs)
        ),
    ),
    Mistake(
        "all end with the first",
        "you stop all sentences when the first one ends; the others have not finished yet",
        lambda step, state, n: cut_all(run(step, state, n, stop_early=True)),
    ),
    Mistake(
        "always BOS",
        "you feed BOS at every step; the word just written goes in next",
        lambda step, state, n: cut_all(run(step, state, n, feed=False)),
    ),
    Mistake(
        "old state",
        "you begin every step from the first state; carry on with the one that step returns",
        lambda step, state, n: cut_all(run(step, state, n, carry=False)),
    ),
    Mistake(
        "least probable",
        "you take the least probable word; greedy search takes the most probable one",
        lambda step, state, n: cut_all(run(step, state, n, worst=True)),
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
)
