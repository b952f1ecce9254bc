"""From a trained model to a sentence: greedy search, beam search, sampling.

All three serve every model that keeps the translator contract (`Translator`), whatever its state
is made of. Sentences are decoded in batches; one that has ended leaves the batch, so that it costs
nothing while the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from attention_course.data.batches import make_batch
from attention_course.data.checks import check_integers, check_sentences
from attention_course.data.vocabulary import BOS, EOS, PAD, Vocabulary
from attention_course.models.masks import check_tensor
from attention_course.training import as_module, device_of, evaluating, widened

END = "<eos>"


class State(Protocol):
    """What a model remembers between two steps, one row a sentence (or beam)."""

    def select(self, rows: Tensor) -> State:
        """The state whose row r is this state's row rows[r]; rows may repeat or be left out."""


class Translator(Protocol):
    """A model that translates, as the searches see it."""

    def start(self, source: Tensor, source_mask: Tensor) -> Any:
        """Reads the source (B, S) and returns the state before the first token."""

    def step(self, token: Tensor, state: Any) -> tuple[Tensor, Tensor, Any]:
        """Takes the last token (B,): logits (B, V), weights (B, N, H, S), the next state."""


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One decoded sentence.

    Attributes:
        tokens: ids without BOS; the last is EOS if the model ended the sentence itself.
        log_probability: sum of log p(token | tokens before, source), in nats.
        score: what the search ranked it by: log_probability over its length penalty.
        weights: attention while each token was chosen, (N, H, len(tokens), S) on the CPU; S is
            the padded length of the batch it was decoded in.
    """

    tokens: list[int]
    log_probability: float
    score: float
    weights: Tensor

    @property
    def ended(self) -> bool:
        """Whether the model ended the sentence itself, rather than the length limit."""
        return bool(self.tokens) and self.tokens[-1] == EOS


def length_limits(source_mask: Tensor, max_length: int | None) -> list[int]:
    """How many tokens each sentence may have: `max_length`, or twice its own length plus ten.

    A sentence's own length, not the batch's: else its translation would depend on its neighbours.
    """
    if max_length is None:
        return (2 * source_mask.sum(1) + 10).tolist()
    check_integers(1, max_length=max_length)
    return [max_length] * len(source_mask)


def _check_tensors(source: object, source_mask: object) -> None:
    """What the search itself needs of them; their shapes are the model's to check."""
    check_tensor("source", source)
    check_tensor("source_mask", source_mask)


# --- one token after the other --------------------------------------------------------------


def greedy(
    model: Translator, source: Tensor, source_mask: Tensor, *, max_length: int | None = None
) -> list[Hypothesis]:
    """Takes the most probable token at each step (of equals the one with the lowest id).

    Args:
        source: (B, S) int64, on the model's device. source_mask: (B, S) bool, True = a word.
        max_length: most tokens a sentence, EOS included; None = twice its source length plus 10.

    Returns:
        one hypothesis for each sentence, in order.

    Raises:
        ValueError: source or source_mask is no tensor, or max_length is out of range.
    """
    return _one_by_one(model, source, source_mask, max_length, lambda log_p: log_p.argmax(-1))


