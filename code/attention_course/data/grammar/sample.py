"""Draws sentences of a wanted length.

A sentence is built from the top: its words are shared out among clauses, a clause's words among
its verbs, noun phrases and the rest. So any distribution of lengths can be asked for, and few
draws miss their length. The rules that keep the English free of double meanings, where the
translation would differ, stand here, each beside the line that keeps it.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from attention_course.data.grammar import lexicon
from attention_course.data.grammar.lexicon import (
    ADJECTIVES,
    BE,
    DETERMINERS,
    DITRANSITIVE,
    INTRANSITIVE,
    NOUNS,
    PRONOUNS,
    TRANSITIVE,
    Adjective,
    Determiner,
    Noun,
    Preposition,
    Verb,
)
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

Item = TypeVar("Item")

SHORTEST = 2
"""Words of the shortest clause: he sleeps."""

DEEPEST = 2
"""So many relative clauses may stand inside one another."""


def _by_number(determiners: Sequence[Determiner]) -> tuple[tuple[Determiner, ...], ...]:
    """The determiners of a singular noun, and those of a plural one."""
    return tuple(tuple(d for d in determiners if number in d.numbers) for number in "sp")


ANY = _by_number(DETERMINERS)
# Not "every man does not sleep": it can mean two things.
NOT_EVERY = _by_number([d for d in DETERMINERS if d.english != "every"])
# Not "he does not see a dog": French and German would change the article.
DEFINITE = _by_number([d for d in DETERMINERS if d.definite])

NOUNS_OF = {
    kinds: tuple(noun for noun in NOUNS if noun.kind in kinds)
    for kinds in {"P", "PA", "PAT", "PATL", "T", "L", *(verb.objects for verb in TRANSITIVE)}
}
# By English noun: the adjectives that stand before its French noun, and those after.
BEFORE, AFTER = (
    {
        noun.singular: tuple(
            adjective
            for adjective in ADJECTIVES
            if adjective.before is before
            and noun.kind in adjective.kinds
            and noun.singular not in adjective.never
        )
        for noun in NOUNS
    }
    for before in (True, False)
)
PREDICATES = {
    kinds: tuple(a for a in ADJECTIVES if all(kind in a.kinds for kind in kinds))
    for kinds in ("P", "A", "T", "L", "PA")
}
COMPANY, PLACES = (tuple(p for p in lexicon.PREPOSITIONS if p.kinds == kind) for kind in "PL")

# The kinds of clause: the fewest words beside the subject, and how often they are drawn, each
# with all before it.
DOING, DOING_TO, GIVING, BEING, BEING_SOMEWHERE = range(5)
LEAST = (1, 2, 6, 2, 4)
SHARES = (0.25, 0.70, 0.80, 0.92, 1.0)


class Sampler:
    """Draws trees; all chance comes from ``random``."""

    def __init__(self, random: Random) -> None:
        self._random = random.random
        # Words that a clause was given and had no place for; the next one gets them.
        self._unspent = 0

    def _pick(self, items: Sequence[Item]) -> Item:
        return items[int(self._random() * len(items))]

    def _chance(self, probability: float) -> bool:
        return self._random() < probability

    def _upto(self, most: int) -> int:
        """An integer from 0 to ``most``, both included; 0 where ``most`` is negative."""
        return int(self._random() * (most + 1)) if most > 0 else 0

    def sentence(self, length: int) -> Sentence:
        """A sentence of ``length`` English words (3 or more), now and then of fewer."""
        self._unspent = 0
        budgets = self._share(length)
        fronted = stated = trailing = None
        if len(budgets) > 1 and self._chance(0.25):
            fronted = self._subordinate(budgets.pop())
        if len(budgets) > 1 and self._chance(0.5):
            trailing = self._subordinate(budgets.pop())
        if len(budgets) > 1 and self._chance(0.4):
            budget = budgets.pop()
            if self._chance(0.5):
                # I know that …: what is spared goes to the other clause.
                budget += budgets[-1] - SHORTEST
                budgets[-1] = SHORTEST
            stated = Link(lexicon.THAT, self._clause(budget))
        clauses = []
        for i, budget in enumerate(budgets):
            if stated and i == len(budgets) - 1:
                clauses.append(self._declaration(budget))
            else:
                # Of "when he sleeps today she sings" the first clause has the word of time.
                clauses.append(self._clause(budget, time_first=i > 0 or not fronted))
        coordinated = [Link(self._pick(lexicon.COORDINATORS), clause) for clause in clauses[1:]]
        return Sentence(clauses[0], fronted, coordinated, stated, trailing)

    def _share(self, length: int) -> list[int]:
        """The words of each clause, without the words that join them."""
        clauses = round(length / (6 + 8 * self._random()))
        clauses = max(1, min(clauses, (length + 1) // 4))
        least = SHORTEST + 1
        budgets = [least] * clauses
        for _ in range(length - (clauses - 1) - least * clauses):
            budgets[int(self._random() * clauses)] += 1
        return budgets

    def _subordinate(self, budget: int) -> Link:
        conjunction = self._pick(lexicon.SUBORDINATORS)
        # not "when he will sleep": English has no future there
        return Link(conjunction, self._clause(budget, future=conjunction is lexicon.BECAUSE))

    def _declaration(self, budget: int) -> Clause:
        """she knows (that …). Never negated: French would then need the subjunctive."""
        verb = self._pick(lexicon.DECLARATIVE)
        if budget == SHORTEST:
            return Clause(PronounPhrase(self._pick(PRONOUNS)), verb)
        return Clause(self._subject(budget - 1, ANY), verb)

    def _clause(
        self,
        budget: int,
        *,
        gap: str = "",
        head: Noun | None = None,
        depth: int = 0,
        time_first: bool = False,
        future: bool = True,
    ) -> Clause:
        """A clause of ``budget`` words.

        A relative clause has a ``gap``, "subject" or "object", where its ``head`` belongs;
        ``depth`` counts the relative clauses around this one. ``time_first``: it may begin with a
        word of time. ``future``: it may have *will*.
        """
        if not gap:
            budget, self._unspent = budget + self._unspent, 0
        subject_words = 0 if gap == "subject" else 1
        spare = budget - subject_words
        kind = self._kind(spare, gap, head)
        clause = Clause(None, self._verb(kind, spare, gap, head))
        has_object = kind in (DOING_TO, GIVING) and gap != "object"
        spare -= LEAST[kind] - (gap == "object") + bool(clause.verb.particle)
        # Not "he buys him": the object is a pronoun only of verbs that go with persons.
        pronoun_object = kind == DOING_TO and has_object
        if pronoun_object and "P" not in clause.verb.objects:
            pronoun_object, spare = False, spare - 1
        # A pronoun stays one word: what is spared has to go elsewhere.
        pronoun = subject_words == 1 and (not spare or self._chance(0.25))
        if subject_words and not pronoun:
            subject_words, spare = 2, spare - 1
        if pronoun_object and spare and self._chance(0.8):
            pronoun_object, spare = False, spare - 1
        spare = self._verbs(clause, spare, future)

        # What follows a relative clause would be read as part of it: so the one or the other. In
        # German a word of frequency would come between the two.
        object_relative = (
            (kind == DOING_TO and has_object and not pronoun_object and depth < DEEPEST)
            and (not clause.frequency or clause.modal is not None or clause.denied)
            and (spare >= 2 and self._chance(0.4))
        )
        object_spare = recipient_spare = 0
        eager = pronoun or gap == "subject"
        if object_relative:
            object_spare = spare if eager else 2 + self._upto(spare - 2)
        else:
            spare = self._circumstances(clause, kind, spare, time_first, eager)
            if has_object and not pronoun_object:
                object_spare = min(spare, 2) if eager else self._upto(min(spare, 2))
            if kind == GIVING:
                recipient_spare = self._upto(min(spare - object_spare, 2))
        spare -= object_spare + recipient_spare

        if subject_words < 2:
            self._unspent += spare
        if pronoun:
            # Of "I am tired" French would have to know who is speaking.
            clause.subject = PronounPhrase(self._pick(PRONOUNS if kind != BEING else PRONOUNS[2:]))
        elif subject_words:
            clause.subject = self._subject(
                subject_words + spare,
                NOT_EVERY if clause.denied else ANY,
                kinds={BEING: "PATL", BEING_SOMEWHERE: "PAT"}.get(kind, "PA"),
                # Of "the man who waits often sleeps" nobody knows what he often does.
                relative=depth == 0
                and not (clause.frequency and not clause.modal and clause.verb is not BE),
            )
        determiners = DEFINITE if clause.denied else ANY
        if kind == BEING:
            clause.predicate = self._predicate(clause.subject, head)
        if pronoun_object:
            clause.object = self._object_pronoun(clause.subject)
        elif has_object:
            nouns = NOUNS_OF[clause.verb.objects]
            clause.object = self._noun_phrase(
                nouns, 2 + object_spare, determiners, relative=object_relative, depth=depth
            )
        if kind == GIVING:
            clause.recipient = self._noun_phrase(NOUNS_OF["PA"], 2 + recipient_spare, determiners)
        return clause

    def _kind(self, spare: int, gap: str, head: Noun | None) -> int:
        if gap == "object":
            return DOING_TO
        # A thing does nothing: of it only being is said.
        lifeless = head is not None and head.kind not in "PA"
        while True:
            kind = bisect(SHARES, self._random())
            if LEAST[kind] <= spare and not (lifeless and kind < BEING):
                return kind

    def _verb(self, kind: int, spare: int, gap: str, head: Noun | None) -> Verb:
        if kind == DOING:
            return self._pick(INTRANSITIVE)
        if kind == GIVING:
            return self._pick(DITRANSITIVE)
        if kind != DOING_TO:
            return BE
        while True:
            verb = self._pick(TRANSITIVE)
            if gap == "object":
                assert head is not None
                if head.kind in verb.objects and spare >= (2 if verb.particle else 1):
                    return verb
            elif spare >= 2 + bool(verb.particle) + ("P" not in verb.objects):
                return verb

    def _verbs(self, clause: Clause, spare: int, future: bool) -> int:
        """Perhaps adds can, not, never, often …; gives what is left of ``spare``."""
        if spare and self._chance(0.25):
            clause.modal = self._pick(lexicon.MODALS if future else lexicon.MODALS[:2])
            spare -= 1
        price = 1 if clause.modal or clause.verb is BE else 2  # does not
        if spare >= price and self._chance(0.25):
            clause.negated = True
            return spare - price
        if spare and self._chance(0.2):
            clause.frequency = self._pick(lexicon.FREQUENCY)
            return spare - 1
        return spare

    def _circumstances(
        self, clause: Clause, kind: int, spare: int, time_first: bool, eager: bool
    ) -> int:
        """Perhaps adds with the king, in the garden, today; gives what is left of ``spare``.

        ``eager``: adds what it can, as there is hardly anywhere else for the words to go.
        """
        # Nobody sleeps with anybody here.
        company = kind in (DOING, DOING_TO) and clause.verb is not lexicon.SLEEP
        if company and spare >= 3 and self._chance(0.25):
            spare = self._prepositional(clause, COMPANY, spare)
        if kind == BEING_SOMEWHERE:
            # Its place has been paid for.
            spare = self._prepositional(clause, PLACES, spare + 3)
        elif kind in (DOING, DOING_TO) and spare >= 3 and self._chance(1 if eager else 0.5):
            spare = self._prepositional(clause, PLACES, spare)
        # "often … today" would say too much.
        if spare and not clause.frequency and self._chance(0.8 if eager else 0.3):
            clause.time = self._pick(lexicon.TIME)
            clause.time_first = time_first and self._chance(0.5)
            spare -= 1
        return spare

    def _prepositional(
        self, clause: Clause, prepositions: Sequence[Preposition], spare: int
    ) -> int:
        preposition = self._pick(prepositions)
        if len(preposition.english) + 2 > spare:
            preposition = prepositions[0]
        spare -= len(preposition.english) + 2
        adjectives = self._upto(min(spare, 1))
        nouns = NOUNS_OF[preposition.kinds]
        # Not "without every man", "not in a garden": French and German would say it otherwise.
        definite = clause.denied or preposition is lexicon.WITHOUT
        phrase = self._noun_phrase(nouns, 2 + adjectives, DEFINITE if definite else ANY)
        clause.phrases.append(PrepositionalPhrase(preposition, phrase))
        return spare - adjectives

    def _subject(
        self,
        words: int,
        determiners: tuple[tuple[Determiner, ...], ...],
        *,
        kinds: str = "PA",
        relative: bool = True,
    ) -> NounPhrase | Both:
        """A subject of ``words`` words, 2 or more; ``relative``: it may have a relative clause."""
        if words >= 5 and self._chance(0.3):
            first = self._upto(min(words - 5, 2))
            second = min(words - 5 - first, 2)
            # no "every": it would ask for a singular verb
            people = NOUNS_OF["PA"]
            return Both(
                self._noun_phrase(people, 2 + first, NOT_EVERY),
                self._noun_phrase(people, 2 + second, NOT_EVERY),
            )
        return self._noun_phrase(NOUNS_OF[kinds], words, determiners, relative=relative)

    def _predicate(self, subject: Phrase | None, head: Noun | None) -> Adjective:
        if isinstance(subject, PronounPhrase):
            return self._pick(PREDICATES["P"])
        if isinstance(subject, Both):
            return self._pick(PREDICATES["PA"])
        noun = subject.noun if subject else head
        assert noun is not None
        return self._pick(PREDICATES[noun.kind])

    def _object_pronoun(self, subject: Phrase | None) -> PronounPhrase:
        """Not "I see me" nor "I see us": those ask for a reflexive."""
        speaker = isinstance(subject, PronounPhrase) and subject.pronoun in PRONOUNS[:2]
        return PronounPhrase(self._pick(PRONOUNS[2:] if speaker else PRONOUNS))

    def _noun_phrase(
        self,
        nouns: Sequence[Noun],
        words: int,
        determiners: tuple[tuple[Determiner, ...], ...],
        *,
        relative: bool = False,
        depth: int = 0,
    ) -> NounPhrase:
        """A noun phrase of ``words`` words; ``relative``: it may have a relative clause."""
        noun = self._pick(nouns)
        plural = self._chance(0.35)
        determiner = lexicon.THE if self._chance(0.4) else self._pick(determiners[plural])
        if determiner.possessive and noun in lexicon.NEVER_OWNED:
            determiner = lexicon.THE
        spare = words - 2
        clause = None
        # The shortest: that sleeps; of a thing: that is heavy.
        least = 2 if noun.kind in "PA" else 3
        if relative and spare >= least and (spare > 2 or self._chance(0.5)):
            adjectives = self._upto(min(spare - least, 1))
            clause = self._relative(spare - adjectives, noun, depth)
            spare = adjectives
        adjectives_drawn: list[Adjective] = []
        before, after = BEFORE[noun.singular], AFTER[noun.singular]
        if spare >= 2 or (spare == 1 and self._chance(0.5)):
            adjectives_drawn.append(self._pick(before))
        if spare > len(adjectives_drawn):
            adjectives_drawn.append(self._pick(after))
        self._unspent += spare - len(adjectives_drawn)
        return NounPhrase(determiner, tuple(adjectives_drawn), noun, plural, clause)

    def _relative(self, words: int, noun: Noun, depth: int) -> Relative:
        of_subject = words < 3 or self._chance(0.55)
        gap = "subject" if of_subject else "object"
        clause = self._clause(words - 1, gap=gap, head=noun, depth=depth + 1)
        return Relative(clause, of_subject)
