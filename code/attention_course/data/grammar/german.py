"""Writes a tree in German, each word with the English words it comes from.

All lower-case, and without the commas that written German asks for. The order of the words:

- a main clause has its finite verb second: after the subject, after a word of time
  (``heute sieht der mann …``) or after a whole subordinate clause;
- a subordinate clause, a relative clause among them, has it at the end;
- infinitives and separable prefixes close the clause (``kann … sehen``, ``kommt … an``), and only
  a relative clause about the object may follow them (``den hund sehen der schläft``);
- between the two stand pronouns, then definite objects, then words of time, frequency and
  ``nicht``, then indefinite objects, then the rest; among objects the dative comes first.

What links to what, where it is not plain:

- ``nicht`` comes from *not* and, where there is one, *do* or *does*.
- ``im`` and ``beim`` come from the preposition and from the article.
- a verb, and its prefix where it has come off, come from the English verb with its particle:
  ``sieht`` and ``an`` both from *looks* and *at*.
- the dative of ``gibt dem mann`` links to *the man*; *to* stays without a link.
- ``heute`` and ``abend`` both come from *tonight*; ``vor`` from *in*, *front* and *of*.
"""

from __future__ import annotations

from attention_course.data.grammar import lexicon
from attention_course.data.grammar.lexicon import BE, HE, MAY, MUST, THE, Determiner
from attention_course.data.grammar.tree import (
    Both,
    Clause,
    Link,
    NounPhrase,
    Phrase,
    PronounPhrase,
    Relative,
    Sentence,
    Word,
)

NOMINATIVE, ACCUSATIVE, DATIVE = "nominative", "accusative", "dative"
# One column for each of m, f, n and the plural.
COLUMNS = "mfnp"
ARTICLE = {
    NOMINATIVE: ("der", "die", "das", "die"),
    ACCUSATIVE: ("den", "die", "das", "die"),
    DATIVE: ("dem", "der", "dem", "den"),
}
DETERMINER_ENDINGS = {
    # dieser, jeder, einige
    "weak": {
        NOMINATIVE: ("er", "e", "es", "e"),
        ACCUSATIVE: ("en", "e", "es", "e"),
        DATIVE: ("em", "er", "em", "en"),
    },
    # ein, mein
    "mixed": {
        NOMINATIVE: ("", "e", "", "e"),
        ACCUSATIVE: ("en", "e", "", "e"),
        DATIVE: ("em", "er", "em", "en"),
    },
}
ADJECTIVE_ENDINGS = {
    # der kleine, dieser kleine
    "weak": {
        NOMINATIVE: ("e", "e", "e", "en"),
        ACCUSATIVE: ("en", "e", "e", "en"),
        DATIVE: ("en", "en", "en", "en"),
    },
    # ein kleiner, mein kleiner
    "mixed": {
        NOMINATIVE: ("er", "e", "es", "en"),
        ACCUSATIVE: ("en", "e", "es", "en"),
        DATIVE: ("en", "en", "en", "en"),
    },
    # zwei kleine, einige kleine: in the plural alone
    "strong": {
        NOMINATIVE: ("", "", "", "e"),
        ACCUSATIVE: ("", "", "", "e"),
        DATIVE: ("", "", "", "en"),
    },
}
CONTRACTED = {("in", "dem"): "im", ("bei", "dem"): "beim"}


def write(sentence: Sentence) -> list[Word]:
    """The German words, each with the indices of the English words it comes from."""
    words: list[Word] = []
    if sentence.fronted:
        words += _subordinate(sentence.fronted)
    words += _main(sentence.main, inverted=bool(sentence.fronted))
    for link in sentence.coordinated:
        words += [*_conjunction(link), *_main(link.clause)]
    if sentence.stated:
        words += _subordinate(sentence.stated)
    if sentence.trailing:
        words += _subordinate(sentence.trailing)
    return _contract(words)


def _contract(words: list[Word]) -> list[Word]:
    """in dem garten → im garten"""
    contracted: list[Word] = []
    for word, place in words:
        before, before_place = contracted[-1] if contracted else ("", ())
        merged = CONTRACTED.get((before, word))
        if merged:
            contracted[-1] = merged, before_place + place
        else:
            contracted.append((word, place))
    return contracted


def _conjunction(link: Link) -> list[Word]:
    return [(word, (link.at,)) for word in link.word.german]


def _main(clause: Clause, *, inverted: bool = False) -> list[Word]:
    assert clause.subject is not None
    finite, end = _verbs(clause, clause.subject.person)
    subject = _phrase(clause.subject, NOMINATIVE)
    first: list[Word] = []
    if clause.time and clause.time_first:
        first, inverted = _time(clause), True
    start = [*first, finite, *subject] if inverted else [*subject, finite]
    return [*start, *_middle(clause), *end, *_after(clause)]


def _subordinate(link: Link) -> list[Word]:
    return [*_conjunction(link), *_verb_last(link.clause)]


def _verb_last(clause: Clause, person: int = HE) -> list[Word]:
    """``person`` is that of the subject where the clause has none of its own."""
    words: list[Word] = []
    if clause.subject:
        person = clause.subject.person
        words += _phrase(clause.subject, NOMINATIVE)
    (finite, place), end = _verbs(clause, person)
    # Without a modal the prefix is not taken off: kommt an, but weil er ankommt.
    end = [*end, (finite, place)] if clause.modal else [(clause.verb.prefix + finite, place)]
    return [*words, *_middle(clause), *end, *_after(clause)]