def sample(
    model: Translator,
    source: Tensor,
    source_mask: Tensor,
    *,
    generator: torch.Generator,
    temperature: float = 1.0,
    max_length: int | None = None,
) -> list[Hypothesis]:
    """Draws each token from p(token | before)^(1/temperature), normalised (ancestral sampling).

    `log_probability` is that of the model itself (temperature 1), whatever the temperature.
    Other arguments as in `greedy`.

    Raises:
        ValueError: the temperature is not positive; else as in `greedy`.
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature is {temperature}, expected a positive number; greedy() is the limit at 0"
        )

    def draw(log_p: Tensor) -> Tensor:
        p = (log_p / temperature).softmax(-1).to(generator.device)
        return torch.multinomial(p, 1, generator=generator).squeeze(1).to(log_p.device)

    return _one_by_one(model, source, source_mask, max_length, draw)


def _one_by_one(
    model: Translator,
    source: Tensor,
    source_mask: Tensor,
    max_length: int | None,
    choose: Callable[[Tensor], Tensor],
) -> list[Hypothesis]:
    _check_tensors(source, source_mask)
    count = len(source)
    limits = length_limits(source_mask, max_length)
    tokens: list[list[int]] = [[] for _ in range(count)]
    totals = [0.0] * count
    weights: list[list[Tensor]] = [[] for _ in range(count)]

    with evaluating(as_module(model)):
        state = model.start(source, source_mask)
        going = list(range(count))
        last = torch.full((count,), BOS, device=source.device)
        while going:
            logits, attention, state = model.step(last, state)  # (R, V), (R, N, H, S)
            log_p = widened(logits).log_softmax(-1)
            last = choose(log_p)  # (R,)
            gained = log_p.gather(1, last[:, None]).squeeze(1).tolist()
            attention = attention.cpu()
            for row, (sentence, token) in enumerate(zip(going, last.tolist(), strict=True)):
                tokens[sentence].append(token)
                totals[sentence] += gained[row]
                weights[sentence].append(attention[row])
            kept = [
                row
                for row, sentence in enumerate(going)
                if tokens[sentence][-1] != EOS and len(tokens[sentence]) < limits[sentence]
            ]
            if len(kept) < len(going):
                rows = torch.tensor(kept, dtype=torch.int64, device=source.device)
                going = [going[row] for row in kept]
                last = last[rows]
                state = state.select(rows) if kept else state

    return [
        Hypothesis(tokens[b], totals[b], totals[b], torch.stack(weights[b], dim=2))
        for b in range(count)
    ]


# --- beam search ----------------------------------------------------------------------------


def length_penalty_of(length: int, alpha: float) -> float:
    """((5 + length) / 6)^alpha; 1 for alpha = 0 (Wu et al., 1609.08144, Eq. 14)."""
    return ((5 + length) / 6) ** alpha


@dataclass(frozen=True)
class _Step:
    """One step of the search, kept to trace a hypothesis back to its beginning."""

    row_of: dict[int, int]  # sentence -> its row among those still searched
    parents: list[list[int]]  # (A, W): which beam of the step before
    tokens: list[list[int]]  # (A, W): and the token it was continued with
    weights: Tensor  # (A, W, N, H, S): attention of the beams that were continued


@dataclass(frozen=True)
class _End:
    """A hypothesis that left the beam: its last step, the beam it continued, its last token."""

    step: int
    beam: int
    token: int
    log_probability: float
    score: float


def beam_search(
    model: Translator,
    source: Tensor,
    source_mask: Tensor,
    *,
    width: int = 4,
    length_penalty: float = 0.0,
    max_length: int | None = None,
    n_best: int = 1,
) -> list[list[Hypothesis]]:
    """Keeps the `width` most probable beginnings of each sentence; width 1 is greedy search.

    At each step all continuations of a sentence's beams are ranked by log-probability (ties: the
    better beam, then the lower id). Those among the first `width` that end in EOS are finished;
    the first `width` that do not are continued. A sentence is done when `width` hypotheses have
    finished, when none that is still open could reach the `n_best` finished ones, or at its
    length limit. Beams cut off by the limit are ranked after all that ended by themselves.

    Args:
        source: (B, S) int64, on the model's device. source_mask: (B, S) bool, True = a word.
        width: beams a sentence.
        length_penalty: alpha in score = log p / ((5 + length) / 6)^alpha; 0 ranks by log p.
        max_length: most tokens a sentence, EOS included; None = twice its source length plus 10.
        n_best: hypotheses wanted for each sentence, at most `width`.

    Returns:
        for each sentence its hypotheses, best score first: n_best of them, or fewer where the
        vocabulary is too small to have that many.

    Raises:
        ValueError: width, n_best, length_penalty or max_length is out of range, or source or
            source_mask is no tensor.
    """
    check_integers(1, width=width)
    check_integers(n_best=n_best)
    if not 1 <= n_best <= width:
        raise ValueError(f"n_best is {n_best}, expected 1 up to width = {width}")
    if length_penalty < 0:
        raise ValueError(f"length_penalty is {length_penalty}, expected 0 or more")
    _check_tensors(source, source_mask)
    count, device = len(source), source.device
    limits = length_limits(source_mask, max_length)
    finished: list[list[_End]] = [[] for _ in range(count)]
    cut: list[list[_End]] = [[] for _ in range(count)]
    history: list[_Step] = []

    with evaluating(as_module(model)):
        going = list(range(count))
        state = model.start(source, source_mask)
        state = state.select(torch.arange(count, device=device).repeat_interleave(width))
        last = torch.full((count * width,), BOS, device=device)
        # all beams of a sentence are the same before the first token: only one of them counts
        running = torch.full((count, width), -torch.inf, device=device)  # (A, W)
        running[:, 0] = 0.0

        while going:
            step, rows = len(history), len(going)
            logits, weights, state = model.step(last, state)  # (A·W, V), (A·W, N, H, S)
            log_p = widened(logits).log_softmax(-1)
            vocabulary = log_p.shape[-1]
            totals = (running.reshape(-1, 1) + log_p).view(rows, width * vocabulary)
            # at most `width` of these end, so `width` that do not are among them
            best, index = _largest(totals, min(2 * width, width * vocabulary))
            beams, tokens = (index // vocabulary).tolist(), (index % vocabulary).tolist()
            values, places = best.tolist(), index.tolist()

            parents: list[list[int]] = []
            chosen: list[list[int]] = []
            kept_values: list[list[float]] = []
            kept_rows: list[int] = []
            for row, sentence in enumerate(going):
                penalty = length_penalty_of(step + 1, length_penalty)
                open_: list[int] = []
                for rank in range(len(places[row])):
                    value = values[row][rank]
                    if value == -torch.inf:  # not a continuation: an empty beam, or p = 0
                        break
                    if tokens[row][rank] != EOS:
                        open_.append(rank)
                    elif rank < width:
                        finished[sentence].append(
                            _End(step, beams[row][rank], EOS, value, value / penalty)
                        )
                open_ = open_[:width]
                missing = width - len(open_)
                parents.append([beams[row][rank] for rank in open_] + [0] * missing)
                chosen.append([tokens[row][rank] for rank in open_] + [PAD] * missing)
                kept_values.append([values[row][rank] for rank in open_] + [-torch.inf] * missing)

                at_limit = step + 1 == limits[sentence]
                if at_limit:
                    cut[sentence] = [
                        _End(step, beam, token, value, value / penalty)
                        for beam, token, value in zip(
                            parents[row], chosen[row], kept_values[row], strict=True
                        )
                        if value > -torch.inf
                    ]
                # log p can only fall and the penalty is greatest at the limit
                hope = kept_values[row][0] / length_penalty_of(limits[sentence], length_penalty)
                if not (at_limit or _is_done(finished[sentence], hope, width, n_best)):
                    kept_rows.append(row)
            history.append(
                _Step(
                    {sentence: row for row, sentence in enumerate(going)},
                    parents,
                    chosen,
                    weights.cpu().view(rows, width, *weights.shape[1:]),
                )
            )

            going = [going[row] for row in kept_rows]
            if going:
                kept = torch.tensor(kept_rows, device=device)  # (A',)
                beam_of = torch.tensor(parents, device=device)[kept]  # (A', W)
                state = state.select((kept[:, None] * width + beam_of).flatten())
                last = torch.tensor(chosen, device=device)[kept].flatten()
                running = torch.tensor(kept_values, dtype=totals.dtype, device=device)[kept]

    return [
        [_trace(history, b, end) for end in (_ranked(finished[b]) + _ranked(cut[b]))[:n_best]]
        for b in range(count)
    ]


def _largest(values: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest of each row, largest first, equals by position: values, positions (R, k)."""
    best, index = values.topk(k)
    if bool(((values >= best[:, -1:]).sum(1) > k).any()):
        # topk may take any of those that are equal to the last; a stable sort takes the first
        best, index = values.sort(dim=1, descending=True, stable=True)
        return best[:, :k], index[:, :k]
    index, order = index.sort(dim=1)
    best, by_value = best.gather(1, order).sort(dim=1, descending=True, stable=True)
    return best, index.gather(1, by_value)


