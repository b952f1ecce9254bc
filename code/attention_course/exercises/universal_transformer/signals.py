"""universal_transformer.signals: X^t = H^{t-1} + P^t; 1807.03819, Section 2.1."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import integers, normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.positions import sinusoids

Into = Callable[[Tensor, Tensor, int], Tensor]


def into_step(h: Tensor, first: Tensor, step: int) -> Tensor:
    """The reference."""
    return h + _place_signal(h, _places(h, first)) + _step_signal(h, step)


def _places(h: Tensor, first: Tensor) -> Tensor:
    """The position of every word (B, S)."""
    return first[:, None] + torch.arange(h.shape[1])


def _place_signal(h: Tensor, places: Tensor) -> Tensor:
    return sinusoids(places, h.shape[-1])


def _step_signal(h: Tensor, step: int) -> Tensor:
    return sinusoids(torch.tensor(step), h.shape[-1])


def _with_places(places: Callable[[Tensor, Tensor], Tensor]) -> Into:
    """The right answer with other positions, made of h and first."""
    return lambda h, first, step: h + _place_signal(h, places(h, first)) + _step_signal(h, step)


# --- right, written otherwise -----------------------------------------------------------------


def _from_a_table(h: Tensor, first: Tensor, step: int) -> Tensor:
    B, S, d = h.shape
    table = sinusoids(torch.arange(1 + max(step, int(first.max()) + S)), d)
    rows = torch.stack([table[begin : begin + S] for begin in first.tolist()])
    return h + (rows + table[step].expand(B, S, d))


def _number_by_number(h: Tensor, first: Tensor, step: int) -> Tensor:
    result = h.double().clone()
    for b, i, k in torch.cartesian_prod(*map(torch.arange, h.shape)).tolist():
        wave = math.sin if k % 2 == 0 else math.cos
        slow = 10_000 ** (2 * (k // 2) / h.shape[-1])
        result[b, i, k] += wave((int(first[b]) + i) / slow) + wave(step / slow)
    return result


def _words_first(h: Tensor, first: Tensor, step: int) -> Tensor:
    """The words in the first dimension; the result is not contiguous."""
    places = torch.arange(h.shape[1])[:, None] + first  # (S, B)
    both = sinusoids(torch.stack([places, torch.full_like(places, step)]), h.shape[-1]).sum(0)
    return (h.transpose(0, 1) + both).transpose(0, 1)


# --- wrong ------------------------------------------------------------------------------------


def _numbers_added(h: Tensor, first: Tensor, step: int) -> Tensor:
    return h + _place_signal(h, _places(h, first) + step)


def _all_steps_so_far(h: Tensor, first: Tensor, step: int) -> Tensor:
    steps = sum(_step_signal(h, t) for t in range(1, step + 1))
    return h + step * _place_signal(h, _places(h, first)) + steps


def _first_word_alone(h: Tensor, first: Tensor) -> Tensor:
    places = torch.arange(h.shape[1]).repeat(len(h), 1)
    places[:, 0] += first
    return places


def _halves(h: Tensor, first: Tensor, step: int) -> Tensor:
    """Sines in the first half of a vector, cosines in the second."""
    both = into_step(torch.zeros_like(h), first, step)
    return h + torch.cat([both[..., 0::2], both[..., 1::2]], dim=-1)


def _inputs(S: int, d: int, step: int, *, sentences: int, most: int = 6) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "h": normal(generator, sentences, S, d),
            # no two sentences begin at the same place
            "first": integers(generator, 1, 1 + most, sentences).cumsum(0).flip(0),
            "step": step,
        }

    return draw


QUESTION = Question(
    id="universal_transformer.signals",
    answer="into_step",
    title="Say where and when",
    points=12,
    minutes=8,
    difficulty=1,
    kind="write",
    cases=(
        Case("several sentences", _inputs(5, 8, 2, sentences=3)),
        Case("a batch of one", _inputs(6, 4, 3, sentences=1)),
        Case("equal sizes", _inputs(4, 4, 4, sentences=4)),
        Case("the first step", _inputs(3, 6, 1, sentences=2)),
        Case("late positions", _inputs(4, 10, 5, sentences=2, most=40)),
    ),
    reference=into_step,
    mistakes=(
        Mistake(
            "no step signal",
            "the signal of the step is missing: the layer cannot tell the first round from the "
            "fourth",
            lambda h, first, step: h + _place_signal(h, _places(h, first)),
        ),
        Mistake(
            "no position signal",
            "the signal of the position is missing: it goes in before every step, with that of the "
            "step",
            lambda h, first, step: h + _step_signal(h, step),
        ),
        Mistake(
            "signals alone",
            "these are the signals alone; they are added to the state h",
            lambda h, first, step: into_step(torch.zeros_like(h), first, step),
        ),
        Mistake(
            "steps from zero",
            "your steps count from 0; the first step has the number 1, and step is that number",
            lambda h, first, step: into_step(h, first, step - 1),
        ),
        Mistake(
            "steps from two",
            "your steps are one too high: step is the number of the step that begins, from 1",
            lambda h, first, step: into_step(h, first, step + 1),
        ),
        Mistake(
            "positions from one",
            "your positions are one too high: the first word of a sentence stands at first[b] "
            "itself",
            _with_places(lambda h, first: _places(h, first) + 1),
        ),
        Mistake(
            "no offset",
            "all your sentences begin at position 0; sentence b begins at first[b]",
            _with_places(lambda h, first: torch.arange(h.shape[1]).expand(h.shape[:2])),
        ),
        Mistake(
            "as in a Transformer",
            "you add positions from 0 and nothing more, as a Transformer does once: here sentence "
            "b begins at first[b], and the signal of the step is added, too",
            lambda h, first, step: h + sinusoids(torch.arange(h.shape[1]), h.shape[-1]),
        ),
        Mistake(
            "positions along the batch",
            "your positions go along the batch: they count the words of a sentence, the second "
            "dimension",
            _with_places(lambda h, first: torch.arange(len(h))[:, None].expand(h.shape[:2])),
        ),
        Mistake(
            "one place for a sentence",
            "all words of a sentence get the position of its first word; count on from there, word "
            "by word",
            _with_places(lambda h, first: first[:, None].expand(h.shape[:2])),
        ),
        Mistake(
            "offsets along the words",
            "your offsets (B,) lie along the words, so that each word has one of its own: "
            "first[:, None] gives each sentence one",
            _with_places(lambda h, first: (first + torch.arange(h.shape[1])).expand(h.shape[:2])),
        ),
        Mistake(
            "one offset for all",
            "all your sentences begin where the first one does; sentence b begins at first[b]",
            _with_places(lambda h, first: _places(h, first[:1]).expand(h.shape[:2])),
        ),
        Mistake(
            "the first word moved alone",
            "only the first word of your sentences is moved; the whole sentence begins there",
            _with_places(_first_word_alone),
        ),
        Mistake(
            "offsets taken away",
            "you take the offset away; positions count up from it",
            _with_places(lambda h, first: _places(h, -first)),
        ),
        Mistake(
            "numbers added",
            "you add position and step before the sines are taken, so that position 3 in step 1 "
            "is position 1 in step 3; take the sines of each, then add",
            _numbers_added,
        ),
        Mistake(
            "number of the step",
            "you add the number of the step itself; its sinusoids are added, like those of a "
            "position",
            lambda h, first, step: h + _place_signal(h, _places(h, first)) + step,
        ),
        Mistake(
            "signals multiplied",
            "you multiply the two signals; they are added",
            lambda h, first, step: h + _place_signal(h, _places(h, first)) * _step_signal(h, step),
        ),
        Mistake(
            "all steps so far",
            "you add the signals of all steps so far; what earlier steps were given is in h "
            "already",
            _all_steps_so_far,
        ),
        Mistake(
            "scaled",
            "you multiply the state by √d; that is for the words' embeddings, once, before the "
            "first step",
            lambda h, first, step: into_step(h * h.shape[-1] ** 0.5, first, step),
        ),
        Mistake(
            "halved",
            "you take the mean of the two signals; they are added",
            lambda h, first, step: h + into_step(torch.zeros_like(h), first, step) / 2,
        ),
        Mistake(
            "sines first",
            "your sines stand in the first half and your cosines in the second; they alternate, as "
            "sinusoids gives them",
            _halves,
        ),
    ),
    alternatives={
        "from a table": _from_a_table,
        "number by number": _number_by_number,
        "words first": _words_first,
    },
    barred=(
        "attention_course.models.universal_transformer",
        "attention_course.exercises.universal_transformer",
    ),
)
