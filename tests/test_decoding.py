"""The searches: against counting everything, against each other, and against teacher forcing."""

from __future__ import annotations

import math
from itertools import chain, pairwise

import pytest
import torch
from attention_course.data.vocabulary import BOS, EOS, PAD, UNK, Vocabulary
from attention_course.decoding import (
    Hypothesis,
    _largest,
    beam_search,
    greedy,
    length_penalty_of,
    sample,
    translate,
)
from attention_course.models.bahdanau import RNNSearch
from attention_course.models.encoder_decoder import EncoderDecoder
from hypothesis import given, settings
from hypothesis import strategies as st
from tabulated import Tabulated, padded
from torch import Tensor, nn

SOURCES = [(4, 5, EOS), (5, EOS), (6, 4, 4, 5, EOS)]
seeds = st.integers(0, 10_000)


class Fixed(nn.Module):
    """Says the same distribution always; attends nowhere."""

    def __init__(self, logits: list[float]) -> None:
        super().__init__()
        self.register_buffer("table", torch.tensor(logits))
        self.dropped = nn.Dropout(0.5)  # so that a search that forgets eval() shows

    def start(self, source: Tensor, source_mask: Tensor) -> Fixed:
        return self

    def select(self, rows: Tensor) -> Fixed:
        return self

    def step(self, token: Tensor, state: Fixed) -> tuple[Tensor, Tensor, Fixed]:
        logits = self.dropped(self.table.expand(len(token), -1))
        return logits, torch.zeros(len(token), 0, 1, 0), state


def same(a: Hypothesis, b: Hypothesis, tolerance: float = 1e-5) -> bool:
    return (
        a.tokens == b.tokens
        and abs(a.log_probability - b.log_probability) < tolerance
        and abs(a.score - b.score) < tolerance
    )


# --- beam search against counting everything ---


@settings(max_examples=25, deadline=None)
@given(seed=seeds, alpha=st.sampled_from([0.0, 0.6, 1.0, 3.0]), spread=st.sampled_from([0.5, 2.0]))
def test_a_wide_beam_finds_the_best_of_all_that_can_be_said(seed, alpha, spread):
    model, limit = Tabulated(5, seed=seed, spread=spread), 3
    source, mask = padded(SOURCES)
    found = beam_search(
        model, source, mask, width=90, length_penalty=alpha, max_length=limit, n_best=90
    )
    for sentence, hypotheses in zip(SOURCES, found, strict=True):
        total = {said: model.log_probability(sentence, said) for said in model.everything(limit)}
        # what ended by itself comes first, then what the limit cut off, each by score
        expected = sorted(
            total,
            key=lambda said: (said[-1] != EOS, -total[said] / length_penalty_of(len(said), alpha)),
        )
        assert [tuple(h.tokens) for h in hypotheses] == expected
        for hypothesis in hypotheses:
            said = tuple(hypothesis.tokens)
            assert hypothesis.log_probability == pytest.approx(total[said], abs=1e-5)
            assert hypothesis.score == pytest.approx(
                total[said] / length_penalty_of(len(said), alpha), abs=1e-5
            )


@settings(max_examples=15, deadline=None)
@given(seed=seeds, alpha=st.sampled_from([0.0, 1.0, 3.0]), n_best=st.integers(1, 3))
def test_stopping_early_never_costs_a_hypothesis(seed, alpha, n_best):
    """With few hypotheses wanted the search may stop before its limit; they must be the same."""
    model = Tabulated(5, seed=seed)
    source, mask = padded(SOURCES)
    wanted = {"length_penalty": alpha, "max_length": 3, "width": 90}
    few = beam_search(model, source, mask, n_best=n_best, **wanted)
    many = beam_search(model, source, mask, n_best=90, **wanted)
    assert [[h.tokens for h in row] for row in few] == [
        [h.tokens for h in row[:n_best]] for row in many
    ]


