"""The scores: against sacrebleu and nltk, and against small cases worked out by hand."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import sacrebleu
import torch
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import Vocabulary
from attention_course.decoding import translate
from attention_course.evaluation import (
    alignment_error_rate,
    bleu,
    by_length,
    chrf,
    evaluate,
    exact_match,
    gold_masses,
    gold_offsets,
    links,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.translate import metrics
from nltk.translate.api import Alignment
from tabulated import Tabulated
from torch import Tensor, nn

HYPOTHESES = ["the cat sees a dog .", "no , it is not", "she reads the red book", "yes"]
REFERENCES = ["the cat sees the dog .", "no , it is not", "she read a red book", "no"]


def words(lines: list[str]) -> list[list[str]]:
    return [line.split() for line in lines]


# --- words ---


def test_bleu_is_sacrebleus_on_the_words_as_given():
    found = bleu(words(HYPOTHESES), words(REFERENCES))
    expected = sacrebleu.corpus_bleu(HYPOTHESES, [REFERENCES], tokenize="none", force=True)
    assert found.value == pytest.approx(expected.score)
    assert 0 < found.value < 100
    assert "tok:none" in found.signature
    assert f"version:{sacrebleu.__version__}" in found.signature
    assert str(found) == f"{found.value:.2f} ({found.signature})"
    # "don't" and "." stay single words: a tokeniser would split or join them
    apart = bleu([["it", "'s", "a", "cat."]], [["it", "'s", "a", "cat", "."]])
    assert apart.value < 100


def test_bleu_counts_over_the_whole_corpus():
    found = bleu(words(HYPOTHESES), words(REFERENCES)).value
    each = [bleu([h], [r]).value for h, r in zip(words(HYPOTHESES), words(REFERENCES), strict=True)]
    assert found != pytest.approx(np.mean(each), abs=1.0)
    assert bleu(words(REFERENCES), words(REFERENCES)).value == pytest.approx(100)


def test_bleu_without_a_4_gram_is_zero_even_for_what_is_right():
    short = [["a", "cat", "sleeps"], ["he", "reads"]]
    assert bleu(short, short).value == 0.0
    assert exact_match(short, short) == 1.0
    assert chrf(short, short).value == pytest.approx(100)
    longer = [*short, ["she", "sees", "a", "dog"]]
    assert bleu(longer, longer).value == pytest.approx(100)


def test_chrf_is_sacrebleus():
    found = chrf(words(HYPOTHESES), words(REFERENCES))
    assert found.value == pytest.approx(sacrebleu.corpus_chrf(HYPOTHESES, [REFERENCES]).score)
    assert 0 < found.value < 100
    assert "nc:6" in found.signature


def test_exact_match_is_the_share_of_equal_sentences():
    assert exact_match(words(HYPOTHESES), words(REFERENCES)) == 0.25
    assert exact_match([("a", "b")], [["a", "b"]]) == 1.0
    assert exact_match([["a", "b"]], [["a", "b", "c"]]) == 0.0
    assert exact_match([["a", "b"]], [["b", "a"]]) == 0.0


@pytest.mark.parametrize("score", [bleu, chrf, exact_match])
def test_scores_of_words_say_what_is_wrong(score):
    with pytest.raises(ValueError, match="1 hypotheses came with 2 references"):
        score([["a"]], [["a"], ["b"]])
    with pytest.raises(ValueError, match="no sentences to score"):
        score([], [])
    way_out = r"expected a list of sentences, each a list of words: \[sentence\.split\(\)\]"
    with pytest.raises(ValueError, match=f"of hypotheses is the string 'a cat', {way_out}"):
        score(["a cat"], [["a", "cat"]])
    with pytest.raises(ValueError, match=f"of references is the string 'a cat', {way_out}"):
        score([["a", "cat"]], ["a cat"])
    with pytest.raises(ValueError, match=f"hypotheses is the string 'abc', {way_out}"):
        score("abc", [["a"], ["b"], ["c"]])
    with pytest.raises(ValueError, match=f"references is a NoneType, {way_out}"):
        score([["a"]], None)


# --- alignments ---

link_sets = st.frozensets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8)


def shifted(sets: list[frozenset[tuple[int, int]]]) -> Alignment:
    """All sentences as one, each in its own corner, for nltk's score of a single sentence."""
    return Alignment([(100 * i + t, 100 * i + s) for i, one in enumerate(sets) for t, s in one])


