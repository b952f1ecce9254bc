"""The grammar: golden sentences, and rules that every pair must obey.

The rules are checked on the words alone, with tables written here: not with the code that made
them.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest
from attention_course.data import translation
from attention_course.data.grammar import english, french, german, lexicon
from attention_course.data.grammar.parse import parse
from attention_course.data.grammar.sample import Sampler
from attention_course.data.pairs import Pair
from hypothesis import given, settings
from hypothesis import strategies as st

# Each target word with the English words, from 0, that it comes from.
FRENCH = {
    "the man sees the dog": "l'/0 homme/1 voit/2 le/3 chien/4",
    "a small black cat sleeps": "un/0 petit/1 chat/3 noir/2 dort/4",
    "the old hotel is beautiful": "le/0 vieil/1 hôtel/2 est/3 beau/4",
    "she does not see him": "elle/0 ne/1,2 le/4 voit/3 pas/2",
    "i like these white flowers": "j'/0 aime/1 ces/2 fleurs/4 blanches/3",
    "we never forget our teachers": "nous/0 n'/1 oublions/2 jamais/1 nos/3 professeurs/4",
    "the queen gives the book to the king": ("la/0 reine/1 donne/2 le/3 livre/4 au/5,6 roi/7"),
    "they look for the key in front of the school tonight": (
        "ils/0 cherchent/1,2 la/3 clé/4 devant/5,6,7 l'/8 école/9 ce/10 soir/10"
    ),
    "when the women sing the girl and the queen are happy": (
        "quand/0 les/1 femmes/2 chantent/3 la/4 fille/5 et/6 la/7 reine/8 sont/9 heureuses/10"
    ),
    "the girl and the boy are happy": "la/0 fille/1 et/2 le/3 garçon/4 sont/5 heureux/6",
    "the child that he invites can not arrive today": (
        "l'/0 enfant/1 qu'/2 il/3 invite/4 ne/6 peut/5 pas/6 arriver/7 aujourd'hui/8"
    ),
    "he says that the bird is near the garden": (
        "il/0 dit/1 que/2 l'/3 oiseau/4 est/5 près/6 du/6,7 jardin/8"
    ),
    "my queen will often help them because they wait": (
        "ma/0 reine/1 va/2 souvent/3 les/5 aider/4 parce/6 qu'/6 ils/7 attendent/8"
    ),
    "if he works his school is famous": "s'/0 il/1 travaille/2 son/3 école/4 est/5 célèbre/6",
    "this student must not find the new hats": (
        "cet/0 étudiant/1 ne/3 doit/2 pas/3 trouver/4 les/5 nouveaux/6 chapeaux/7"
    ),
}
GERMAN = {
    "the man sees the dog": "der/0 mann/1 sieht/2 den/3 hund/4",
    "a small black cat sleeps": "eine/0 kleine/1 schwarze/2 katze/3 schläft/4",
    "she does not see him": "sie/0 sieht/3 ihn/4 nicht/1,2",
    "i am in the garden": "ich/0 bin/1 im/2,3 garten/4",
    "today the child looks at my new picture": (
        "heute/0 sieht/3,4 das/1 kind/2 mein/5 neues/6 bild/7 an/3,4"
    ),
    "the queen gives the book to the king": "die/0 königin/1 gibt/2 dem/6 könig/7 das/3 buch/4",
    "the boy helps the old bears": "der/0 junge/1 hilft/2 den/3 alten/4 bären/5",
    "when the women sing the girl and the queen are happy": (
        "wenn/0 die/1 frauen/2 singen/3 sind/9 das/4 mädchen/5 und/6 die/7 königin/8 glücklich/10"
    ),
    "the child that he invites can not arrive today": (
        "das/0 kind/1 das/2 er/3 einlädt/4 kann/5 heute/8 nicht/6 ankommen/7"
    ),
    "he says that the bird is near the garden": (
        "er/0 sagt/1 dass/2 der/3 vogel/4 beim/6,7 garten/8 ist/5"
    ),
    "my queen will often help them because they wait": (
        "meine/0 königin/1 wird/2 ihnen/5 oft/3 helfen/4 weil/6 sie/7 warten/8"
    ),
    "this student must not find the new hats": (
        "dieser/0 student/1 darf/2 die/5 neuen/6 hüte/7 nicht/3 finden/4"
    ),
    "they look for the key in front of the school tonight": (
        "sie/0 suchen/1,2 den/3 schlüssel/4 heute/10 abend/10 vor/5,6,7 der/8 schule/9"
    ),
    "the bears that we follow give some apples to a student": (
        "die/0 bären/1 denen/2 wir/3 folgen/4 geben/5 einem/9 studenten/10 einige/6 äpfel/7"
    ),
    "we invite the actress who sleeps": (
        "wir/0 laden/1 die/2 schauspielerin/3 ein/1 die/4 schläft/5"
    ),
}

NOUNS_EN = {n.singular: (n, False) for n in lexicon.NOUNS} | {
    n.plural: (n, True) for n in lexicon.NOUNS
}
FRENCH_WORDS = french.vocabulary()
LENGTHS = [(3, 8), (3, 20), (15, 30), (30, 40)]


@pytest.mark.parametrize(
    ("source", "expected", "language"),
    [(s, e, "fr") for s, e in FRENCH.items()] + [(s, e, "de") for s, e in GERMAN.items()],
)
def test_golden_pairs(source: str, expected: str, language: str) -> None:
    parts = [part.rsplit("/", 1) for part in expected.split()]
    links = {(t, int(s)) for t, (_, places) in enumerate(parts) for s in places.split(",")}
    pair = translation.translate(source, language)
    assert pair.source == tuple(source.split())
    assert " ".join(pair.target) == " ".join(word for word, _ in parts)
    assert pair.alignment == links


@cache
def some(language: str, lengths: tuple[int, int], seed: int) -> tuple[Pair, ...]:
    split = translation.SPLITS[seed % 3]
    return translation.sentences(30, lengths=lengths, language=language, split=split, seed=seed)


def pairs(*languages: str) -> st.SearchStrategy[tuple[Pair, ...]]:
    return st.builds(
        some, st.sampled_from(languages), st.sampled_from(LENGTHS), st.integers(0, 10_000)
    )


def language_of(pair: Pair) -> str:
    return "fr" if set(pair.target) <= FRENCH_WORDS else "de"


@settings(deadline=None, max_examples=25)
@given(pairs("fr", "de"))
def test_alignments_are_total_and_in_range(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        assert pair.alignment is not None
        assert {t for t, _ in pair.alignment} == set(range(len(pair.target)))
        sources = {s for _, s in pair.alignment}
        assert sources <= set(range(len(pair.source)))
        # Of the English words only "to" may be without a link, for German has a case instead.
        assert {pair.source[s] for s in set(range(len(pair.source))) - sources} <= {"to"}


def noun_places(pair: Pair) -> dict[int, tuple[lexicon.Noun, bool]]:
    """By the place of each target noun: its entry and whether the English one is a plural."""
    return {
        t: NOUNS_EN[pair.source[s]]
        for t, s in sorted(pair.alignment or ())
        if pair.source[s] in NOUNS_EN
    }


@settings(deadline=None, max_examples=25)
@given(pairs("fr", "de"))
def test_nouns_keep_their_number_and_have_one_link(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        places = noun_places(pair)
        assert len(places) == sum(word in NOUNS_EN for word in pair.source)
        for t, (noun, plural) in places.items():
            assert len([s for target, s in pair.alignment or () if target == t]) == 1
            if language_of(pair) == "fr":
                assert pair.target[t] == noun.french[plural]
            else:
                singular, oblique, several, dative = noun.german
                assert pair.target[t] in ((several, dative) if plural else (singular, oblique))


# Forms of nouns, with gender and whether they are plural; souris and ours are both.
FRENCH_NOUNS: dict[str, set[tuple[str, bool]]] = {}
for _noun in lexicon.NOUNS:
    for _plural, _form in enumerate(_noun.french):
        FRENCH_NOUNS.setdefault(_form, set()).add((_noun.french_gender, bool(_plural)))
FRENCH_DETERMINERS = {
    determiner: kinds
    for determiners, kinds in (
        ("un ce cet le au du", {("m", False)}),
        ("une cette la ma sa", {("f", False)}),
        ("l' notre chaque mon son", {("m", False), ("f", False)}),
        ("les des aux ces mes ses nos deux trois quelques", {("m", True), ("f", True)}),
    )
    for determiner in determiners.split()
}
FRENCH_ADJECTIVES: dict[str, set[tuple[str, bool]]] = {}
for _adjective in lexicon.ADJECTIVES:
    for _form, _kind in zip(
        _adjective.french,
        [("m", False), ("f", False), ("m", True), ("f", True), ("m", False)],
        strict=True,
    ):
        FRENCH_ADJECTIVES.setdefault(_form, set()).add(_kind)
FRENCH_BEFORE = {f for a in lexicon.ADJECTIVES if a.before for f in a.french}
VOWELS = tuple("aeiouhéèêâôîœ")


@settings(deadline=None, max_examples=25)
@given(pairs("fr"))
def test_french_noun_phrases_agree(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        target = pair.target
        for i in noun_places(pair):
            word = target[i]
            kinds = set(FRENCH_NOUNS[word])
            first = i - 1
            if target[first] in FRENCH_ADJECTIVES:
                assert target[first] in FRENCH_BEFORE
                kinds &= FRENCH_ADJECTIVES[target[first]]
                first -= 1
            kinds &= FRENCH_DETERMINERS[target[first]]
            after = target[i + 1] if i + 1 < len(target) else ""
            if after in FRENCH_ADJECTIVES:
                assert after not in FRENCH_BEFORE
                kinds &= FRENCH_ADJECTIVES[after]
            assert kinds, (word, " ".join(target))


@settings(deadline=None, max_examples=25)
@given(pairs("fr"))
def test_french_elision_contraction_and_negation(chosen: tuple[Pair, ...]) -> None:
    elided = {"l'", "j'", "m'", "n'", "d'", "qu'", "cet", "bel", "vieil", "nouvel"}
    full = {"le", "la", "je", "me", "ne", "de", "que", "ce", "ma", "sa"}
    for pair in chosen:
        text = " ".join(pair.target)
        for word, following in zip(pair.target, [*pair.target[1:], ""], strict=True):
            if word in elided:
                assert following.startswith(VOWELS), text
            if word in full:
                assert following, text
                assert not following.startswith(VOWELS), text
            if word == "s'":
                assert following in ("il", "ils"), text
            if word in ("beau", "nouveau", "vieux"):
                # before a masculine noun in the singular it would be bel, nouvel, vieil
                kinds = FRENCH_NOUNS.get(following, set())
                assert (
                    ("m", False) not in kinds
                    or not following.startswith(VOWELS)
                    or (word == "vieux" and ("m", True) in kinds)
                ), text
        for wrong in (" de le ", " de les ", " à le ", " à les ", " si il ", " si ils "):
            assert wrong not in f" {text} ", text
        counts = Counter(pair.target)
        assert counts["ne"] + counts["n'"] == counts["pas"] + counts["jamais"]
        english_counts = Counter(pair.source)
        assert counts["pas"] == english_counts["not"]
        assert counts["jamais"] == english_counts["never"]


# What each German form can be: cases n a d, genders m f n and plural p.
GERMAN_DETERMINERS = {
    "der": "nm df", "die": "nf af np ap", "das": "nn an", "den": "am dp", "dem": "dm dn",
    "ein": "nm nn an", "eine": "nf af", "einen": "am", "einem": "dm dn", "einer": "df",
    "im": "dm dn", "beim": "dm dn",
}  # fmt: skip
for _stem in ("dies", "jed"):
    GERMAN_DETERMINERS |= {
        f"{_stem}er": "nm df", f"{_stem}e": "nf af np ap", f"{_stem}es": "nn an",
        f"{_stem}en": "am dp", f"{_stem}em": "dm dn",
    }  # fmt: skip
for _stem in ("mein", "sein", "unser"):
    GERMAN_DETERMINERS |= {
        _stem: "nm nn an", f"{_stem}e": "nf af np ap", f"{_stem}en": "am dp",
        f"{_stem}em": "dm dn", f"{_stem}er": "df",
    }  # fmt: skip
for _word in ("zwei", "drei"):
    GERMAN_DETERMINERS[_word] = "np ap dp"
GERMAN_DETERMINERS |= {"einige": "np ap", "einigen": "dp"}
# What an adjective's ending can be, after der words, after ein words, after numbers.
GERMAN_ENDINGS = {
    "der": {"e": "nm nf nn af an", "en": "am dm df dn np ap dp"},
    "ein": {"er": "nm", "e": "nf af", "es": "nn an", "en": "am dm df dn np ap dp"},
    "zwei": {"e": "np ap", "en": "dp"},
}
GERMAN_STEMS = {adjective.german[1] for adjective in lexicon.ADJECTIVES}
GERMAN_NOUNS: dict[str, set[str]] = {}
for _noun in lexicon.NOUNS:
    _singular, _oblique, _several, _dative = _noun.german
    _gender = _noun.german_gender
    for _form, _kinds in (
        (_singular, f"n{_gender}"),
        (_oblique, f"a{_gender} d{_gender}"),
        (_several, "np ap"),
        (_dative, "dp"),
    ):
        GERMAN_NOUNS.setdefault(_form, set()).update(_kinds.split())


def german_noun_phrases(pair: Pair) -> dict[int, set[str]]:
    """By the place of a noun: the cases and genders that all words of its phrase allow."""
    found = {}
    for t in noun_places(pair):
        kinds = set(GERMAN_NOUNS[pair.target[t]])
        first = t - 1
        while pair.target[first] not in GERMAN_DETERMINERS:
            first -= 1
        determiner = pair.target[first]
        kinds &= set(GERMAN_DETERMINERS[determiner].split())
        if determiner in ("zwei", "drei", "einige", "einigen"):
            group = "zwei"
        else:
            group = "ein" if determiner.startswith(("ein", "mein", "sein", "unser")) else "der"
        for adjective in pair.target[first + 1 : t]:
            kinds &= {
                kind
                for ending, allowed in GERMAN_ENDINGS[group].items()
                if adjective.endswith(ending) and adjective.removesuffix(ending) in GERMAN_STEMS
                for kind in allowed.split()
            }
        found[t] = kinds
    return found


@settings(deadline=None, max_examples=25)
@given(pairs("de"))
def test_german_noun_phrases_agree(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        for t, kinds in german_noun_phrases(pair).items():
            assert kinds, (pair.target[t], " ".join(pair.target))


@settings(deadline=None, max_examples=25)
@given(pairs("de"))
def test_german_prepositions_rule_their_case(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        phrases = german_noun_phrases(pair)
        for i, word in enumerate(pair.target):
            if word in ("im", "in", "hinter", "vor", "beim", "bei", "mit", "ohne"):
                noun = min(t for t in phrases if t > i)
                case = "a" if word == "ohne" else "d"
                assert case in {kind[0] for kind in phrases[noun]}, " ".join(pair.target)
        text = " ".join(pair.target)
        assert " in dem " not in text
        assert " bei dem " not in text


@settings(deadline=None, max_examples=25)
@given(pairs("de"))
def test_german_verbs_stand_where_they_should(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        target, source = Counter(pair.target), Counter(pair.source)
        # "an" stands alone or before its verb, and as often as English says arrive or look at.
        with_an = sum(n for word, n in target.items() if word in PREFIXED)
        assert target["an"] + with_an == source["arrive"] + source["arrives"] + source["at"]
        assert target["nicht"] == source["not"]
        assert target["nie"] == source["never"]
        from_source = [{s for t, s in pair.alignment or () if t == i} for i in range(4)]
        verbs = {s for s, word in enumerate(pair.source) if word in ENGLISH_VERBS}
        # The verb comes second, after a word of time as after a pronoun.
        if pair.target[:2] == ("heute", "abend"):
            assert from_source[2] & verbs, " ".join(pair.target)
        elif pair.target[0] in ("heute", "jetzt") or pair.source[0] in ("i", "he", "they"):
            assert from_source[1] & verbs, " ".join(pair.target)
        # A conjunction is never followed by the verb: that waits for the end.
        for i, word in enumerate(pair.target[:-1]):
            if word in ("weil", "wenn", "während", "dass"):
                following = {s for t, s in pair.alignment or () if t == i + 1}
                assert not following & verbs, " ".join(pair.target)


PREFIXED = {
    "an" + form
    for verb in (*lexicon.INTRANSITIVE, *lexicon.TRANSITIVE)
    if verb.prefix == "an"
    for form in verb.german
}
ENGLISH_VERBS = {word for verb in lexicon.VERBS for word in verb.english} | {
    *("am", "is", "are", "be", "can", "must", "will")
}


@settings(deadline=None, max_examples=20)
@given(pairs("fr", "de"))
def test_the_translation_is_a_function_of_the_english_words(chosen: tuple[Pair, ...]) -> None:
    for pair in chosen:
        assert translation.translate(pair.source, language_of(pair)) == pair


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(3, 40))
def test_a_sentence_has_the_tree_it_came_from(seed: int, length: int) -> None:
    sampler = Sampler(Random(seed))
    for _ in range(20):
        tree = sampler.sentence(length)
        words = english.write(tree)
        assert parse(words) == tree
        assert len(words) <= length


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(LENGTHS), st.sampled_from(translation.SPLITS), st.integers(0, 10_000))
def test_sentences_have_their_lengths_their_split_and_no_double(
    lengths: tuple[int, int], split: str, seed: int
) -> None:
    chosen = translation.sentences(40, lengths=lengths, split=split, seed=seed)
    assert len({pair.source for pair in chosen}) == 40
    for pair in chosen:
        assert lengths[0] <= len(pair.source) <= lengths[1]
        assert translation.split_of(pair.source) == split


def test_splits_of_different_seeds_and_lengths_share_nothing() -> None:
    first = translation.corpus("fr", train=3000, validation=150, test=300, max_length=8, seed=1)
    second = translation.corpus("de", train=3000, validation=150, test=300, max_length=9, seed=2)
    sources = [
        {split: {p.source for p in getattr(corpus, split)} for split in translation.SPLITS}
        for corpus in (first, second)
    ]
    # The two do have sentences in common: else this test would show nothing.
    assert sources[0]["train"] & sources[1]["train"]
    for one in sources:
        for other in sources:
            assert not one["train"] & other["test"]
            assert not one["train"] & other["validation"]
            assert not one["validation"] & other["test"]


def test_a_corpus_is_what_was_asked_for_and_the_same_again() -> None:
    options = {"train": 400, "validation": 20, "test": 30, "max_length": 12, "seed": 5}
    corpus = translation.corpus("de", **options)
    assert corpus == translation.corpus("de", **options)
    assert corpus.train != translation.corpus("de", **{**options, "seed": 6}).train
    assert (len(corpus.train), len(corpus.validation), len(corpus.test)) == (400, 20, 30)
    everything = [*corpus.train, *corpus.validation, *corpus.test]
    assert len({pair.source for pair in everything}) == len(everything)
    assert max(len(pair.source) for pair in everything) <= 12
    for (source, target), pair in zip(corpus.encode(corpus.test), corpus.test, strict=True):
        assert tuple(corpus.source_vocabulary.decode(source)) == pair.source
        assert tuple(corpus.target_vocabulary.decode(target)) == pair.target


def test_the_same_corpus_on_every_machine() -> None:
    corpus = translation.corpus("fr", train=3, validation=1, test=2)
    everything = (*corpus.train, *corpus.validation, *corpus.test)
    assert [" ".join(pair.source) for pair in everything] == [
        "the dog that they follow shows the flower to the young white bird",
        "if the teacher does not arrive this actress buys the old gardens",
        "the actress must follow the teacher",
        "the old strong woman never laughs",
        "the beautiful sad bear looks at the new forests",
        "my mice can find my bear near these forests",
    ]


def test_lengths_follow_their_distribution() -> None:
    corpus = translation.corpus("fr", train=4000, validation=0, test=0)
    assert min(len(pair.source) for pair in corpus.train) == 3
    lengths = Counter(len(pair.source) for pair in corpus.train)
    assert abs(lengths.most_common(1)[0][0] - 6) <= 1
    assert sum(n for length, n in lengths.items() if length <= 15) > 0.95 * 4000
    assert 15 < max(lengths) <= 20
    # The peak may lie beyond the cut.
    short = translation.corpus("fr", train=200, validation=0, test=0, max_length=5)
    assert {len(pair.source) for pair in short.train} == {3, 4, 5}
    even = Counter(len(p.source) for p in translation.sentences(4000, lengths=(10, 19)))
    assert max(even.values()) < 2 * min(even.values())


def test_every_word_of_the_vocabularies_occurs_and_no_other() -> None:
    sampler, random = Sampler(Random(0)), Random(1)
    seen: dict[str, set[str]] = {"en": set(), "fr": set(), "de": set()}
    for _ in range(40_000):
        tree = sampler.sentence(random.randint(3, 20))
        seen["en"].update(english.write(tree))
        for language, grammar in (("fr", french), ("de", german)):
            seen[language].update(word for word, _ in grammar.write(tree))
    for language in ("fr", "de"):
        source, target = translation.vocabularies(language)
        assert set(source.words[4:]) == seen["en"]
        assert set(target.words[4:]) == seen[language]
        assert len(source) >= 150
        assert len(target) >= 150


def test_there_is_reordering_to_learn() -> None:
    """Links cross in most sentences: a model that reads from left to right cannot do."""
    for language, least in (("fr", 0.4), ("de", 0.5)):
        chosen = translation.sentences(500, language=language)
        crossed = 0
        for pair in chosen:
            links = sorted(pair.alignment or ())
            crossed += any(a[0] < b[0] and a[1] > b[1] for a in links for b in links)
        assert crossed > least * 500


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "empty"),
        ("the unicorn sleeps", "'unicorn'"),
        ("the man see the dog", "word 3 .* is 'see', expected 'sees'"),
        ("a apple is red", "word 1 .* is 'a', expected 'an'"),
        ("the dog who sleeps sings", "is 'who', expected 'that'"),
        ("the man sees", "word 4 .* is missing"),
        ("the man sleeps the dog", "expected the end"),
        ("the dog sees the red small cat", "word 6 .* is 'small', expected a noun"),
        ("he is", "an adjective or a place"),
        ("he knows that she thinks that they sleep", "clause without 'think'"),
        ("he does not see a dog", "not or never with 'a'"),
        ("every man does not sleep", "'every'"),
        ("i am tired", "French would have to know"),
        ("we see us", "reflexive"),
        ("he never thinks that she sleeps", "subjunctive"),
        ("he sings without a king", "without a"),
        ("my woman sings", "wife"),
    ],
)
def test_sentences_outside_the_grammar_are_refused(source: str, message: str) -> None:
    for language in ("fr", "de"):
        with pytest.raises(ValueError, match=message):
            translation.translate(source, language)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: translation.corpus("it"), "'it'; the grammar knows fr and de"),
        (lambda: translation.translate("he sleeps", "en"), "'en'"),
        (lambda: translation.vocabularies("es"), "'es'"),
        (lambda: translation.sentences(1, split="dev"), "'dev'; expected one of train"),
        (lambda: translation.sentences(1, lengths=(2, 9)), "2 to 9 asked for; .* 3 to 40"),
        (lambda: translation.sentences(1, lengths=(9, 41)), "9 to 41"),
        (lambda: translation.sentences(1, lengths=(9, 8)), "9 to 8"),
        (lambda: translation.sentences(-1), "-1 sentences"),
        (lambda: translation.corpus(typical_length=41), "typical_length is 41"),
        (
            lambda: translation.corpus(min_length=6, typical_length=6),
            "typical_length is 6; .* above the least length, 6",
        ),
        (
            lambda: translation.corpus(max_length=3, typical_length=40, train=20),
            "typical_length is 40; .* 3, and at most the greatest, 3",
        ),
        (lambda: translation.corpus(typical_length="6"), "typical_length is '6'; .* a number"),
        (lambda: translation.corpus(["fr"]), r"language is \['fr'\]; the grammar knows"),
        (lambda: translation.corpus(train=2.5), "train is 2.5, expected an integer"),
        (lambda: translation.corpus(max_length="9"), "max_length is '9', expected an integer"),
        (lambda: translation.corpus(seed=None), "seed is None, expected an integer"),
        (lambda: translation.sentences(1, lengths=(3, 4.5)), r"lengths\[1\] is 4.5"),
        (
            lambda: translation.sentences(10**5, lengths=(3, 3)),
            r"too few different sentences of 3 to 3 words: found \d+ of 100000 for test",
        ),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("bounds", "typical"),
    [
        ({}, 6),
        ({"max_length": 6}, 6),
        ({"max_length": 5}, 5),
        ({"min_length": 10}, 13),
        ({"min_length": 10, "max_length": 11}, 11),
    ],
)
def test_the_typical_length_follows_from_the_bounds(bounds: dict, typical: int) -> None:
    counts = {"train": 30, "validation": 2, "test": 2}
    chosen = translation.corpus(**counts, **bounds)
    assert chosen == translation.corpus(**counts, **bounds, typical_length=typical)
    lengths = [len(pair.source) for pair in chosen.train]
    assert bounds.get("min_length", 3) <= min(lengths)
    assert max(lengths) <= bounds.get("max_length", 20)


def test_a_corpus_may_have_one_length_alone() -> None:
    chosen = translation.corpus(train=20, validation=1, test=1, min_length=7, max_length=7)
    assert {len(pair.source) for pair in chosen.train} == {7}


def test_lengths_that_never_come_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "write", lambda sentence: ["too", "short"])
    with pytest.raises(ValueError, match="sentences in a row had not 5 to 9 words"):
        translation.sentences(1, lengths=(5, 9))
