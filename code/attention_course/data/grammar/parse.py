"""Reads an English sentence of the grammar back into its tree.

A sentence has one tree only: what could belong to two clauses belongs to the nearer one. In "the
king sees the dog that sleeps in the garden" it is the dog that is in the garden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, TypeVar

from attention_course.data.grammar import english, lexicon
from attention_course.data.grammar.lexicon import BE, PRONOUNS, Adverb
from attention_course.data.grammar.tree import (
    Both,
    Clause,
    Link,
    NounPhrase,
    Phrase,
    PrepositionalPhrase,
    PronounPhrase,
    Relative,
    Sentence,
)

Entry = TypeVar("Entry", lexicon.Determiner, lexicon.Adjective, Adverb)
Value = TypeVar("Value")


def _by_english(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.english: entry for entry in entries}


DETERMINERS = {**_by_english(lexicon.DETERMINERS), "an": lexicon.A}
ADJECTIVES = _by_english(lexicon.ADJECTIVES)
BEFORE = _by_english(a for a in lexicon.ADJECTIVES if a.before)
AFTER = _by_english(a for a in lexicon.ADJECTIVES if not a.before)
FREQUENCY, TIME = _by_english(lexicon.FREQUENCY), _by_english(lexicon.TIME)
COORDINATORS = _by_english(lexicon.COORDINATORS)
SUBORDINATORS = _by_english(lexicon.SUBORDINATORS)
MODALS = {modal.english[0]: modal for modal in lexicon.MODALS}
SUBJECTS = {pronoun.subject: pronoun for pronoun in PRONOUNS}
OBJECTS = {pronoun.object: pronoun for pronoun in PRONOUNS}
# The longest first: "in front of" also begins with "in".
PREPOSITIONS = sorted(
    ((preposition.english, preposition) for preposition in lexicon.PREPOSITIONS),
    key=lambda entry: -len(entry[0]),
)
NOUNS = {noun.singular: (noun, False) for noun in lexicon.NOUNS}
NOUNS |= {noun.plural: (noun, True) for noun in lexicon.NOUNS}
# By the verb's word and its particle: looks for, looks at.
VERBS = {(word, verb.particle): verb for verb in (*lexicon.VERBS, BE) for word in verb.english}
VERBS |= {("am", ""): BE, ("are", ""): BE}
KNOWN = english.vocabulary()


def parse(words: Sequence[str]) -> Sentence:
    """The tree of an English sentence, with the places of its words.

    Raises:
        ValueError: the sentence is empty, has a word that the grammar does not know, breaks its
            rules, or would need a rule of French or German that the grammar does not have.
    """
    if not words:
        raise ValueError("the sentence is empty; expected English words")
    for word in words:
        if word not in KNOWN:
            raise ValueError(
                f"the grammar does not know the English word {word!r}; "
                "the vocabulary of the corpus lists the words it knows"
            )
    sentence = _Parser(words).sentence()
    # Agreement, a or an, who or that: the tree knows how it must be written.
    for i, (given, right) in enumerate(zip(words, english.write(sentence), strict=True)):
        if given != right:
            raise ValueError(
                f"word {i + 1} of {' '.join(words)!r} is {given!r}, expected {right!r}"
            )
    return sentence


class _Parser:
    """Recursive descent: every method reads its part from where the last one stopped."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._at = 0

    def _next(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _found(self, table: Mapping[str, Value]) -> Value | None:
        """What ``table`` has for the next word, which is then read; else None."""
        value = table.get(self._next())
        if value is not None:
            self._at += 1
        return value

    def _required(self, table: Mapping[str, Value], name: str) -> Value:
        value = self._found(table)
        if value is None:
            raise self._error(name)
        return value

    def _error(self, expected: str) -> ValueError:
        found = repr(self._next()) if self._next() else "missing"
        sentence = " ".join(self._words)
        return ValueError(f"word {self._at + 1} of {sentence!r} is {found}, expected {expected}")

    def sentence(self) -> Sentence:
        fronted = self._subordinate()
        result = Sentence(self._clause(time_first=not fronted), fronted)
        last = result.main
        while last.verb not in lexicon.DECLARATIVE and self._next() in COORDINATORS:
            link = Link(self._required(COORDINATORS, "and"), self._clause(time_first=True))
            result.coordinated.append(link)
            last = link.clause
        if last.verb in lexicon.DECLARATIVE:
            that = self._required({"that": lexicon.THAT}, "'that'")
            result.stated = Link(that, self._plain_clause())
        result.trailing = self._subordinate()
        if self._next():
            raise self._error("the end of the sentence")
        return result

    def _subordinate(self) -> Link | None:
        conjunction = self._found(SUBORDINATORS)
        return Link(conjunction, self._plain_clause()) if conjunction else None

    def _plain_clause(self, gap: str = "") -> Clause:
        start = self._at
        clause = self._clause(gap)
        if clause.verb in lexicon.DECLARATIVE:
            self._at = start
            raise self._error(f"a clause without {clause.verb.english[0]!r}")
        return clause

    def _clause(self, gap: str = "", *, time_first: bool = False) -> Clause:
        time = self._found(TIME) if time_first else None
        subject = None if gap == "subject" else self._subject()
        clause = self._verbs(subject)
        if time:
            clause.time, clause.time_first = time, True
        if clause.verb is BE and self._next() in ADJECTIVES:
            clause.predicate = self._required(ADJECTIVES, "an adjective")
        elif clause.verb is BE and not any(self._next() == words[0] for words, _ in PREPOSITIONS):
            raise self._error("an adjective or a place")
        elif gap == "object":
            if clause.verb not in lexicon.TRANSITIVE:
                self._at -= 1
                raise self._error("a verb with an object")
        elif clause.verb in lexicon.TRANSITIVE:
            clause.object = self._object()
        elif clause.verb in lexicon.DITRANSITIVE:
            clause.object = self._noun_phrase()
            self._required({"to": True}, "'to'")
            clause.recipient = self._noun_phrase()
        while prepositional := self._prepositional():
            clause.phrases.append(prepositional)
        if not clause.time:
            clause.time = self._found(TIME)
        _check(clause)
        return clause

    def _verbs(self, subject: Phrase | None) -> Clause:
        modal = self._found(MODALS)
        negated = False
        if not modal and self._next() in ("do", "does"):
            self._at += 1
            negated = self._required({"not": True}, "'not'")
        elif modal:
            negated = bool(self._found({"not": True}))
        frequency = None if negated else self._found(FREQUENCY)
        word = self._next()
        following = self._words[self._at + 1] if self._at + 1 < len(self._words) else ""
        verb = VERBS.get((word, "")) or VERBS.get((word, following))
        if not verb:
            raise self._error("a verb")
        self._at += 2 if verb.particle else 1
        if verb is BE and not modal:
            negated = bool(self._found({"not": True}))
            frequency = None if negated else self._found(FREQUENCY)
        return Clause(subject, verb, modal=modal, negated=negated, frequency=frequency)

    def _subject(self) -> Phrase:
        pronoun = self._found(SUBJECTS)
        if pronoun:
            return PronounPhrase(pronoun)
        first = self._noun_phrase(relative=True)
        if not first.relative and self._found({"and": True}):
            return Both(first, self._noun_phrase())
        return first

    def _object(self) -> PronounPhrase | NounPhrase:
        pronoun = self._found(OBJECTS)
        return PronounPhrase(pronoun) if pronoun else self._noun_phrase(relative=True)

    def _noun_phrase(self, *, relative: bool = False) -> NounPhrase:
        """``relative``: a relative clause may follow."""
        determiner = self._required(DETERMINERS, "a determiner such as 'the', or a pronoun")
        before, after = self._found(BEFORE), self._found(AFTER)
        adjectives = tuple(adjective for adjective in (before, after) if adjective)
        noun, plural = self._required(NOUNS, "a noun" if after else "an adjective or a noun")
        if determiner.possessive and noun in lexicon.NEVER_OWNED:
            owned = f"{determiner.english} {noun.plural if plural else noun.singular}"
            _refuse(repr(owned), "in French and German it would be a wife, husband or child")
        phrase = NounPhrase(determiner, adjectives, noun, plural)
        if relative and self._next() in ("who", "that"):
            self._at += 1
            of_subject = self._next() not in DETERMINERS and self._next() not in SUBJECTS
            clause = self._plain_clause("subject" if of_subject else "object")
            phrase.relative = Relative(clause, of_subject)
        return phrase

    def _prepositional(self) -> PrepositionalPhrase | None:
        for words, preposition in PREPOSITIONS:
            if tuple(self._words[self._at : self._at + len(words)]) == words:
                self._at += len(words)
                return PrepositionalPhrase(preposition, self._noun_phrase())
        return None


def _check(clause: Clause) -> None:
    """Refuses what French or German would say by rules that the grammar does not have.

    Raises:
        ValueError: naming the words and the reason.
    """
    subject, object_ = clause.subject, clause.object
    noun_phrases = [object_, clause.recipient, *(p.phrase for p in clause.phrases)]
    if clause.denied:
        for phrase in noun_phrases:
            if isinstance(phrase, NounPhrase) and not phrase.determiner.definite:
                _refuse(
                    f"not or never with {phrase.determiner.english!r} after the verb",
                    "French and German would change the article",
                )
        if isinstance(subject, NounPhrase) and subject.determiner.english == "every":
            _refuse("not or never after 'every'", "it can mean two things")
    for prepositional in clause.phrases:
        determiner = prepositional.phrase.determiner
        if prepositional.preposition is lexicon.WITHOUT and not determiner.definite:
            _refuse(f"'without {determiner.english}'", "French and German would drop the article")
    if isinstance(subject, PronounPhrase) and subject.person in (lexicon.ME, lexicon.WE):
        if clause.predicate:
            _refuse(
                f"{subject.pronoun.subject!r} with an adjective",
                "French would have to know who is speaking",
            )
        if isinstance(object_, PronounPhrase) and object_.person in (lexicon.ME, lexicon.WE):
            _refuse(
                f"{subject.pronoun.subject!r} with {object_.pronoun.object!r}",
                "it would ask for a reflexive verb",
            )
    changed = clause.modal or clause.negated or clause.frequency
    if clause.verb in lexicon.DECLARATIVE and (changed or clause.phrases or clause.time):
        _refuse(
            f"anything more in a clause with {clause.verb.english[0]!r}",
            "French might need the subjunctive",
        )


def _refuse(what: str, why: str) -> NoReturn:
    raise ValueError(f"the grammar cannot translate {what}: {why}")