@settings(deadline=None)
@given(st.lists(st.tuples(link_sets, link_sets, link_sets), min_size=1, max_size=4))
def test_the_alignment_error_rate_is_nltks(sentences):
    predicted, sure, maybe = map(list, zip(*sentences, strict=True))
    possible = [s | m for s, m in zip(sure, maybe, strict=True)]
    if not any(predicted) and not any(sure):
        with pytest.raises(ValueError, match="neither predicted nor sure links"):
            alignment_error_rate(predicted, sure, possible)
        return
    found = alignment_error_rate(predicted, sure, possible)
    expected = metrics.alignment_error_rate(shifted(sure), shifted(predicted), shifted(possible))
    assert found == pytest.approx(expected)
    only_sure = metrics.alignment_error_rate(shifted(sure), shifted(predicted))
    assert alignment_error_rate(predicted, sure) == pytest.approx(only_sure)


def test_the_alignment_error_rate_by_hand():
    # 2 of 3 predicted and 2 of 4 gold: 1 − 4/7
    assert alignment_error_rate(
        [{(0, 0), (1, 1), (2, 0)}], [{(0, 0), (1, 1), (2, 2), (3, 3)}]
    ) == pytest.approx(3 / 7)
    assert alignment_error_rate([{(0, 0)}], [{(0, 0)}]) == 0.0
    assert alignment_error_rate([{(0, 1)}], [{(1, 0)}]) == 1.0


def test_the_alignment_error_rate_says_what_is_wrong():
    with pytest.raises(ValueError, match="hold 1, 2 and 2 sentences"):
        alignment_error_rate([set()], [set(), set()])
    with pytest.raises(ValueError, match=r"sure links \[\(0, 1\)\] are not among the possible"):
        alignment_error_rate([set()], [{(0, 0), (0, 1)}], [{(0, 0)}])


WEIGHTS = [[0.1, 0.7, 0.2], [0.4, 0.4, 0.2], [0.0, 0.2, 0.8]]


def test_links_take_the_strongest_position_of_each_row():
    assert links(WEIGHTS) == {(0, 1), (1, 0), (2, 2)}
    assert links(torch.tensor(WEIGHTS)) == links(np.array(WEIGHTS))
    assert links(np.zeros((0, 3))) == set()
    with pytest.raises(ValueError, match=r"shape \(3,\), expected \(T, S\)"):
        links([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"shape \(2, 0\)"):
        links(np.zeros((2, 0)))


def test_mass_near_gold_by_hand():
    gold = {(0, 0), (2, 0), (2, 2)}
    assert gold_masses(WEIGHTS, gold) == pytest.approx([0.1, 0.8])
    assert gold_masses(WEIGHTS, gold, within=1) == pytest.approx([0.8, 1.0])
    assert gold_masses(WEIGHTS, gold, within=9) == pytest.approx([1.0, 1.0])
    # nothing is taken from the other end of the row
    assert gold_masses([[0.25, 0.25, 0.5]], {(0, 0)}, within=1) == pytest.approx([0.5])


def test_offsets_from_gold_by_hand():
    assert gold_offsets(WEIGHTS, {(0, 0), (1, 2), (2, 2)}) == [1, -2, 0]
    # of several gold positions the nearest; of two equally near the left one
    assert gold_offsets([[0, 0, 0, 1.0, 0, 0]], {(0, 0), (0, 5)}) == [-2]
    assert gold_offsets([[0, 0, 1.0, 0, 0]], {(0, 1), (0, 3)}) == [1]
    assert gold_offsets(WEIGHTS, set()) == []


# --- by length ---


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 12))
def test_lengths_are_a_partition(lengths, bucket):
    rows = by_length(lengths, bucket=bucket)
    assert sorted(i for indices in rows.values() for i in indices) == list(range(len(lengths)))
    for (shortest, longest), indices in rows.items():
        assert indices
        assert longest - shortest == bucket - 1
        assert shortest % bucket == 1 % bucket
        assert all(shortest <= lengths[i] <= longest for i in indices)
        assert indices == sorted(indices)
    assert list(rows) == sorted(rows)


