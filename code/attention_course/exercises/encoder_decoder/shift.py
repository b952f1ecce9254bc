"""encoder_decoder.shift: which word goes into the decoder when which has to come out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.data.vocabulary import BOS, EOS, PAD
from attention_course.exercises.drawing import integers, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def teacher_forcing(words: Tensor) -> tuple[Tensor, Tensor]:
    """The reference."""
    target_in = torch.cat([_column(words, BOS), words], 1)
    return target_in, _ended(words)


def _column(words: Tensor, token: int) -> Tensor:
    return words.new_full((len(words), 1), token)


def _ended(words: Tensor) -> Tensor:
    """(B, T+1): EOS right behind the last word of each row."""
    ended = torch.cat([words, _column(words, PAD)], 1)
    lengths = (words != PAD).sum(1, keepdim=True)
    return ended.scatter(1, lengths, EOS)


def _by_rows(words: Tensor) -> list[Tensor]:
    width = words.shape[1] + 1
    rows = [[token for token in row if token != PAD] for row in words.tolist()]
    sides = [[[BOS, *row] for row in rows], [[*row, EOS] for row in rows]]
    return [torch.tensor([row + [PAD] * (width - len(row)) for row in side]) for side in sides]


def _padded(words: Tensor) -> tuple[Tensor, Tensor]:
    target_in = F.pad(words, (1, 0), value=BOS)
    target_out = F.pad(words, (0, 1), value=PAD)
    behind = (target_out == PAD) & (target_in != PAD)
    return target_in, torch.where(behind, EOS, target_out)


def _transposed(words: Tensor) -> tuple[Tensor, Tensor]:
    columns = words.T.contiguous()
    first = torch.full_like(columns[:1], BOS)
    target_out = torch.cat([columns, torch.full_like(columns[:1], PAD)])
    target_out[(columns != PAD).sum(0), torch.arange(len(words))] = EOS
    return torch.cat([first, columns]).T, target_out.T


def _eos_last(words: Tensor) -> tuple[Tensor, Tensor]:
    return teacher_forcing(words)[0], torch.cat([words, _column(words, EOS)], 1)


def _eos_to_the_end(words: Tensor) -> tuple[Tensor, Tensor]:
    target_in, target_out = teacher_forcing(words)
    return target_in, torch.where(target_out == PAD, EOS, target_out)


def _same(words: Tensor) -> tuple[Tensor, Tensor]:
    return _ended(words), _ended(words)


def _whole_in(words: Tensor) -> tuple[Tensor, Tensor]:
    whole = torch.cat([_column(words, BOS), _ended(words)], 1)
    return whole, whole[:, 1:]


def _out_begins_with_bos(words: Tensor) -> tuple[Tensor, Tensor]:
    target_in = teacher_forcing(words)[0]
    return target_in, target_in


def _one_further(words: Tensor) -> tuple[Tensor, Tensor]:
    target_in, target_out = teacher_forcing(words)
    return target_in, torch.cat([target_out[:, 1:], _column(words, PAD)], 1)


def _inputs(*lengths: int) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {"words": integers(generator, 4, 50, *mask.shape) * mask}

    return draw


QUESTION = Question(
    id="encoder_decoder.shift",
    answer="teacher_forcing",
    title="What goes in when what must come out",
    points=9,
    minutes=10,
    difficulty=2,
    kind="write",
    cases=(
        Case("sentences of unequal length", _inputs(5, 2, 4)),
        Case("a batch of one", _inputs(3)),
        Case("sentences of one word", _inputs(1, 1)),
    ),
    reference=teacher_forcing,
    mistakes=(
        Mistake(
            "end mark behind the padding",
            "your end mark stands in the last column; in the shorter sentences it belongs right "
            "behind the last word, before the padding",
            _eos_last,
        ),
        Mistake(
            "end marks to the end",
            "you put an end mark at every position of the padding; one right behind the last word "
            "is enough",
            _eos_to_the_end,
        ),
        Mistake(
            "no room",
            "there is no room for the end mark of the longest sentence: the results have one "
            "column more than the words",
            lambda words: tuple(side[:, :-1] for side in teacher_forcing(words)),
        ),
        Mistake(
            "the same in and out",
            "what goes in is what must come out, so the decoder would only copy; the input is one "
            "step behind and begins with BOS",
            _same,
        ),
        Mistake(
            "out is in",
            "your target_out begins with BOS; nobody has to predict the beginning, it is given",
            _out_begins_with_bos,
        ),
        Mistake(
            "end mark goes in",
            "your target_in holds the end mark as well; after it nothing has to be predicted",
            _whole_in,
        ),
        Mistake(
            "no marks",
            "the marks are missing: BOS goes in before the first word, EOS must come out after the "
            "last",
            lambda words: (words, words),
        ),
        Mistake(
            "swapped",
            "your two results have changed places: target_in comes first",
            lambda words: teacher_forcing(words)[::-1],
        ),
        Mistake(
            "no end mark",
            "nothing tells the decoder to stop: EOS must come out after the last word",
            lambda words: (teacher_forcing(words)[0], F.pad(words, (0, 1), value=PAD)),
        ),
        Mistake(
            "one too far",
            "your target_out is one word too far: after BOS the first word must come out",
            _one_further,
        ),
    ),
    alternatives={
        "row by row": _by_rows,
        "pad and where": _padded,
        "time first, not contiguous": _transposed,
    },
    barred=("attention_course.data.batches",),
)
