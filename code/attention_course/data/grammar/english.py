"""Writes a tree in English and notes in the tree where each word stands."""

from __future__ import annotations

from attention_course.data.grammar import lexicon
from attention_course.data.grammar.lexicon import BE, HE, ME, A
from attention_course.data.grammar.tree import (
    Both,
    Clause,
    Link,
    NounPhrase,
    Phrase,
    PronounPhrase,
    Relative,
    Sentence,
)


def write(sentence: Sentence) -> list[str]:
    """The English words; fills in every ``at`` of the tree."""
    words: list[str] = []
    if sentence.fronted:
        _link(sentence.fronted, words)
    _clause(sentence.main, words)
    for link in sentence.coordinated:
        _link(link, words)
    if sentence.stated:
        _link(sentence.stated, words)
    if sentence.trailing:
        _link(sentence.trailing, words)
    return words


def _link(link: Link, words: list[str]) -> None:
    link.at = len(words)
    words.append(link.word.english)
    _clause(link.clause, words)


def _put(words: list[str], *new: str) -> tuple[int, ...]:
    start = len(words)
    words.extend(new)
    return tuple(range(start, len(words)))


def _clause(clause: Clause, words: list[str], person: int = HE) -> None:
    """``person`` is that of the subject where the clause has none of its own."""
    if clause.time and clause.time_first:
        clause.time_at = _put(words, clause.time.english)
    if clause.subject:
        person = clause.subject.person
        _phrase(clause.subject, words)
    _verbs(clause, words, person)
    if clause.predicate:
        clause.predicate_at = _put(words, clause.predicate.english)
    if clause.object:
        _phrase(clause.object, words, is_object=True)
    if clause.recipient:
        clause.recipient_at = _put(words, "to")
        _phrase(clause.recipient, words)
    for prepositional in clause.phrases:
        prepositional.at = _put(words, *prepositional.preposition.english)
        _phrase(prepositional.phrase, words)
    if clause.time and not clause.time_first:
        clause.time_at = _put(words, clause.time.english)


def _verbs(clause: Clause, words: list[str], person: int) -> None:
    """sees · does not see · must not see · often sees · is not, is often"""
    base, third = clause.verb.english
    if clause.verb is BE:
        finite = {ME: "am", HE: "is"}.get(person, "are")
    else:
        finite = third if person == HE else base
    particle = (clause.verb.particle,) if clause.verb.particle else ()
    if clause.modal:
        clause.modal_at = _put(words, clause.modal.english[0])
        _not_or_often(clause, words)
        clause.verb_at = _put(words, base, *particle)
    elif clause.verb is BE:
        clause.verb_at = _put(words, finite)
        _not_or_often(clause, words)
    elif clause.negated:
        clause.not_at = _put(words, "does" if person == HE else "do", "not")
        clause.verb_at = _put(words, base, *particle)
    else:
        _not_or_often(clause, words)
        clause.verb_at = _put(words, finite, *particle)


def _not_or_often(clause: Clause, words: list[str]) -> None:
    if clause.negated:
        clause.not_at = _put(words, "not")
    if clause.frequency:
        clause.frequency_at = _put(words, clause.frequency.english)


def _phrase(phrase: Phrase, words: list[str], *, is_object: bool = False) -> None:
    if isinstance(phrase, Both):
        _phrase(phrase.first, words)
        (phrase.at,) = _put(words, "and")
        _phrase(phrase.second, words)
        return
    phrase.at = len(words)
    if isinstance(phrase, PronounPhrase):
        words.append(phrase.pronoun.object if is_object else phrase.pronoun.subject)
        return
    words.append(phrase.determiner.english)
    words.extend(adjective.english for adjective in phrase.adjectives)
    words.append(phrase.noun.plural if phrase.plural else phrase.noun.singular)
    if phrase.determiner is A and words[phrase.at + 1][0] in "aeiou":
        words[phrase.at] = "an"
    if phrase.relative:
        _relative(phrase.relative, phrase, words)


def _relative(relative: Relative, head: NounPhrase, words: list[str]) -> None:
    relative.at = len(words)
    words.append("who" if relative.of_subject and head.noun.kind == "P" else "that")
    _clause(relative.clause, words, head.person)


def vocabulary() -> set[str]:
    """Every English word that a sentence can have."""
    words = {"am", "are", "an", "and", "do", "does", "not", "to", "that", "who"}
    for noun in lexicon.NOUNS:
        words |= {noun.singular, noun.plural}
    for verb in (*lexicon.VERBS, *lexicon.MODALS, BE):
        words |= {*verb.english, verb.particle} - {""}
    for pronoun in lexicon.PRONOUNS:
        words |= {pronoun.subject, pronoun.object}
    for preposition in lexicon.PREPOSITIONS:
        words |= {*preposition.english}
    words |= {adjective.english for adjective in lexicon.ADJECTIVES}
    words |= {determiner.english for determiner in lexicon.DETERMINERS}
    return words | {invariable.english for invariable in lexicon.INVARIABLE}