def test_buckets_need_a_width():
    with pytest.raises(ValueError, match="bucket is 0, expected an integer of at least 1"):
        by_length([1], bucket=0)


# --- the whole report ---

LETTERS = Vocabulary(list("abcdef"))


class Echo(nn.Module):
    """Copies its source with certainty, except that it says f for every e.

    It looks with `sharpness` at the word it copies, or `late` words after it, and with the rest
    evenly at all of the sentence.
    """

    def __init__(self, sharpness: float = 0.8, late: int = 0) -> None:
        super().__init__()
        self.sharpness, self.late = sharpness, late

    def start(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor, int]:
        return EchoState(source, source_mask, 0)

    def step(self, token, state):
        rows = torch.arange(len(token))
        lengths = state.mask.sum(1)
        at = torch.minimum(torch.tensor(state.at), lengths - 1)
        say = state.source[rows, at]
        say = torch.where(say == LETTERS.encode(["e"])[0], LETTERS.encode(["f"])[0], say)
        logits = 20.0 * nn.functional.one_hot(say, len(LETTERS)).float()
        look = torch.minimum(at + self.late, lengths - 1)
        weights = (1 - self.sharpness) * state.mask / lengths[:, None]
        weights[rows, look] += self.sharpness
        return logits, weights[:, None, None], EchoState(state.source, state.mask, state.at + 1)

    def forward(self, source, source_mask, target):
        state = self.start(source, source_mask)
        steps = []
        for token in target.unbind(1):
            logits, weights, state = self.step(token, state)
            steps.append((logits, weights))
        return torch.stack([s[0] for s in steps], 1), torch.stack([s[1] for s in steps], 3)


class EchoState:
    def __init__(self, source: Tensor, mask: Tensor, at: int) -> None:
        self.source, self.mask, self.at = source, mask, at

    def select(self, rows: Tensor) -> EchoState:
        return EchoState(self.source[rows], self.mask[rows], self.at)


def corpus(sentences: list[str], aligned: bool = True) -> Corpus:
    pairs = tuple(
        Pair(
            tuple(s.split()),
            tuple(s.split()),
            frozenset((i, i) for i in range(len(s.split()))) if aligned else None,
        )
        for s in sentences
    )
    return Corpus("letters", (), (), pairs, LETTERS, LETTERS)


SENTENCES = corpus(["a b c", "d", "a e d d b a", "c c", "e"])


def test_the_report_of_a_model_whose_faults_are_known():
    report = evaluate(Echo(), SENTENCES.test, SENTENCES, bucket=2, batch_size=2)
    assert report.sentences == 5
    assert report.token_accuracy == pytest.approx(16 / 18)  # 13 words and 5 ends, two e
    assert report.exact_match == 3 / 5
    references = [list(pair.target) for pair in SENTENCES.test]
    said = [[x.replace("e", "f") for x in r] for r in references]
    assert [list(t.words) for t in report.translations] == said
    assert report.bleu == pytest.approx(bleu(said, references).value)
    assert report.chrf == pytest.approx(chrf(said, references).value)
    assert report.bleu_signature == bleu(said, references).signature
    # right: −log of e^20 / (e^20 + 9); wrong: 20 nats more
    assert report.loss == pytest.approx(math.log1p(9 * math.exp(-20)) + 20 * 2 / 18, abs=1e-4)
    assert report.aer == 0.0
    rows = [(row.shortest, row.longest, row.sentences, row.exact_match) for row in report.by_length]
    assert rows == [(1, 2, 3, 2 / 3), (3, 3, 1, 1.0), (6, 6, 1, 0.0)]
    assert report.by_length[2].token_accuracy == pytest.approx(6 / 7)
    assert repr(report) == "Report(5 sentences, 3 lengths)"


