"""Writes a tree in French, each word with the English words it comes from.

What links to what, where it is not plain:

- ``ne`` comes from *not* and, where there is one, *do* or *does*; ``pas`` from *not*.
  With *never*, both ``ne`` and ``jamais`` come from *never*.
- ``du``, ``au``, ``des``, ``aux`` come from the preposition and from the article.
- an object pronoun stands before its verb: *sees him* is ``le voit``.
- a verb comes from the English verb and its particle: ``cherche`` from *looks* and *for*.
- a word of several words keeps its links for each of them: ``près de`` from *near*,
  ``devant`` from *in*, *front* and *of*.
"""

from __future__ import annotations

from attention_course.data.grammar import lexicon
from attention_course.data.grammar.lexicon import BE, HE, THEY
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

VOWELS = "aàâeéèêëiîïoôœuùûh"
"""Initials before which words are elided; every h- of the lexicon is mute."""

ELIDED = {
    **{"je": "j'", "me": "m'", "ne": "n'", "de": "d'", "que": "qu'", "le": "l'", "la": "l'"},
    **{"ce": "cet", "ma": "mon", "sa": "son"},
}
CONTRACTED = {
    ("de", "le"): "du",
    ("de", "les"): "des",
    ("à", "le"): "au",
    ("à", "les"): "aux",
}


def write(sentence: Sentence) -> list[Word]:
    """The French words, each with the indices of the English words it comes from."""
    words: list[Word] = []
    if sentence.fronted:
        words += _link(sentence.fronted)
    words += _clause(sentence.main)
    for link in sentence.coordinated:
        words += _link(link)
    if sentence.stated:
        words += _link(sentence.stated)
    if sentence.trailing:
        words += _link(sentence.trailing)
    return _contract(_elide(words))


def _elide(words: list[Word]) -> list[Word]:
    """le homme → l' homme, que il → qu' il, ma école → mon école, si il → s' il."""
    for i in range(len(words) - 1):
        word, place = words[i]
        following = words[i + 1][0]
        if word in ELIDED and following[0] in VOWELS:
            words[i] = ELIDED[word], place
        elif word == "si" and following in ("il", "ils"):
            words[i] = "s'", place
    return words


def _contract(words: list[Word]) -> list[Word]:
    """de le jardin → du jardin. After elision: de l' hôtel stays."""
    contracted: list[Word] = []
    for word, place in words:
        before, before_place = contracted[-1] if contracted else ("", ())
        merged = CONTRACTED.get((before, word))
        if merged:
            contracted[-1] = merged, before_place + place
        else:
            contracted.append((word, place))
    return contracted


def _link(link: Link) -> list[Word]:
    return [(word, (link.at,)) for word in link.word.french] + _clause(link.clause)


def _clause(clause: Clause, person: int = HE, head: NounPhrase | None = None) -> list[Word]:
    """``head`` is the noun phrase that a relative clause about its subject belongs to."""
    words: list[Word] = []
    time = [(word, clause.time_at) for word in clause.time.french] if clause.time else []
    if clause.time_first:
        words += time
    subject = clause.subject or head
    assert subject is not None
    if clause.subject:
        words += _phrase(clause.subject)
    words += _verbs(clause, subject.person)
    if clause.predicate:
        word = clause.predicate.french[_agreement(subject)]
        words.append((word, clause.predicate_at))
    if isinstance(clause.object, NounPhrase):
        words += _phrase(clause.object)
    if clause.recipient:
        words.append(("à", clause.recipient_at))
        words += _phrase(clause.recipient)
    for prepositional in clause.phrases:
        words += [(word, prepositional.at) for word in prepositional.preposition.french]
        words += _phrase(prepositional.phrase)
    if not clause.time_first:
        words += time
    return words


