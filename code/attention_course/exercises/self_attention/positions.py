"""self_attention.positions: sinusoids that are added; 1706.03762, Section 3.5."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.self_attention.positions_answers import (
    along_the_batch,
    by_logarithms,
    number_by_number,
    own_exponents,
    positions_with,
    shifted_sines,
    through_the_batch,
    with_positions,
)
from attention_course.exercises.values import Value

PAPERS = 10_000.0


def _inputs(batch: int, words: int, d: int, base: float) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {"x": normal(generator, batch, words, d), "base": base}

    return draw


QUESTION = Question(
    id="self_attention.positions",
    answer="with_positions",
    title="Tell the words where they stand",
    points=12,
    minutes=10,
    difficulty=2,
    kind="write",
    cases=(
        Case("an odd number of words", _inputs(3, 7, 6, 50.0)),
        Case("as many texts as words", _inputs(5, 5, 8, 200.0)),
        Case("a batch of one, the paper's base", _inputs(1, 9, 4, PAPERS)),
        Case("two numbers a word", _inputs(4, 5, 2, 100.0)),
        Case("more numbers than words", _inputs(2, 3, 12, 20.0)),
    ),
    reference=with_positions,
    mistakes=(
        Mistake(
            "along the batch",
            "your positions go along the batch: all words of a text get one position; they go "
            "along the words, the second dimension",
            positions_with(places=along_the_batch),
        ),
        Mistake(
            "through the batch",
            "your positions go on from one text to the next; each text begins with 0",
            positions_with(places=through_the_batch),
        ),
        Mistake(
            "from one",
            "your positions count from 1; the first word is at 0, where all sines are 0 and all "
            "cosines 1",
            positions_with(places=lambda x: torch.arange(1, x.shape[1] + 1)[:, None]),
        ),
        Mistake(
            "from the end",
            "your positions count from the end of the text",
            positions_with(places=lambda x: torch.arange(x.shape[1]).flip(0)[:, None]),
        ),
        Mistake(
            "shares of the text",
            "your positions are shares of the text, t/T, so that they depend on its length; they "
            "are t itself",
            positions_with(places=lambda x: torch.arange(x.shape[1])[:, None] / x.shape[1]),
        ),
        Mistake(
            "in halves",
            "your vectors have all sines first and then all cosines, as the authors' program does; "
            "here sine and cosine of one wavelength stand side by side, as in the formula",
            positions_with(waves=lambda angles: torch.cat([angles.sin(), angles.cos()], -1)),
        ),
        Mistake(
            "cosines first",
            "your pairs have the cosine first; number 2i is the sine and 2i + 1 the cosine",
            positions_with(
                waves=lambda angles: torch.stack([angles.cos(), angles.sin()], -1).flatten(-2)
            ),
        ),
        Mistake(
            "sines alone",
            "your numbers are all sines; every second one is a cosine",
            positions_with(waves=lambda angles: angles.sin().repeat_interleave(2, -1)),
        ),
        Mistake(
            "cosines alone",
            "your numbers are all cosines; the even ones, from number 0 on, are sines",
            positions_with(waves=lambda angles: angles.cos().repeat_interleave(2, -1)),
        ),
        Mistake(
            "as in the authors' program",
            "this is what the authors' program does, not their formula: all sines come first "
            "there, and the exponent goes to 1",
            positions_with(
                waves=lambda angles: torch.cat([angles.sin(), angles.cos()], -1),
                exponents=lambda d: torch.arange(d // 2) / max(1, d // 2 - 1),
            ),
        ),
        Mistake(
            "i from one",
            "your i counts from 1; it counts from 0, so that the first pair has the exponent 0",
            positions_with(exponents=lambda d: torch.arange(2, d + 2, 2) / d),
        ),
        Mistake(
            "d of the words",
            "your exponent is divided by the number of words; d is how many numbers a word has",
            lambda x, base: positions_with(exponents=lambda d: torch.arange(0, d, 2) / x.shape[1])(
                x, base
            ),
        ),
        Mistake(
            "half the exponent",
            "your exponent is half of the formula's: with i = 0, …, d/2 − 1 it is 2i/d, which goes "
            "to almost 1, not i/d",
            positions_with(exponents=lambda d: torch.arange(d // 2) / d),
        ),
        Mistake(
            "twice the exponent",
            "your exponent is twice the formula's: torch.arange(0, d, 2) is 2i already, so that it "
            "is divided by d and not multiplied by 2 again",
            positions_with(exponents=lambda d: 2 * torch.arange(0, d, 2) / d),
        ),
        Mistake(
            "an exponent each",
            "your cosine has the exponent (2i + 1)/d; sine and cosine of a pair share one, 2i/d",
            own_exponents(1),
        ),
        Mistake(
            "i of the numbers",
            "your i counts the numbers of a vector; it counts the pairs of sine and cosine, from 0 "
            "to d/2 − 1, and both numbers of a pair share the exponent 2i/d",
            own_exponents(2),
        ),
        Mistake(
            "up to the base",
            "your exponent goes to 1, i/(d/2 − 1), as in the authors' program; in the formula it "
            "is 2i/d, which stays below 1",
            positions_with(exponents=lambda d: torch.arange(d // 2) / max(1, d // 2 - 1)),
        ),
        Mistake(
            "multiplied",
            "your angles are positions times base^(2i/d); they are divided by it",
            positions_with(angles=lambda place, wavelengths: place * wavelengths),
        ),
        Mistake(
            "turns for angles",
            "your angles are multiplied by 2π; the formula has none, so that the shortest "
            "wavelength is 2π words",
            positions_with(angles=lambda place, wavelengths: 2 * torch.pi * place / wavelengths),
        ),
        Mistake(
            "another base",
            "your base is 10 000 whatever is asked for; take the argument",
            lambda x, base: with_positions(x, PAPERS),
        ),
        Mistake(
            "positions alone",
            "these are the positions' vectors alone; they are added to x",
            positions_with(join=lambda x, vectors: vectors.expand_as(x)),
        ),
        Mistake(
            "positions alone, without the batch",
            "these are the positions' vectors alone, (T, d); added to x, they go to every text",
            positions_with(join=lambda x, vectors: vectors),
        ),
        Mistake(
            "multiplied with x",
            "you multiply x by the positions' vectors; they are added",
            positions_with(join=torch.mul),
        ),
        Mistake(
            "subtracted",
            "you take the positions' vectors off x; they are added",
            positions_with(join=torch.sub),
        ),
        Mistake(
            "x times the root of d",
            "you multiply x by √d first; chapter 9's models do so where they look words up, and "
            "here x is what came of that",
            positions_with(join=lambda x, vectors: x * x.shape[-1] ** 0.5 + vectors),
        ),
        Mistake(
            "joined",
            "you put the positions' vectors behind x, which makes 2d numbers; they are added",
            positions_with(join=lambda x, vectors: torch.cat([x, vectors.expand_as(x)], -1)),
        ),
    ),
    alternatives={
        "number by number": number_by_number,
        "by logarithms, in slices": by_logarithms,
        "shifted sines, double precision": shifted_sines,
    },
    barred=(
        "attention_course.models.positions",
        "attention_course.models.transformer",
        "attention_course.exercises.self_attention",
    ),
)