def test_what_is_cut_short_is_scored_against_the_whole():
    report = evaluate(Echo(), SENTENCES.test, SENTENCES, max_length=5)
    said = [list(t.words) for t in report.translations]
    references = [list(pair.target) for pair in SENTENCES.test]
    assert report.bleu == pytest.approx(bleu(said, references).value)
    assert report.bleu != pytest.approx(bleu(references, said).value)
    assert report.chrf == pytest.approx(chrf(said, references).value)
    assert report.chrf != pytest.approx(chrf(references, said).value)


def test_attention_is_measured_against_gold():
    report = evaluate(Echo(sharpness=0.8), SENTENCES.test, SENTENCES)
    assert report.offsets == {0: 13}
    lengths = [3, 1, 6, 2, 1]
    spread = sum(n * 0.2 / (n + 1) for n in lengths) / 13  # what else falls on the right word
    assert report.gold_mass[0] == pytest.approx(0.8 + spread)
    near = sum(
        0.2 * (min(i + 1, n) - max(i - 1, 0) + 1) / (n + 1) for n in lengths for i in range(n)
    )
    assert report.gold_mass[1] == pytest.approx(0.8 + near / 13)

    late = evaluate(Echo(late=1), SENTENCES.test, SENTENCES)
    assert late.offsets == {1: 13}
    # the last word of each sentence is linked to the end mark, which is no word: 8 wrong links
    assert late.aer == 1.0
    assert late.gold_mass[1] == pytest.approx(report.gold_mass[1])
    assert late.token_accuracy == report.token_accuracy


def test_a_link_to_the_end_mark_is_no_link():
    # looking two late, with one gold link moved onto where it looks: 1 right of 1 + 3 links
    pair = Pair(("a", "b", "c"), ("a", "b", "c"), frozenset({(0, 2), (1, 1), (2, 0)}))
    report = evaluate(Echo(late=2), [pair], SENTENCES)
    assert report.aer == pytest.approx(1 - 2 / 4)
    assert report.offsets == {0: 1, 2: 1, 3: 1}


def test_there_is_no_alignment_error_without_gold_or_without_attention():
    unaligned = corpus(["a b", "c"], aligned=False)
    report = evaluate(Echo(), unaligned.test, unaligned)
    assert (report.aer, report.gold_mass, report.offsets) == (None, None, None)

    class Blind(Echo):
        def step(self, token, state):
            logits, weights, state = super().step(token, state)
            return logits, weights[:, :0], state

    report = evaluate(Blind(), SENTENCES.test, SENTENCES)
    assert (report.aer, report.gold_mass, report.offsets) == (None, None, None)
    assert report.token_accuracy == pytest.approx(16 / 18)


@pytest.mark.parametrize("width", [1, 3])
def test_the_report_does_not_depend_on_order_and_batches(width):
    model = Tabulated(len(LETTERS), seed=3)
    one = evaluate(model, SENTENCES.test, SENTENCES, width=width, batch_size=2, bucket=3)
    pairs = SENTENCES.test[::-1]
    other = evaluate(model, pairs, SENTENCES, width=width, batch_size=64, bucket=3)
    assert [t.words for t in one.translations] == [t.words for t in other.translations][::-1]
    for a, b in [(one, other), *zip(one.by_length, other.by_length, strict=True)]:
        assert a.loss == pytest.approx(b.loss)
        assert a.gold_mass == pytest.approx(b.gold_mass)
        for name in ("token_accuracy", "exact_match", "bleu", "aer", "offsets", "sentences"):
            assert getattr(a, name) == pytest.approx(getattr(b, name)), name
    sentences = [pair.source for pair in SENTENCES.test]
    alone = translate(model, sentences, LETTERS, LETTERS, width=width)
    assert [t.words for t in one.translations] == [t.words for t in alone]


def test_layers_and_heads_are_averaged():
    model = Tabulated(len(LETTERS), seed=3, layers=2, heads=3)
    masses = []
    for pair in SENTENCES.test:
        source, target = tuple(LETTERS.encode(pair.source)), tuple(LETTERS.encode(pair.target))
        for t in range(len(pair.target)):
            masses.append(model.weights(source, target[:t]).mean((0, 1))[t].item())
    report = evaluate(model, SENTENCES.test, SENTENCES)
    assert report.gold_mass[0] == pytest.approx(np.mean(masses), abs=1e-6)


