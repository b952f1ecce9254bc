"""A sentence before it is in any language.

The nodes carry, beside what they say, where their English words stand (fields named ``at``,
filled in by ``english.write``); the French and the German take their alignment from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from attention_course.data.grammar.lexicon import (
    HE,
    NEVER,
    THEY,
    Adjective,
    Adverb,
    Determiner,
    Noun,
    Preposition,
    Pronoun,
    Verb,
)

Place = tuple[int, ...]
"""Indices of English words."""

Word = tuple[str, Place]
"""A French or German word with the English words that it comes from."""


@dataclass(slots=True)
class PronounPhrase:
    """I, him, they …"""

    pronoun: Pronoun
    at: int = -1

    @property
    def person(self) -> int:
        return self.pronoun.person


@dataclass(slots=True)
class NounPhrase:
    """the old tired man who sleeps; ``at`` is where the determiner stands, the rest follows."""

    determiner: Determiner
    adjectives: tuple[Adjective, ...]
    noun: Noun
    plural: bool
    relative: Relative | None = None
    at: int = -1

    @property
    def person(self) -> int:
        return THEY if self.plural else HE


@dataclass(slots=True)
class Both:
    """the man and the woman"""

    first: NounPhrase
    second: NounPhrase
    at: int = -1

    @property
    def person(self) -> int:
        return THEY


Phrase = PronounPhrase | NounPhrase | Both


@dataclass(slots=True)
class PrepositionalPhrase:
    """in the garden"""

    preposition: Preposition
    phrase: NounPhrase
    at: Place = ()


@dataclass(slots=True)
class Clause:
    """One verb with all that belongs to it.

    ``subject`` is None in a relative clause about its subject, ``object`` in one about its object;
    ``predicate`` is the adjective after *be*; ``recipient`` follows *to*. At most one of
    ``negated`` and ``frequency`` is set. ``time_first``: today I sleep.
    """

    subject: Phrase | None
    verb: Verb
    object: PronounPhrase | NounPhrase | None = None
    recipient: NounPhrase | None = None
    predicate: Adjective | None = None
    modal: Verb | None = None
    negated: bool = False
    frequency: Adverb | None = None
    phrases: list[PrepositionalPhrase] = field(default_factory=list)
    time: Adverb | None = None
    time_first: bool = False
    verb_at: Place = ()  # with its particle
    modal_at: Place = ()
    not_at: Place = ()  # with do or does before it
    frequency_at: Place = ()
    predicate_at: Place = ()
    recipient_at: Place = ()  # of "to"
    time_at: Place = ()

    @property
    def denied(self) -> bool:
        """Whether the clause has *not* or *never*."""
        return self.negated or self.frequency is NEVER


@dataclass(slots=True)
class Relative:
    """who sleeps, that the man sees; ``of_subject`` says whether the noun is its subject."""

    clause: Clause
    of_subject: bool
    at: int = -1


@dataclass(slots=True)
class Link:
    """A clause with the word that ties it to the sentence: and, because, when, that …"""

    word: Adverb
    clause: Clause
    at: int = -1


@dataclass(slots=True)
class Sentence:
    """[when C] C [and C]* [that C] [because C]

    ``fronted``, ``stated`` and ``trailing`` are subordinate, ``coordinated`` are main clauses.
    """

    main: Clause
    fronted: Link | None = None
    coordinated: list[Link] = field(default_factory=list)
    stated: Link | None = None
    trailing: Link | None = None
