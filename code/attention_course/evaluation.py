"""How good a translator is, measured the ways the papers do.

Scores of words (BLEU, chrF, exact match), of single predictions (token accuracy, loss), and of
attention against gold alignments: alignment error rate, the mass that lies near the gold position,
and how far off the strongest position is. `evaluate` computes all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sacrebleu
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import nn

from attention_course.data.batches import in_order
from attention_course.data.checks import check_integers, check_sentences
from attention_course.data.pairs import Corpus, Pair
from attention_course.decoding import Translation, translate
from attention_course.training import device_of, evaluating, widened

Link = tuple[int, int]  # (target index, source index), from 0
Words = Sequence[str]


# --- words ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """A score and the settings it was computed with, in sacrebleu's notation."""

    value: float
    signature: str

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.signature})"


def bleu(hypotheses: Sequence[Words], references: Sequence[Words]) -> Score:
    """BLEU over the whole corpus, 0 to 100, by sacrebleu; the words are taken as they are given.

    It is the geometric mean of the precisions of n-grams up to n = 4. Where the references together
    hold no 4-gram (all have fewer than four words) it is therefore 0.0, even for perfect
    translations: use `exact_match` or `chrf` there.

    Raises:
        ValueError: the lists differ in length or are empty, or hold strings instead of words.
    """
    # force: sacrebleu would otherwise warn that the text looks split into words, as it is
    return _corpus_score(sacrebleu.BLEU(tokenize="none", force=True), hypotheses, references)


def chrf(hypotheses: Sequence[Words], references: Sequence[Words]) -> Score:
    """chrF2 over the whole corpus, 0 to 100, by sacrebleu. Raises as `bleu` does."""
    return _corpus_score(sacrebleu.CHRF(), hypotheses, references)


def _corpus_score(metric: Any, hypotheses: Sequence[Words], references: Sequence[Words]) -> Score:
    _check_paired(hypotheses, references)
    value = metric.corpus_score(
        [" ".join(words) for words in hypotheses], [[" ".join(words) for words in references]]
    ).score
    return Score(float(value), str(metric.get_signature()))


def exact_match(hypotheses: Sequence[Words], references: Sequence[Words]) -> float:
    """Share of sentences that are right in every word, 0 to 1. Raises as `bleu` does."""
    _check_paired(hypotheses, references)
    hits = [list(h) == list(r) for h, r in zip(hypotheses, references, strict=True)]
    return sum(hits) / len(hits)


def _check_paired(hypotheses: Sequence[Words], references: Sequence[Words]) -> None:
    check_sentences("hypotheses", hypotheses)
    check_sentences("references", references)
    if len(hypotheses) != len(references):
        raise ValueError(
            f"{len(hypotheses)} hypotheses came with {len(references)} references, "
            "expected one reference for each"
        )
    if not hypotheses:
        raise ValueError("there are no sentences to score, expected at least one")


# --- alignments -----------------------------------------------------------------------------


def links(weights: ArrayLike) -> set[Link]:
    """The pair (t, s) of the strongest position in each row of weights (T, S), the first of equals.

    Raises:
        ValueError: the weights are no matrix with at least one column.
    """
    matrix = _matrix(weights)
    return {(t, int(s)) for t, s in enumerate(matrix.argmax(1))}


def alignment_error_rate(
    predicted: Sequence[AbstractSet[Link]],
    sure: Sequence[AbstractSet[Link]],
    possible: Sequence[AbstractSet[Link]] | None = None,
) -> float:
    """1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|) over the whole corpus; 0 is a perfect alignment.

    Och and Ney (2003), "A systematic comparison of various statistical alignment models". Sets are
    counted over all sentences together, not averaged sentence by sentence.

    Args:
        predicted: the links A of each sentence.
        sure: the gold links S that must be there.
        possible: the gold links P that may be there, S among them; None = S.

    Raises:
        ValueError: the lists differ in length, a sure link is not possible, or all are empty.
    """
    possible = sure if possible is None else possible
    if not len(predicted) == len(sure) == len(possible):
        raise ValueError(
            f"predicted, sure and possible hold {len(predicted)}, {len(sure)} and "
            f"{len(possible)} sentences, expected equal numbers"
        )
    found = wanted = hits = 0
    for a, s, p in zip(predicted, sure, possible, strict=True):
        if not s <= p:
            raise ValueError(f"the sure links {sorted(s - p)} are not among the possible ones")
        found += len(a)
        wanted += len(s)
        hits += len(a & s) + len(a & p)
    if found + wanted == 0:
        raise ValueError("there are neither predicted nor sure links, expected at least one")
    return 1 - hits / (found + wanted)


