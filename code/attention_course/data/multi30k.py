"""Multi30k: captions of photographs in English, German and French (Elliott et al., 1605.00459).

29,000 pairs for training, 1,014 for validation, 1,000 for testing. The data set is for research
and education, not for commercial use.
"""

from __future__ import annotations

import gzip
import re
import unicodedata

from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.sources import fetch, on_disk
from attention_course.data.vocabulary import Vocabulary

LANGUAGES = ("de", "en", "fr")
TERMS = "Multi30k is for research and education, not for commercial use."

# A French apostrophe ends a word (l' homme), an English or German one begins one (man 's).
_WORD = r"\w+(?:-\w+)*"
_PATTERNS = {
    language: re.compile(rf"{apostrophe}|{_WORD}|[^\w\s]")
    for language, apostrophe in (
        ("de", r"(?<=\w)'\w+"),
        ("en", r"(?<=\w)'\w+"),
        ("fr", r"\w+'(?=\w)"),
    )
}


def tokenise(text: str, language: str) -> list[str]:
    """The words of a sentence, in lower case.

    A word is a run of letters and digits, with hyphens inside (``t-shirt``); at an apostrophe it
    is parted as the language has it: ``man 's``, ``l' homme``. Every other sign is a word of its
    own. Typographic apostrophes become plain ones.

    Raises:
        ValueError: a language other than ``de``, ``en`` and ``fr``.
    """
    _check_language("language", language)
    plain = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    return _PATTERNS[language].findall(plain)


def corpus(
    source: str = "de",
    target: str = "en",
    *,
    min_count: int = 2,
    max_length: int | None = 50,
    test: str = "2016",
) -> Corpus:
    """Multi30k as a corpus of word pairs, without alignment. Prints its terms of use.

    Args:
        source, target: two of ``"de"``, ``"en"``, ``"fr"``.
        min_count: a word that training has less often is ``<unk>`` (default 2).
        max_length: training pairs with more words than this on either side are left out; None
            keeps all. Validation and test stay whole.
        test: the Flickr test set of ``"2016"`` (the default) or ``"2017"``.

    Raises:
        ValueError: an unknown language or test set, one language twice, ``min_count`` or
            ``max_length`` below 1, or a damaged file.
        FileNotFoundError: a file is missing, or cannot be downloaded.
    """
    check_integers(1, min_count=min_count)
    if max_length is not None:
        check_integers(1, max_length=max_length)
    files = _files(source, target, test)
    print(TERMS)
    train, validation, tested = (
        _pairs((source, first), (target, second)) for first, second in files
    )
    if max_length is not None:
        train = tuple(p for p in train if max(len(p.source), len(p.target)) <= max_length)
    return Corpus(
        name=f"multi30k {source}-{target}",
        train=train,
        validation=validation,
        test=tested,
        source_vocabulary=Vocabulary.build((p.source for p in train), min_count=min_count),
        target_vocabulary=Vocabulary.build((p.target for p in train), min_count=min_count),
    )


def available(source: str = "de", target: str = "en", *, test: str = "2016") -> bool:
    """Whether the files of these languages can be read without a download."""
    return all(on_disk(name) for names in _files(source, target, test) for name in names)


def _files(source: str, target: str, test: str) -> list[tuple[str, str]]:
    """The files of the two languages, for training, validation and testing."""
    _check_language("source", source)
    _check_language("target", target)
    if source == target:
        raise ValueError(f"source and target are both {source!r}; expected two languages")
    if test not in ("2016", "2017"):
        raise ValueError(f'test is {test!r}; expected "2016" or "2017"')
    splits = ("train", "val", f"test_{test}_flickr")
    return [(f"multi30k/{s}.{source}.gz", f"multi30k/{s}.{target}.gz") for s in splits]


def _check_language(name: str, language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"{name} is {language!r}; Multi30k has {', '.join(LANGUAGES)}")


def _pairs(source: tuple[str, str], target: tuple[str, str]) -> tuple[Pair, ...]:
    sides = []
    for language, name in (source, target):
        with gzip.open(fetch(name), "rt", encoding="utf-8") as lines:
            sides.append([tuple(tokenise(line, language)) for line in lines])
    return tuple(Pair(*sentences) for sentences in zip(*sides, strict=True))