def _is_done(finished: list[_End], hope: float, width: int, n_best: int) -> bool:
    """`hope` is an upper bound on the score that a beam still open can reach."""
    if hope == -torch.inf or len(finished) >= width:
        return True
    return len(finished) >= n_best and _ranked(finished)[n_best - 1].score >= hope


def _ranked(ends: list[_End]) -> list[_End]:
    return sorted(ends, key=lambda end: -end.score)  # stable: of equals the first found


def _trace(history: list[_Step], sentence: int, end: _End) -> Hypothesis:
    """Follows a hypothesis back to its beginning, collecting its tokens and its own weights."""
    tokens, beam = [end.token], end.beam
    last = history[end.step]
    weights = [last.weights[last.row_of[sentence], beam]]
    for step in reversed(history[: end.step]):
        row = step.row_of[sentence]
        tokens.append(step.tokens[row][beam])
        beam = step.parents[row][beam]
        weights.append(step.weights[row, beam])
    return Hypothesis(
        tokens[::-1], end.log_probability, end.score, torch.stack(weights[::-1], dim=2)
    )


# --- words in, words out --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Translation:
    """A translated sentence, for readers.

    Attributes:
        source, words: the sentence given and its translation, without end marks.
        weights: attention (T, S), a row for each of `tokens`, a column for each of
            `source_tokens`, so end marks included and every row summing to one; the mean where a
            model has several layers or heads; None for a model that attends nowhere.
        hypothesis: ids, log-probability and weights as the search found them.
    """

    source: tuple[str, ...]
    words: tuple[str, ...]
    weights: np.ndarray | None
    hypothesis: Hypothesis

    @property
    def source_tokens(self) -> tuple[str, ...]:
        """The source words and the end mark: the labels of the weights' columns."""
        return (*self.source, END)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words and, if the model ended the sentence, the end mark: labels of the rows."""
        return (*self.words, END) if self.hypothesis.ended else self.words

    def __str__(self) -> str:
        return " ".join(self.words)


def translate(
    model: Any,
    sentences: Sequence[Sequence[str]],
    source_vocabulary: Vocabulary,
    target_vocabulary: Vocabulary,
    *,
    width: int = 1,
    length_penalty: float = 0.0,
    max_length: int | None = None,
    batch_size: int = 64,
) -> list[Translation]:
    """Translates sentences given as lists of words, on the device where the model lies.

    Args:
        width: 1 for greedy search, more for beam search with `length_penalty`.

    Raises:
        TypeError: the model is no torch.nn.Module.
        ValueError: a sentence is empty, is one string instead of words, or has a word that a
            strict vocabulary does not know; or a number is out of range.
    """
    check_integers(1, width=width, batch_size=batch_size)
    check_sentences("sentences", sentences)
    encoded = [source_vocabulary.encode(sentence) for sentence in sentences]
    device = device_of(as_module(model))
    # neighbours of equal length waste no step on padding
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    found: dict[int, Translation] = {}
    for begin in range(0, len(order), batch_size):
        chunk = order[begin : begin + batch_size]
        batch = make_batch([(encoded[i], [EOS]) for i in chunk]).to(device)
        if width == 1:
            best = greedy(model, batch.source, batch.source_mask, max_length=max_length)
        else:
            best = [
                hypotheses[0]
                for hypotheses in beam_search(
                    model,
                    batch.source,
                    batch.source_mask,
                    width=width,
                    length_penalty=length_penalty,
                    max_length=max_length,
                )
            ]
        for i, hypothesis in zip(chunk, best, strict=True):
            found[i] = _in_words(sentences[i], len(encoded[i]), hypothesis, target_vocabulary)
    return [found[i] for i in range(len(encoded))]


def _in_words(
    source: Sequence[str], length: int, hypothesis: Hypothesis, vocabulary: Vocabulary
) -> Translation:
    # decode() drops PAD and BOS, which an untrained model may well say: so must the rows
    rows = [t for t, token in enumerate(hypothesis.tokens) if token not in (PAD, BOS)]
    weights = None
    if hypothesis.weights.shape[0] > 0:
        weights = hypothesis.weights[:, :, rows, :length].float().mean((0, 1)).numpy()
    return Translation(
        tuple(source), tuple(vocabulary.decode(hypothesis.tokens)), weights, hypothesis
    )