def gold_masses(weights: ArrayLike, gold: AbstractSet[Link], within: int = 0) -> list[float]:
    """The attention that lies at most `within` positions from a gold link, for each linked word.

    Args:
        weights: (T, S). gold: links (t, s); target words without one are left out.

    Returns:
        a number from 0 to 1 for each linked target word, in order.
    """
    matrix = _matrix(weights)
    near: dict[int, set[int]] = {}
    for t, s in gold:
        near.setdefault(t, set()).update(range(max(0, s - within), s + within + 1))
    return [
        float(matrix[t, [s for s in near[t] if s < matrix.shape[1]]].sum()) for t in sorted(near)
    ]


def gold_offsets(weights: ArrayLike, gold: AbstractSet[Link]) -> list[int]:
    """How far the strongest position lies to the right of the nearest gold one, per linked word.

    0 means on it, +1 one word later in the source. Of two gold positions equally far away the left
    one counts. Arguments as in `gold_masses`.
    """
    matrix = _matrix(weights)
    of: dict[int, list[int]] = {}
    for t, s in sorted(gold):
        of.setdefault(t, []).append(s)
    strongest = matrix.argmax(1)
    return [min((int(strongest[t]) - s for s in positions), key=abs) for t, positions in of.items()]


def _matrix(weights: ArrayLike) -> np.ndarray:
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise ValueError(f"weights has shape {matrix.shape}, expected (T, S) with S at least 1")
    return matrix


# --- the whole report -----------------------------------------------------------------------


def by_length(lengths: Sequence[int], *, bucket: int = 5) -> dict[tuple[int, int], list[int]]:
    """Sorts sentences into 1…bucket words, bucket + 1…2·bucket words, and so on.

    Returns:
        (shortest, longest) -> indices of the sentences of these lengths, in order; without
        empty buckets.
    """
    check_integers(1, bucket=bucket)
    rows: dict[tuple[int, int], list[int]] = {}
    for index, length in enumerate(lengths):
        longest = -(-length // bucket) * bucket
        rows.setdefault((longest - bucket + 1, longest), []).append(index)
    return dict(sorted(rows.items()))


@dataclass(frozen=True)
class Scores:
    """What was measured on a set of sentences.

    Attributes:
        sentences: how many.
        loss: nats per target token, EOS included, given the right words before it.
        token_accuracy: share of target tokens, EOS included, whose most probable prediction is
            right **given the right words before it** (teacher forcing).
        exact_match: share of sentences that the model, on its own, translated without an error.
        bleu, chrf: of the model's own translations, 0 to 100.
        aer: alignment error rate of the teacher-forced attention, a link for each target word to
            the position it attends to most; a word that attends most to the end mark has none.
            None where there is no gold alignment or no attention.
        gold_mass: k -> mean attention within k positions of a gold link, for k = 0, 1, 2.
        offsets: how often the strongest position lies so many words to the right of gold.
    """

    sentences: int
    loss: float
    token_accuracy: float
    exact_match: float
    bleu: float
    chrf: float
    aer: float | None
    gold_mass: Mapping[int, float] | None
    offsets: Mapping[int, int] | None


@dataclass(frozen=True)
class LengthRow(Scores):
    """`Scores` of sentences of like length.

    Attributes:
        shortest, longest: source words of the shortest and the longest sentence among them, which
            may lie inside the bucket's bounds.
    """

    shortest: int
    longest: int


@dataclass(frozen=True)
class Report(Scores):
    """`Scores` of all sentences, the same by source length, and the translations themselves."""

    bleu_signature: str
    chrf_signature: str
    by_length: list[LengthRow]
    translations: list[Translation] = field(repr=False)

    def __repr__(self) -> str:
        # no scores here: their last digits differ between machines, and this stands in notebooks
        return f"Report({self.sentences} sentences, {len(self.by_length)} lengths)"


@dataclass(frozen=True)
class _Sentence:
    """What one sentence adds to the scores."""

    pair: Pair
    loss: float
    correct: int
    tokens: int
    attention: np.ndarray | None  # (T, S + 1): a row a target word, a column a source token
    words: tuple[str, ...]


def evaluate(
    model: nn.Module,
    pairs: Sequence[Pair],
    corpus: Corpus,
    *,
    width: int = 1,
    length_penalty: float = 0.0,
    batch_size: int = 64,
    bucket: int = 5,
    max_length: int | None = None,
) -> Report:
    """Measures a translator on pairs of the corpus, on the device where the model lies.

    Args:
        pairs: for example corpus.test. corpus: gives the vocabularies.
        width, length_penalty, max_length: of the search (`decoding.translate`).
        bucket: source words in a row of `by_length`.

    Raises:
        TypeError: the model is no torch.nn.Module.
        ValueError: there are no pairs, or an argument is out of range or of the wrong kind.
    """
    if not isinstance(corpus, Corpus):
        raise ValueError(
            f"corpus is a {type(corpus).__name__}, expected a Corpus such as load('translation')"
        )
    if not isinstance(pairs, Sequence):
        raise ValueError(f"pairs is a {type(pairs).__name__}, expected pairs such as corpus.test")
    if not pairs:
        raise ValueError("there are no pairs to evaluate on, expected at least one")
    for pair in pairs:
        if not isinstance(pair, Pair):
            raise ValueError(
                f"pairs holds a {type(pair).__name__}, expected pairs such as corpus.test"
            )
    check_integers(1, batch_size=batch_size, bucket=bucket)
    # neighbours of equal length waste no time on padding; the scores do not depend on the order
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].source))
    translations = translate(
        model,
        [pair.source for pair in pairs],
        corpus.source_vocabulary,
        corpus.target_vocabulary,
        width=width,
        length_penalty=length_penalty,
        max_length=max_length,
        batch_size=batch_size,
    )
    ordered = [pairs[i] for i in order]
    words = [translations[i].words for i in order]
    sentences = _teacher_forced(model, ordered, words, corpus, batch_size)
    lengths = [len(pair.source) for pair in ordered]
    rows = [
        LengthRow(
            **_scores([sentences[i] for i in indices]),
            shortest=min(lengths[i] for i in indices),
            longest=max(lengths[i] for i in indices),
        )
        for indices in by_length(lengths, bucket=bucket).values()
    ]
    references = [pair.target for pair in ordered]
    return Report(
        **_scores(sentences),
        bleu_signature=bleu(words, references).signature,
        chrf_signature=chrf(words, references).signature,
        by_length=rows,
        translations=translations,
    )


