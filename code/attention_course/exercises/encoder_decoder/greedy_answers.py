"""Answers to encoder_decoder.greedy: right ones, and a run in which one thing is wrong."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from attention_course.data.vocabulary import BOS, EOS

Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def greedy(step: Step, state: Tensor, max_length: int) -> list[list[int]]:
    """The reference."""
    token = torch.full((len(state),), BOS)
    tokens: list[list[int]] = [[] for _ in state]
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        for sentence, word in zip(tokens, token.tolist(), strict=True):
            if not ended(sentence):
                sentence.append(word)
        if all(map(ended, tokens)):
            break
    return tokens


def ended(sentence: list[int]) -> bool:
    """Whether the last word is the end mark."""
    return bool(sentence) and sentence[-1] == EOS


# --- right, written otherwise -----------------------------------------------------------------


def columns(step: Step, state: Tensor, max_length: int) -> list[list[int]]:
    """All sentences a word further at a time, and cut in the end."""
    written: list[Tensor] = []
    token = torch.full((len(state),), BOS)
    done = torch.zeros(len(state), dtype=torch.bool)
    while len(written) < max_length and not done.all():
        logits, state = step(token, state)
        token = logits.softmax(-1).max(-1).indices
        written.append(token)
        done |= token == EOS
    return [cut(row) for row in torch.stack(written, 1).tolist()]


def cut(row: list[int]) -> list[int]:
    """A row up to its first end mark."""
    return row[: row.index(EOS) + 1] if EOS in row else row


def one_by_one(step: Step, state: Tensor, max_length: int) -> tuple[Tensor, ...]:
    """One sentence after the other, each a tensor."""
    sentences = []
    for row in state:
        s, sentence = row[None], [BOS]
        while len(sentence) <= max_length and sentence[-1] != EOS:
            logits, s = step(torch.tensor(sentence[-1:]), s)
            sentence.append(int(logits[0].argmax()))
        sentences.append(torch.tensor(sentence[1:]))
    return tuple(sentences)


def shrinking(step: Step, state: Tensor, max_length: int) -> list[list[int]]:
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


def run(
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
    token, written = torch.full((len(state),), BOS), []
    for _ in range(max_length):
        logits, new = step(token, state)
        chosen = logits.argmin(-1) if worst else logits.argmax(-1)
        written.append(chosen)
        token, state = (chosen if feed else token), (new if carry else state)
        if stop_early and (chosen == EOS).any():
            break
    return torch.stack(written, 1).tolist()


def cut_all(rows: list[list[int]]) -> list[list[int]]:
    """Rows up to the first end mark of each."""
    return [cut(row) for row in rows]
