"""Words as integers: four special tokens, then the words."""

from __future__ import annotations

import difflib
import operator
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from torch import Tensor

from attention_course.data.checks import check_integers

PAD, BOS, EOS, UNK = 0, 1, 2, 3
SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


class Vocabulary:
    """A two-way table between words and the integers 0 … V-1.

    Ids 0–3 are ``<pad>``, ``<bos>``, ``<eos>`` and ``<unk>``; the words follow in the order given.

    Args:
        words: the words, without the four specials and without repetition.
        unknown: what ``encode`` does with a word that is not in the table: ``"raise"`` (the
            default) is an error, ``"replace"`` gives ``<unk>``.

    Raises:
        ValueError: a word is no string, stands twice or is one of the specials, or ``unknown`` is
            neither choice.
    """

    def __init__(
        self, words: Iterable[str], *, unknown: Literal["raise", "replace"] = "raise"
    ) -> None:
        if isinstance(words, str):
            raise ValueError(
                f"words is one string, {words!r}; expected an iterable of words: use .split()"
            )
        if unknown not in ("raise", "replace"):
            raise ValueError(f'unknown is {unknown!r}; expected "raise" or "replace"')
        self.words = (*SPECIALS, *words)
        for word in self.words:
            if not isinstance(word, str):
                raise ValueError(
                    f"the word {word!r} is a {type(word).__name__}, expected a string; "
                    "Vocabulary.build takes sentences"
                )
        self.unknown = unknown
        self._ids = {word: i for i, word in enumerate(self.words)}
        if len(self._ids) < len(self.words):
            twice = sorted(word for word, n in Counter(self.words).items() if n > 1)
            raise ValueError(
                f"these words stand more than once, or are special tokens: {twice[:5]}; "
                "give each word once and leave out the four specials"
            )

    @classmethod
    def build(
        cls,
        sentences: Iterable[Sequence[str]],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        unknown: Literal["raise", "replace"] = "replace",
    ) -> Vocabulary:
        """The vocabulary of some sentences, the most frequent words first, ties by alphabet.

        Args:
            sentences: lists of words.
            min_count: how often a word must occur to be kept (default 1: every word).
            max_size: at most so many entries, the four specials included (default: no limit).
            unknown: as in the constructor, but ``"replace"`` by default.

        Raises:
            ValueError: ``min_count`` below 1, ``max_size`` below 5, or a sentence that is one
                string instead of a list of words.
        """
        check_integers(1, min_count=min_count)
        if max_size is not None:
            check_integers(len(SPECIALS) + 1, max_size=max_size)
        if isinstance(sentences, str) or not isinstance(sentences, Iterable):
            raise ValueError(
                f"sentences is {sentences!r}, expected a list of sentences, each a list of words: "
                "[sentence.split()]"
            )
        counts: Counter[str] = Counter()
        for sentence in sentences:
            _check_sentence(sentence)
            counts.update(sentence)
        for special in SPECIALS:
            counts.pop(special, None)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        kept = [word for word in ranked if counts[word] >= min_count]
        if max_size is not None:
            kept = kept[: max_size - len(SPECIALS)]
        return cls(kept, unknown=unknown)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self.words == other.words and self.unknown == other.unknown

    def __hash__(self) -> int:
        return hash((self.words, self.unknown))

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} entries, unknown={self.unknown!r})"

    def encode(self, words: Sequence[str]) -> list[int]:
        """The ids of a sentence, with EOS at the end.

        Raises:
            ValueError: the sentence is empty or no list of words, or (with ``unknown="raise"``) a
                word is not in the vocabulary.
        """
        _check_sentence(words)
        if len(words) == 0:
            raise ValueError("the sentence is empty; expected at least one word")
        ids = []
        for word in words:
            if not isinstance(word, str):
                raise ValueError(
                    f"the word {word!r} is a {type(word).__name__}, expected a string: a sentence "
                    "is a list of words"
                )
            i = self._ids.get(word, UNK)
            if i == UNK and self.unknown == "raise":
                raise ValueError(self._unknown_word(word))
            ids.append(i)
        return [*ids, EOS]

    def _unknown_word(self, word: str) -> str:
        known = self.words[len(SPECIALS) :]
        near = difflib.get_close_matches(word.lower(), known, n=3)
        hint = f"; the nearest known words are {', '.join(near)}" if near else ""
        return (
            f"the word {word!r} is not in the vocabulary of {len(known)} words{hint}; "
            'use known words, or a vocabulary made with unknown="replace"'
        )

    def decode(self, ids: Iterable[int] | Tensor) -> list[str]:
        """The words of some ids, up to the first EOS; PAD and BOS are dropped.

        Args:
            ids: integers, or a tensor of shape (T,).

        Raises:
            ValueError: an id that is no integer from 0 to V-1, or a tensor that is not
                one-dimensional.
        """
        if isinstance(ids, Tensor):
            if ids.dim() != 1:
                raise ValueError(f"ids has shape {tuple(ids.shape)}, expected (T,): one sentence")
            ids = ids.tolist()
        if not isinstance(ids, Iterable):
            raise ValueError(f"ids is {ids!r}, expected a list of integers or a tensor (T,)")
        words = []
        for given in ids:
            try:
                i = operator.index(given)
            except TypeError as error:
                raise ValueError(
                    f"the id {given!r} is a {type(given).__name__}, expected an integer"
                ) from error
            if not 0 <= i < len(self.words):
                raise ValueError(f"the id {i} is outside this vocabulary, 0 to {len(self) - 1}")
            if i == EOS:
                break
            if i not in (PAD, BOS):
                words.append(self.words[i])
        return words


def _check_sentence(words: object) -> None:
    if isinstance(words, str):
        raise ValueError(
            f"the sentence is one string, {words!r}; expected a list of words, "
            f"such as {words.split()[:3]}: use .split()"
        )
    if not isinstance(words, Collection):
        raise ValueError(f"the sentence is {words!r}, expected a list of words")