def _verbs(clause: Clause, person: int) -> tuple[Word, list[Word]]:
    """The finite verb, and what closes a main clause: a prefix or an infinitive."""
    verb = clause.verb
    if clause.modal:
        modal = MAY if clause.modal is MUST and clause.denied else clause.modal
        infinitive = verb.prefix + verb.german[-1]
        return (modal.german[person], clause.modal_at), [(infinitive, clause.verb_at)]
    prefix = [(verb.prefix, clause.verb_at)] if verb.prefix else []
    return (verb.german[person], clause.verb_at), prefix


def _time(clause: Clause) -> list[Word]:
    return [(word, clause.time_at) for word in clause.time.german] if clause.time else []


def _middle(clause: Clause) -> list[Word]:
    """All that stands between the two parts of the verb, but for the subject."""
    pronouns: list[Word] = []
    definite: list[Word] = []
    indefinite: list[Word] = []
    objects = ((clause.recipient, DATIVE), (clause.object, clause.verb.case))
    for phrase, case in objects:
        if isinstance(phrase, PronounPhrase):
            form = phrase.pronoun.german_object[case == DATIVE]
            pronouns.append((form, (phrase.at,)))
        elif phrase:
            group = definite if phrase.determiner.definite else indefinite
            group += _noun_phrase(phrase, case)
    adverbs = [] if clause.time_first else _time(clause)
    if clause.frequency:
        adverbs += [(word, clause.frequency_at) for word in clause.frequency.german]
    if clause.negated:
        adverbs.append(("nicht", clause.not_at))
    rest: list[Word] = []
    for prepositional in clause.phrases:
        preposition = prepositional.preposition
        rest.append((preposition.german, prepositional.at))
        rest += _noun_phrase(prepositional.phrase, preposition.case)
    if clause.predicate:
        rest.append((clause.predicate.german[0], clause.predicate_at))
    return [*pronouns, *definite, *adverbs, *indefinite, *rest]


def _after(clause: Clause) -> list[Word]:
    """The relative clause about the object: the clause's last word does not wait for it."""
    phrase = clause.object
    if isinstance(phrase, NounPhrase) and phrase.relative:
        return _relative(phrase.relative, phrase)
    return []


def _phrase(phrase: Phrase, case: str) -> list[Word]:
    if isinstance(phrase, PronounPhrase):
        return [(phrase.pronoun.german_subject, (phrase.at,))]
    if isinstance(phrase, Both):
        first, second = _noun_phrase(phrase.first, case), _noun_phrase(phrase.second, case)
        return [*first, ("und", (phrase.at,)), *second]
    words = _noun_phrase(phrase, case)
    return [*words, *_relative(phrase.relative, phrase)] if phrase.relative else words


def _column(phrase: NounPhrase) -> int:
    return COLUMNS.index("p" if phrase.plural else phrase.noun.german_gender)


def _noun_phrase(phrase: NounPhrase, case: str) -> list[Word]:
    """Determiner, adjectives and noun, without a relative clause."""
    column = _column(phrase)
    words: list[Word] = [(_determiner(phrase.determiner, case, column), (phrase.at,))]
    declension = phrase.determiner.declension
    ending = ADJECTIVE_ENDINGS[declension][case][column]
    for i, adjective in enumerate(phrase.adjectives, start=phrase.at + 1):
        words.append((adjective.german[1] + ending, (i,)))
    singular, oblique, plural, dative_plural = phrase.noun.german
    if phrase.plural:
        noun = dative_plural if case == DATIVE else plural
    else:
        noun = singular if case == NOMINATIVE else oblique
    words.append((noun, (phrase.at + 1 + len(phrase.adjectives),)))
    return words


def _determiner(determiner: Determiner, case: str, column: int) -> str:
    if determiner is THE:
        return ARTICLE[case][column]
    if determiner.numeral:
        return determiner.german
    kind = "mixed" if determiner.declension == "mixed" else "weak"
    return determiner.german + DETERMINER_ENDINGS[kind][case][column]


def _relative(relative: Relative, head: NounPhrase) -> list[Word]:
    case = NOMINATIVE if relative.of_subject else relative.clause.verb.case
    column = _column(head)
    # The relative pronoun is the article, but for the dative plural.
    pronoun = "denen" if case == DATIVE and head.plural else ARTICLE[case][column]
    return [(pronoun, (relative.at,)), *_verb_last(relative.clause, head.person)]


def vocabulary() -> set[str]:
    """Every German word that a sentence can have."""
    words = {"nicht", "und", "denen", *CONTRACTED.values()}
    for noun in lexicon.NOUNS:
        singular, oblique, plural, dative_plural = noun.german
        words |= {singular, oblique, plural}
        if noun.kind != "T":  # nothing is given to things, and no preposition takes them
            words.add(dative_plural)
    for adjective in lexicon.ADJECTIVES:
        predicative, stem = adjective.german
        words |= {predicative, *(stem + ending for ending in ("e", "en", "er", "es"))}
    for verb in (*lexicon.VERBS, *lexicon.MODALS, MAY, BE):
        words |= {*verb.german, *(verb.prefix + form for form in verb.german), verb.prefix} - {""}
    for pronoun in lexicon.PRONOUNS:
        cases = {pronoun.german_object[0], pronoun.german_object[1]}
        words |= {pronoun.german_subject, *cases}
    for determiner in lexicon.DETERMINERS:
        for case in (NOMINATIVE, ACCUSATIVE, DATIVE):
            columns = [c for c in range(4) if ("p" if c == 3 else "s") in determiner.numbers]
            words |= {_determiner(determiner, case, column) for column in columns}
    words |= {preposition.german for preposition in lexicon.PREPOSITIONS}
    for invariable in lexicon.INVARIABLE:
        words |= {*invariable.german}
    return words