def _teacher_forced(
    model: nn.Module,
    pairs: Sequence[Pair],
    words: Sequence[tuple[str, ...]],
    corpus: Corpus,
    batch_size: int,
) -> list[_Sentence]:
    device = device_of(model)
    sentences: list[_Sentence] = []
    with evaluating(model):
        for batch in in_order(corpus.encode(pairs), batch_size):
            batch = batch.to(device)
            logits, weights = model(batch.source, batch.source_mask, batch.target_in)
            losses = F.cross_entropy(
                widened(logits).transpose(1, 2), batch.target_out, reduction="none"
            )  # (B, T)
            hits = (logits.argmax(-1) == batch.target_out) & batch.target_mask
            loss = (losses * batch.target_mask).sum(1).tolist()
            correct, tokens = hits.sum(1).tolist(), batch.target_mask.sum(1).tolist()
            # one matrix a sentence, whatever the number of layers and heads
            attention = weights.float().mean((1, 2)).cpu() if weights.shape[1] else None
            for row in range(len(loss)):
                pair = pairs[len(sentences)]
                sentences.append(
                    _Sentence(
                        pair,
                        loss[row],
                        correct[row],
                        tokens[row],
                        None
                        if attention is None
                        else attention[row, : len(pair.target), : len(pair.source) + 1].numpy(),
                        words[len(sentences)],
                    )
                )
    return sentences


def _scores(sentences: Sequence[_Sentence]) -> dict[str, Any]:
    words = [sentence.words for sentence in sentences]
    references = [sentence.pair.target for sentence in sentences]
    tokens = sum(sentence.tokens for sentence in sentences)
    scores: dict[str, Any] = {
        "sentences": len(sentences),
        "loss": sum(sentence.loss for sentence in sentences) / tokens,
        "token_accuracy": sum(sentence.correct for sentence in sentences) / tokens,
        "exact_match": exact_match(words, references),
        "bleu": bleu(words, references).value,
        "chrf": chrf(words, references).value,
        "aer": None,
        "gold_mass": None,
        "offsets": None,
    }
    aligned = [
        (s.attention, s.pair.alignment)
        for s in sentences
        if s.attention is not None and s.pair.alignment is not None
    ]
    if aligned:
        predicted = [
            # the last column is the end mark, which is no word
            {(t, s) for t, s in links(attention) if s < attention.shape[1] - 1}
            for attention, _ in aligned
        ]
        scores["aer"] = alignment_error_rate(predicted, [gold for _, gold in aligned])
        scores["gold_mass"] = {
            k: float(np.mean([m for a, gold in aligned for m in gold_masses(a, gold, k)]))
            for k in (0, 1, 2)
        }
        offsets = Counter(o for a, gold in aligned for o in gold_offsets(a, gold))
        scores["offsets"] = dict(sorted(offsets.items()))
    return scores