def naive_beam_search(model, source, width, alpha, limit):
    """One sentence, plain lists, no early end but that of `width` finished hypotheses."""
    beams, finished = [((), 0.0)], []
    for length in range(1, limit + 1):
        grown = [
            ((*said, token), total + log_p)
            for said, total in beams
            for token, log_p in enumerate(model.log_p(source, said))
        ]
        grown.sort(key=lambda item: -item[1])
        finished += [item for item in grown[:width] if item[0][-1] == EOS]
        beams = [item for item in grown if item[0][-1] != EOS][:width]
        if len(finished) >= width or length == limit:
            break

    def best_first(items):
        return sorted(items, key=lambda x: -x[1] / length_penalty_of(len(x[0]), alpha))

    if length < limit:
        beams = []
    return [said for said, _ in best_first(finished) + best_first(beams)]


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    width=st.integers(1, 6),
    alpha=st.sampled_from([0.0, 0.8, 6.0]),
    limit=st.integers(1, 7),
)
def test_narrow_beams_keep_what_a_search_by_hand_keeps(seed, width, alpha, limit):
    model = Tabulated(6, seed=seed)
    source, mask = padded(SOURCES)
    found = beam_search(model, source, mask, width=width, length_penalty=alpha, max_length=limit)
    for sentence, (best,) in zip(SOURCES, found, strict=True):
        expected = naive_beam_search(model, sentence, width, alpha, limit)[0]
        assert tuple(best.tokens) == expected


@settings(max_examples=40, deadline=None)
@given(seed=seeds, alpha=st.sampled_from([0.0, 6.0]), limit=st.sampled_from([None, 1, 3]))
def test_a_beam_of_one_is_greedy_search(seed, alpha, limit):
    model = Tabulated(7, seed=seed)
    source, mask = padded(SOURCES)
    one = beam_search(model, source, mask, width=1, length_penalty=alpha, max_length=limit)
    for (beam,), alone in zip(one, greedy(model, source, mask, max_length=limit), strict=True):
        assert beam.tokens == alone.tokens
        assert beam.log_probability == pytest.approx(alone.log_probability, abs=1e-5)
        assert torch.equal(beam.weights, alone.weights)


def test_the_length_penalty_is_that_of_the_paper_and_lengthens():
    assert length_penalty_of(1, 0.7) == 1.0
    assert length_penalty_of(7, 0.5) == pytest.approx(math.sqrt(2))
    assert length_penalty_of(30, 0.0) == 1.0
    # EOS at once has p = 0.5, a word and then EOS 0.25: the penalty decides which is better
    model = Fixed([-math.inf, -math.inf, 0.0, 0.0])
    source, mask = padded([(4, EOS)])
    for alpha, tokens in ((0.0, [EOS]), (8.0, [UNK] * 3 + [EOS])):
        ((best,),) = beam_search(model, source, mask, width=4, length_penalty=alpha, max_length=4)
        assert best.tokens == tokens


def test_ties_go_to_the_better_beam_and_then_to_the_lower_id():
    # everything is equally probable: the first ids in order, never whatever topk happens to take
    model = Fixed([0.0] * 50)
    source, mask = padded([(4, EOS)] * 3)
    for hypotheses in beam_search(model, source, mask, width=3, n_best=3, max_length=2):
        assert [h.tokens for h in hypotheses] == [[EOS], [PAD, EOS], [PAD, PAD]]
    assert greedy(model, source, mask, max_length=2)[0].tokens == [PAD, PAD]


@settings(deadline=None)
@given(seed=seeds, levels=st.sampled_from([2, 5, 50]), k=st.integers(1, 40))
def test_the_largest_are_those_of_a_stable_sort(seed, levels, k):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randint(levels, (3, 40), generator=generator).float()
    best, index = _largest(values, k)
    expected, places = values.sort(dim=1, descending=True, stable=True)
    assert torch.equal(best, expected[:, :k])
    assert torch.equal(index, places[:, :k])