def _verbs(clause: Clause, person: int) -> list[Word]:
    """voit · ne la voit pas · va souvent la voir · ne va pas la voir"""
    verb = (clause.verb, clause.verb_at)
    finite, finite_at = (clause.modal, clause.modal_at) if clause.modal else verb
    clitic: list[Word] = []
    if isinstance(clause.object, PronounPhrase):
        clitic = [(clause.object.pronoun.french_object, (clause.object.at,))]
    words: list[Word] = []
    if clause.denied:
        words.append(("ne", clause.not_at or clause.frequency_at))
    if not clause.modal:
        words += clitic
    words.append((finite.french[person], finite_at))
    if clause.negated:
        words.append(("pas", clause.not_at[-1:]))
    if clause.frequency:
        words += [(word, clause.frequency_at) for word in clause.frequency.french]
    if clause.modal:
        words += clitic
        words.append((clause.verb.french[-1], clause.verb_at))
    return words


def _agreement(phrase: Phrase) -> int:
    """Index into an adjective's forms: feminine adds 1, plural adds 2."""
    if isinstance(phrase, Both):
        nouns = (phrase.first.noun, phrase.second.noun)
        # One masculine noun makes the whole masculine.
        return 3 if all(noun.french_gender == "f" for noun in nouns) else 2
    plural = phrase.person == THEY
    if isinstance(phrase, PronounPhrase):
        feminine = phrase.pronoun.french_subject == "elle"
    else:
        feminine = phrase.noun.french_gender == "f"
    return feminine + 2 * plural


def _phrase(phrase: Phrase) -> list[Word]:
    if isinstance(phrase, PronounPhrase):
        return [(phrase.pronoun.french_subject, (phrase.at,))]
    if isinstance(phrase, Both):
        return [*_phrase(phrase.first), ("et", (phrase.at,)), *_phrase(phrase.second)]
    noun = phrase.noun
    form = _agreement(phrase)
    determiner = phrase.determiner.french[2 if phrase.plural else form]
    words: list[Word] = [(determiner, (phrase.at,))]
    noun_word: Word = (
        noun.french[1] if phrase.plural else noun.french[0],
        (phrase.at + len(phrase.adjectives) + 1,),
    )
    after: list[Word] = []
    for i, adjective in enumerate(phrase.adjectives):
        place = (phrase.at + 1 + i,)
        if not adjective.before:
            after.append((adjective.french[form], place))
        elif form == 0 and noun_word[0][0] in VOWELS:
            # un bel homme, un vieil hôtel; never more than one adjective stands before the noun
            words.append((adjective.french[4], place))
        else:
            words.append((adjective.french[form], place))
    words += [noun_word, *after]
    if phrase.relative:
        words += _relative(phrase.relative, phrase)
    return words


def _relative(relative: Relative, head: NounPhrase) -> list[Word]:
    if relative.of_subject:
        return [("qui", (relative.at,)), *_clause(relative.clause, head=head)]
    return [("que", (relative.at,)), *_clause(relative.clause)]


def vocabulary() -> set[str]:
    """Every French word that a sentence can have."""
    # "le", "la" and their like come with the determiners and pronouns; "je" is always followed by
    # a verb, "si" by a subject, and so each word has its full form as well as its elided one.
    words = {"ne", "pas", "qui", "que", "et", "à", "s'", *ELIDED.values(), *CONTRACTED.values()}
    for noun in lexicon.NOUNS:
        words |= {*noun.french}
    for adjective in lexicon.ADJECTIVES:
        words |= {*adjective.french}
    for verb in (*lexicon.VERBS, *lexicon.MODALS, BE):
        # Modal and declarative verbs are never infinitives.
        finite_only = verb in lexicon.MODALS or verb in lexicon.DECLARATIVE
        words |= {*(verb.french[:-1] if finite_only else verb.french)}
    for pronoun in lexicon.PRONOUNS:
        words |= {pronoun.french_subject, pronoun.french_object}
    for determiner in lexicon.DETERMINERS:
        words |= {*determiner.french} - {""}
    for invariable in (*lexicon.PREPOSITIONS, *lexicon.INVARIABLE):
        words |= {*invariable.french}
    return words
