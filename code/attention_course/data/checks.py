"""Checks of what a caller gives, with errors that name it."""

from __future__ import annotations

from collections.abc import Collection


def check_integers(least: int | None = None, **values: object) -> None:
    """Raises ValueError that names the first value that is not an integer of at least `least`."""
    bound = "" if least is None else f" of at least {least}"
    for name, value in values.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or (least is not None and value < least):  # type: ignore[operator]
            raise ValueError(f"{name} is {value!r}, expected an integer{bound}")


def check_sentences(name: str, sentences: object) -> None:
    """Raises ValueError unless `sentences` is a list of sentences, each a list of words."""
    expected = "expected a list of sentences, each a list of words: [sentence.split()]"
    if isinstance(sentences, str):
        raise ValueError(f"{name} is the string {sentences!r}, {expected}")
    if not isinstance(sentences, Collection):
        raise ValueError(f"{name} is a {type(sentences).__name__}, {expected}")
    for sentence in sentences:
        if isinstance(sentence, str):
            raise ValueError(f"a sentence of {name} is the string {sentence!r}, {expected}")
        if not isinstance(sentence, Collection):
            raise ValueError(f"a sentence of {name} is {sentence!r}, {expected}")