def test_impossible_tokens_are_never_said_and_fewer_hypotheses_come_back():
    model = Fixed([-math.inf, -math.inf, 0.0, -math.inf, 1.0])
    source, mask = padded([(4, EOS)])
    (found,) = beam_search(model, source, mask, width=8, n_best=8, max_length=2)
    # p(4) = e p(EOS), so that saying nothing beats 4 EOS
    assert [h.tokens for h in found] == [[EOS], [4, EOS], [4, 4]]
    assert all(math.isfinite(h.log_probability) for h in found)


def test_the_beam_escapes_a_greedy_trap():
    class Trap(Tabulated):
        def logits(self, source, said):
            p = {(): [0, 0, 0, 0.6, 0.4], (3,): [0, 0, 0.3, 0.35, 0.35], (4,): [0, 0, 1, 0, 0]}
            return [math.log(x + 1e-9) for x in p.get(said, [0, 0, 1, 0, 0])]

    source, mask = padded([(4, EOS)])
    assert greedy(Trap(5), source, mask)[0].tokens[0] == 3
    assert beam_search(Trap(5), source, mask, width=2)[0][0].tokens == [4, EOS]


# --- what a hypothesis holds ---


@settings(max_examples=20, deadline=None)
@given(seed=seeds, width=st.integers(1, 5))
def test_each_hypothesis_has_its_own_weights(seed, width):
    model = Tabulated(6, seed=seed, layers=2, heads=3)
    source, mask = padded(SOURCES)
    found = beam_search(model, source, mask, width=width, n_best=width, max_length=6)
    found += [[h] for h in greedy(model, source, mask, max_length=6)]
    draws = torch.Generator().manual_seed(seed)
    found += [[h] for h in sample(model, source, mask, generator=draws, max_length=6)]
    for sentence, hypotheses in zip(SOURCES * 3, found, strict=True):
        for hypothesis in hypotheses:
            said = tuple(hypothesis.tokens)
            assert hypothesis.weights.shape == (2, 3, len(said), source.shape[1])
            for t in range(len(said)):
                row = hypothesis.weights[:, :, t]
                assert torch.equal(row[:, :, : len(sentence)], model.weights(sentence, said[:t]))
                assert not row[:, :, len(sentence) :].any()


@settings(max_examples=30, deadline=None)
@given(seed=seeds, width=st.integers(1, 4), limit=st.sampled_from([None, 3]))
def test_the_shape_of_what_comes_back(seed, width, limit):
    model = Tabulated(6, seed=seed)
    source, mask = padded(SOURCES)
    for sentence, hypotheses in zip(
        SOURCES,
        beam_search(model, source, mask, width=width, n_best=width, max_length=limit),
        strict=True,
    ):
        longest = limit or 2 * len(sentence) + 10
        assert 1 <= len(hypotheses) <= width
        assert len({tuple(h.tokens) for h in hypotheses}) == len(hypotheses)
        for h in hypotheses:
            assert len(h.tokens) <= longest
            assert EOS not in h.tokens[:-1]
            assert h.ended == (h.tokens[-1] == EOS)
            assert h.ended or len(h.tokens) == longest
        for better, worse in pairwise(hypotheses):
            assert (better.ended, better.score) >= (worse.ended, worse.score)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, width=st.integers(1, 4), order=st.permutations(range(3)))
def test_a_sentence_does_not_depend_on_its_neighbours(seed, width, order):
    model = Tabulated(6, seed=seed)
    together = beam_search(
        model, *padded([SOURCES[i] for i in order], 9), width=width, n_best=width
    )
    for place, i in enumerate(order):
        (alone,) = beam_search(model, *padded([SOURCES[i]]), width=width, n_best=width)
        assert len(alone) == len(together[place])
        for a, b in zip(alone, together[place], strict=True):
            assert (a.tokens, a.log_probability, a.score) == (b.tokens, b.log_probability, b.score)
            assert torch.equal(a.weights, b.weights[..., : len(SOURCES[i])])
        ((one,), many) = (
            greedy(model, *padded([SOURCES[i]])),
            greedy(model, *padded([SOURCES[j] for j in order], 9)),
        )
        assert one.tokens == many[place].tokens


