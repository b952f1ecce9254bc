"""The vocabulary: a round trip between words and ids, and clear errors."""

from __future__ import annotations

import pytest
import torch
from attention_course.data.vocabulary import BOS, EOS, PAD, SPECIALS, UNK, Vocabulary
from hypothesis import given, settings
from hypothesis import strategies as st

words = st.text(st.characters(categories=("L",)), min_size=1, max_size=6)


@settings(deadline=None)
@given(st.lists(words, min_size=1, unique=True), st.data())
def test_decode_undoes_encode(known: list[str], data: st.DataObject) -> None:
    vocabulary = Vocabulary(known)
    sentence = data.draw(st.lists(st.sampled_from(known), min_size=1))
    ids = vocabulary.encode(sentence)
    assert ids[-1] == EOS
    assert EOS not in ids[:-1]
    assert vocabulary.decode(ids) == sentence
    assert vocabulary.decode(torch.tensor(ids)) == sentence
    assert len(vocabulary) == len(known) + len(SPECIALS)
    assert all(word in vocabulary for word in known)


def test_specials_stand_first() -> None:
    assert (PAD, BOS, EOS, UNK) == (0, 1, 2, 3)
    assert Vocabulary(["a"]).words == ("<pad>", "<bos>", "<eos>", "<unk>", "a")


def test_decode_stops_at_the_end_and_drops_padding() -> None:
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary.decode([BOS, PAD, 4, UNK, 5, EOS, 4, PAD]) == ["a", "<unk>", "b"]


def test_build_counts_and_orders() -> None:
    sentences = [["b", "a", "c"], ["b", "a"], ["b", "<unk>"]]
    assert Vocabulary.build(sentences).words[4:] == ("b", "a", "c")
    assert Vocabulary.build(sentences, min_count=2).words[4:] == ("b", "a")
    assert Vocabulary.build(sentences, max_size=5).words[4:] == ("b",)
    # Words of equal count in the order of the alphabet, whatever the order they came in.
    assert Vocabulary.build([["z", "y", "x"]]).words[4:] == ("x", "y", "z")


def test_unknown_words() -> None:
    assert Vocabulary(["a"], unknown="replace").encode(["a", "b"]) == [4, UNK, EOS]
    assert Vocabulary.build([["a"]]).encode(["b"]) == [UNK, EOS]
    with pytest.raises(ValueError, match=r"'kat' is not in the vocabulary .* nearest .* cat"):
        Vocabulary(["cat", "dog"]).encode(["dog", "kat"])


def test_equality() -> None:
    assert Vocabulary(["a", "b"]) == Vocabulary(["a", "b"])
    assert Vocabulary(["a", "b"]) != Vocabulary(["b", "a"])
    assert Vocabulary(["a"]) != Vocabulary(["a"], unknown="replace")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Vocabulary(["a", "a"]), r"more than once.*'a'"),
        (lambda: Vocabulary(["<pad>"]), "<pad>"),
        (lambda: Vocabulary("abc"), "one string"),
        (lambda: Vocabulary(["a"], unknown="ignore"), "'ignore'"),  # type: ignore[arg-type]
        (lambda: Vocabulary.build([["a"]], min_count=0), "min_count is 0"),
        (
            lambda: Vocabulary.build([["a"]], max_size=4),
            "max_size is 4, expected an integer of at least 5",
        ),
        (lambda: Vocabulary(["a"]).encode([]), "empty"),
        (lambda: Vocabulary(["a"]).encode("a a"), "one string"),
        (lambda: Vocabulary("a b"), r"words: use \.split\(\)"),
        (lambda: Vocabulary([1, 2]), "the word 1 is a int, expected a string"),  # type: ignore[list-item]
        (lambda: Vocabulary.build("a b"), r"is 'a b', .*: \[sentence\.split\(\)\]"),
        (lambda: Vocabulary.build(["the cat"]), r"string, 'the cat'; .*use \.split\(\)"),
        (lambda: Vocabulary.build([[1]]), "the word 1 is a int"),  # type: ignore[list-item]
        (lambda: Vocabulary.build(None), "sentences is None"),  # type: ignore[arg-type]
        (lambda: Vocabulary.build([["a"]], min_count=1.5), "1.5"),  # type: ignore[arg-type]
        (lambda: Vocabulary(["a"]).encode(None), "sentence is None"),  # type: ignore[arg-type]
        (lambda: Vocabulary(["a"]).encode([["a"]]), r"\['a'\] is a list"),  # type: ignore[list-item]
        (lambda: Vocabulary(["a"]).decode([1.5]), "1.5 is a float"),  # type: ignore[list-item]
        (lambda: Vocabulary(["a"]).decode(None), "ids is None"),  # type: ignore[arg-type]
        (lambda: Vocabulary(["a"]).decode([5]), "id 5 is outside .* 0 to 4"),
        (lambda: Vocabulary(["a"]).decode([-1]), "id -1 is outside"),
        (lambda: Vocabulary(["a"]).decode(torch.tensor([[4]])), r"shape \(1, 1\)"),
    ],
)
def test_bad_input_is_named(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