def test_the_search_is_the_one_asked_for():
    model = Tabulated(len(LETTERS), seed=3, spread=1.0)
    sentences = [pair.source for pair in SENTENCES.test]
    seen = set()
    for options in (
        {},
        {"width": 3},
        {"width": 3, "length_penalty": 6.0},
        {"width": 3, "length_penalty": 6.0, "max_length": 2},
    ):
        report = evaluate(model, SENTENCES.test, SENTENCES, **options)
        expected = translate(model, sentences, LETTERS, LETTERS, **options)
        found = tuple(t.words for t in report.translations)
        assert found == tuple(t.words for t in expected)
        seen.add(found)
    assert len(seen) == 4


def test_the_rows_by_length_add_up():
    report = evaluate(Tabulated(len(LETTERS), seed=1), SENTENCES.test, SENTENCES, bucket=1)
    assert sum(row.sentences for row in report.by_length) == report.sentences
    matches = sum(row.exact_match * row.sentences for row in report.by_length)
    assert matches / report.sentences == pytest.approx(report.exact_match)
    offsets = sum((Counter(row.offsets) for row in report.by_length), Counter())
    assert offsets == Counter(report.offsets)
    tokens = Counter(len(pair.target) + 1 for pair in SENTENCES.test)
    weights = {length - 1: length * count for length, count in tokens.items()}
    for name in ("loss", "token_accuracy"):
        total = sum(getattr(row, name) * weights[row.shortest] for row in report.by_length)
        assert total / sum(weights.values()) == pytest.approx(getattr(report, name))


def test_the_loss_is_that_of_the_real_tokens():
    model = Tabulated(len(LETTERS), seed=1)
    total, right, count = 0.0, 0, 0
    for pair in SENTENCES.test:
        source, target = tuple(LETTERS.encode(pair.source)), tuple(LETTERS.encode(pair.target))
        for i, token in enumerate(target):
            log_p = model.log_p(source, target[:i])
            total, right, count = (
                total - log_p[token],
                right + (max(log_p) == log_p[token]),
                count + 1,
            )
    report = evaluate(model, SENTENCES.test, SENTENCES)
    assert report.loss == pytest.approx(total / count, abs=1e-5)
    assert report.token_accuracy == pytest.approx(right / count)


def test_evaluating_uses_no_dropout_and_leaves_the_model_in_its_mode():
    class Watchful(Echo):
        def step(self, token, state):
            assert not self.training
            return super().step(token, state)

    model = Watchful().train()
    evaluate(model, SENTENCES.test, SENTENCES)
    assert model.training


def test_evaluate_says_what_is_wrong():
    with pytest.raises(ValueError, match="no pairs to evaluate on"):
        evaluate(Echo(), [], SENTENCES)
    with pytest.raises(ValueError, match=r"pairs is a Corpus, expected pairs such as corpus\.test"):
        evaluate(Echo(), SENTENCES, SENTENCES)
    with pytest.raises(ValueError, match=r"pairs holds a tuple, expected pairs such as corpus"):
        evaluate(Echo(), SENTENCES.encode(SENTENCES.test), SENTENCES)
    with pytest.raises(ValueError, match=r"corpus is a tuple, expected a Corpus such as load"):
        evaluate(Echo(), SENTENCES.test, SENTENCES.test)
    with pytest.raises(TypeError, match=r"model is a NoneType, expected a torch\.nn\.Module"):
        evaluate(None, SENTENCES.test, SENTENCES)
    with pytest.raises(ValueError, match=r"batch_size is 2\.5, expected an integer"):
        evaluate(Echo(), SENTENCES.test, SENTENCES, batch_size=2.5)
    with pytest.raises(ValueError, match="batch_size is 0"):
        evaluate(Echo(), SENTENCES.test, SENTENCES, batch_size=0)
    with pytest.raises(ValueError, match="bucket is 0"):
        evaluate(Echo(), SENTENCES.test, SENTENCES, bucket=0)