# --- the course's models ---


def trained_a_little(kind: str) -> nn.Module:
    torch.manual_seed(3)
    make = {"attention": RNNSearch, "fixed": EncoderDecoder}[kind]
    model = make(9, 8, embedding=6, hidden=10, maxout=5, initialisation="torch")
    for parameter in model.parameters():  # far from uniform, so that the beams differ
        parameter.data *= 4
    return model


@pytest.mark.parametrize("kind", ["attention", "fixed"])
@pytest.mark.parametrize("width", [1, 3])
def test_log_probabilities_are_those_of_teacher_forcing(kind, width):
    model = trained_a_little(kind)
    source, mask = padded([(4, 8, 5, EOS), (6, EOS), (7, 7, 4, 4, 6, EOS)])
    draws = torch.Generator().manual_seed(0)
    found = beam_search(model, source, mask, width=width, n_best=width)
    found += [[h] for h in sample(model, source, mask, generator=draws)]
    for row, hypotheses in enumerate(found):
        row %= 3
        for h in hypotheses:
            target = torch.tensor([[BOS, *h.tokens[:-1]]])
            with torch.no_grad():
                logits, weights = model(source[row : row + 1], mask[row : row + 1], target)
            log_p = logits[0].log_softmax(-1)[range(len(h.tokens)), h.tokens]
            assert h.log_probability == pytest.approx(float(log_p.sum()), abs=1e-4)
            torch.testing.assert_close(h.weights.flatten(), weights[0].flatten(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", ["attention", "fixed"])
def test_searches_of_the_models_agree_whatever_the_batch(kind):
    model = trained_a_little(kind)
    sentences = [(4, 8, 5, EOS), (6, EOS), (7, 7, 4, 4, 6, EOS)]
    together = beam_search(model, *padded(sentences), width=3, n_best=3)
    one = beam_search(model, *padded(sentences), width=1)
    for row, sentence in enumerate(sentences):
        (alone,) = beam_search(model, *padded([sentence]), width=3, n_best=3)
        assert all(same(a, b) for a, b in zip(alone, together[row], strict=True))
        assert same(one[row][0], greedy(model, *padded(sentences))[row])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
@pytest.mark.parametrize("kind", ["attention", "fixed"])
def test_the_searches_run_on_cuda_as_on_the_cpu(kind):
    model = trained_a_little(kind)
    source, mask = padded([(4, 8, 5, EOS), (6, EOS)])
    on_cpu = beam_search(model, source, mask, width=3, n_best=3)
    model.cuda()
    on_cuda = beam_search(model, source.cuda(), mask.cuda(), width=3, n_best=3)
    for a, b in zip(chain(*on_cpu), chain(*on_cuda), strict=True):
        assert same(a, b, 1e-3)
        assert b.weights.device.type == "cpu"
    draws = torch.Generator().manual_seed(0)
    assert len(sample(model, source.cuda(), mask.cuda(), generator=draws)) == 2


def test_searching_leaves_the_model_as_it_was_and_uses_no_dropout():
    model = Fixed([0.0, 0.0, 0.0, 0.0, 1.0]).train()
    source, mask = padded([(4, EOS)])
    hypothesis = greedy(model, source, mask, max_length=3)[0]
    assert hypothesis.log_probability == pytest.approx(3 * (1 - math.log(math.e + 4)))
    assert model.training
    beam_search(model.eval(), source, mask, max_length=3)
    assert not model.training


def test_half_precision_logits_are_summed_in_single_precision():
    model = Fixed([0.0, 0.1, 0.2, 0.3, 3.0])
    model.table = model.table.bfloat16()
    source, mask = padded([(4, EOS)])
    expected = 40 * float(model.table.float().log_softmax(-1)[4])
    found = greedy(model, source, mask, max_length=40)[0]
    assert found.log_probability == pytest.approx(expected, abs=1e-3)
    ((found,),) = beam_search(model, source, mask, width=2, max_length=40)
    assert found.log_probability <= expected + 1e-3


# --- sampling ---


def chi_square(counts: Tensor, expected: Tensor) -> float:
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_samples_follow_the_models_distribution(temperature):
    model, draws, n = Tabulated(6, seed=1, spread=1.0), torch.Generator().manual_seed(0), 6000
    source, mask = padded([(4, EOS)] * n)
    found = sample(model, source, mask, generator=draws, temperature=temperature, max_length=2)
    logits = torch.tensor(model.logits((4, EOS), ()))
    counts = torch.bincount(torch.tensor([h.tokens[0] for h in found]), minlength=6)
    limit = 20.5  # chi-square with 5 degrees of freedom is above it once in a thousand
    assert chi_square(counts, n * (logits / temperature).softmax(0)) < limit
    other = 2.5 if temperature == 1.0 else 1.0
    assert chi_square(counts, n * (logits / other).softmax(0)) > 10 * limit
    # and so does the second token, given the first
    second = [h.tokens[1] for h in found if h.tokens[0] == 5]
    logits = torch.tensor(model.logits((4, EOS), (5,)))
    counts = torch.bincount(torch.tensor(second), minlength=6)
    assert chi_square(counts, len(second) * (logits / temperature).softmax(0)) < limit


def test_a_sample_is_repeatable_and_its_probability_is_the_models_own():
    model = Tabulated(6, seed=2)
    source, mask = padded(SOURCES)

    def draw(seed: int, temperature: float = 3.0) -> list[Hypothesis]:
        generator = torch.Generator().manual_seed(seed)
        return sample(model, source, mask, generator=generator, temperature=temperature)

    assert [h.tokens for h in draw(0)] == [h.tokens for h in draw(0)]
    assert [h.tokens for h in draw(0)] != [h.tokens for h in draw(1)]
    for sentence, h in zip(SOURCES, draw(0), strict=True):
        expected = model.log_probability(sentence, tuple(h.tokens))
        assert h.log_probability == pytest.approx(expected, abs=1e-4)
    cold = [h.tokens for h in draw(0, temperature=1e-3)]
    assert cold == [h.tokens for h in greedy(model, source, mask)]


# --- words in, words out ---

ENGLISH = Vocabulary(["the", "cat", "sees", "a", "dog"])
FRENCH = Vocabulary(["le", "chat", "voit"])
SENTENCES = [["the", "cat"], ["a", "dog", "sees", "the", "cat"], ["the"]]


@pytest.mark.parametrize("width", [1, 3])
def test_translations_have_words_and_weights_that_fit(width):
    model = Tabulated(len(FRENCH), seed=5, layers=2)
    found = translate(model, SENTENCES, ENGLISH, FRENCH, width=width, batch_size=2, max_length=7)
    assert len(found) == len(SENTENCES)
    for sentence, translation in zip(SENTENCES, found, strict=True):
        assert translation.source == tuple(sentence)
        assert translation.source_tokens == (*sentence, "<eos>")
        assert list(translation.words) == FRENCH.decode(translation.hypothesis.tokens)
        assert str(translation) == " ".join(translation.words)
        assert translation.weights.shape == (
            len(translation.tokens),
            len(translation.source_tokens),
        )
        assert translation.weights.sum(1) == pytest.approx(1.0)
        # alone, whatever the order inside translate() was
        source, mask = padded([tuple(ENGLISH.encode(sentence))])
        ((alone,),) = beam_search(model, source, mask, width=width, max_length=7)
        assert alone.tokens == translation.hypothesis.tokens
        said = [t for t in range(len(alone.tokens)) if alone.tokens[t] not in (PAD, BOS)]
        expected = alone.weights[:, 0, said].mean(0)
        torch.testing.assert_close(torch.tensor(translation.weights), expected)


def test_a_model_that_attends_nowhere_has_no_weights():
    (translation,) = translate(Fixed([0.0, 0.0, 0.0, 0.0, 1.0]), [["the"]], ENGLISH, FRENCH)
    assert translation.weights is None
    assert set(translation.tokens) == {"le"}  # cut off: no end mark


# --- bad input ---


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"width": 0}, "width is 0, expected an integer of at least 1"),
        ({"n_best": 5, "width": 4}, "n_best is 5, expected 1 up to width = 4"),
        ({"n_best": 0}, "n_best is 0"),
        ({"length_penalty": -1.0}, "length_penalty is -1.0, expected 0 or more"),
        ({"width": 2.0}, "width is 2.0, expected an integer of at least 1"),
        ({"n_best": 1.5}, "n_best is 1.5, expected an integer"),
        ({"max_length": 0}, "max_length is 0, expected an integer of at least 1"),
    ],
)
def test_beam_search_says_what_is_wrong(wrong, said):
    with pytest.raises(ValueError, match=said):
        beam_search(Tabulated(5), *padded(SOURCES), **wrong)


@pytest.mark.parametrize("search", [greedy, beam_search, sample])
def test_every_search_needs_a_whole_length(search):
    options = {"generator": torch.Generator()} if search is sample else {}
    for wrong in (2.5, True, "3"):
        with pytest.raises(ValueError, match=r"max_length is .*, expected an integer of at least"):
            search(Tabulated(5), *padded(SOURCES), max_length=wrong, **options)


@pytest.mark.parametrize("search", [greedy, beam_search, sample])
def test_every_search_needs_tensors(search):
    options = {"generator": torch.Generator()} if search is sample else {}
    source, mask = padded(SOURCES)
    with pytest.raises(ValueError, match=r"^source is a list, expected a torch\.Tensor$"):
        search(Tabulated(5), source.tolist(), mask, **options)
    with pytest.raises(ValueError, match=r"^source_mask is a list, expected a torch\.Tensor$"):
        search(Tabulated(5), source, mask.tolist(), **options)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_sampling_needs_a_positive_temperature(temperature):
    with pytest.raises(ValueError, match=r"temperature is .*, expected a positive number"):
        sample(Tabulated(5), *padded(SOURCES), generator=torch.Generator(), temperature=temperature)


def test_translate_says_what_is_wrong():
    model = Tabulated(len(FRENCH))
    way_out = r"expected a list of sentences, each a list of words: \[sentence\.split\(\)\]"
    for wrong, shown in (
        ("the cat", "sentences is the string 'the cat'"),
        (["the", "cat"], "a sentence of sentences is the string 'the'"),
        (["the cat"], "a sentence of sentences is the string 'the cat'"),
        (None, "sentences is a NoneType"),
        ([None], "a sentence of sentences is None"),
    ):
        with pytest.raises(ValueError, match=f"^{shown}, {way_out}$"):
            translate(model, wrong, ENGLISH, FRENCH)
    with pytest.raises(ValueError, match=r"width is 1\.5, expected an integer of at least 1"):
        translate(model, [["the"]], ENGLISH, FRENCH, width=1.5)
    with pytest.raises(ValueError, match="zebra"):
        translate(model, [["the", "zebra"]], ENGLISH, FRENCH)
    with pytest.raises(ValueError, match="empty"):
        translate(model, [[]], ENGLISH, FRENCH)
    with pytest.raises(ValueError, match="batch_size is 0, expected an integer of at least 1"):
        translate(model, [["the"]], ENGLISH, FRENCH, batch_size=0)
    with pytest.raises(TypeError, match=r"model is a str, expected a torch\.nn\.Module"):
        translate("model", [["the"]], ENGLISH, FRENCH)
