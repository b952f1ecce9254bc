"""The words of the grammar and their forms, in English, French and German.

Kinds of nouns: P persons, A animals, T things, L places. A verb or an adjective names the kinds it
goes with, so that most sentences make some sense.
"""

from __future__ import annotations

from dataclasses import dataclass

# Persons of a verb, as indices into its forms: I · he, she, one thing · we · they, several things.
ME, HE, WE, THEY = range(4)


@dataclass(frozen=True)
class Noun:
    """A noun. ``german``: singular, its accusative and dative, plural, its dative."""

    singular: str
    plural: str
    kind: str
    french: tuple[str, str]
    french_gender: str  # m f
    german: tuple[str, str, str, str]
    german_gender: str  # m f n


@dataclass(frozen=True)
class Adjective:
    """An adjective.

    ``french`` is (masculine, feminine, masculine plural, feminine plural, masculine before a
    vowel); ``before`` says whether the French one stands before its noun; ``german`` is
    (predicative, stem of the inflected forms); ``never`` lists nouns with which the French phrase
    would be an idiom of another meaning.
    """

    english: str
    kinds: str
    before: bool
    french: tuple[str, str, str, str, str]
    german: tuple[str, str]
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verb:
    """A verb.

    ``english`` is (base, third person singular); ``french`` and ``german`` are the forms for
    I, he, we, they, and the infinitive. ``particle`` is an English word that belongs to the verb
    (look *for*), ``prefix`` a German one that comes off (*an*|kommen). ``case`` is that of the
    German object, ``objects`` the kinds of noun it may be.
    """

    english: tuple[str, str]
    french: tuple[str, str, str, str, str]
    german: tuple[str, str, str, str, str]
    objects: str = ""
    particle: str = ""
    prefix: str = ""
    case: str = "accusative"


@dataclass(frozen=True)
class Pronoun:
    """A personal pronoun; ``german_object`` is (accusative, dative)."""

    subject: str
    object: str
    person: int
    french_subject: str
    french_object: str
    german_subject: str
    german_object: tuple[str, str]


@dataclass(frozen=True)
class Determiner:
    """A word before the noun.

    ``french`` is (masculine, feminine, plural). ``german`` is the stem, its endings are in
    ``german.py``; ``declension`` is that of a following adjective: weak, mixed or strong.
    ``definite`` decides the place of a German object, and whether it may be negated. A
    ``numeral`` takes no endings in German.
    """

    english: str
    numbers: str  # s p sp
    french: tuple[str, str, str]
    german: str
    declension: str
    definite: bool
    numeral: bool = False
    possessive: bool = False


@dataclass(frozen=True)
class Preposition:
    """A preposition and the German case after it, with the kinds of noun it takes."""

    english: tuple[str, ...]
    french: tuple[str, ...]
    german: str
    case: str
    kinds: str


@dataclass(frozen=True)
class Adverb:
    """A word of time or frequency, or a conjunction: the same in every sentence."""

    english: str
    french: tuple[str, ...]
    german: tuple[str, ...]


def _rows(table: str) -> list[list[list[str]]]:
    """The lines of a table, each as its fields (between bars), each field as its words."""
    lines = table.strip().splitlines()
    return [[field.split() for field in line.split("|")] for line in lines]


def _noun(english: list[str], french: list[str], german: list[str], kind: list[str]) -> Noun:
    singular, plural, gender, *weak = german
    # Weak masculine nouns take the plural's ending in every case but the nominative.
    oblique = plural if weak else singular
    dative = plural if plural[-1] in "ns" else plural + "n"
    return Noun(
        *(english[0], english[1], kind[0]),
        *((french[0], french[1]), french[2]),
        *((singular, oblique, plural, dative), gender),
    )


# English singular, plural | French singular, plural, gender | German singular, plural, gender,
# "weak" if it is | kind
NOUNS = tuple(
    _noun(*row)
    for row in _rows(
        """
man men             | homme hommes m           | mann männer m                      | P
woman women         | femme femmes f           | frau frauen f                      | P
boy boys            | garçon garçons m         | junge jungen m weak                | P
girl girls          | fille filles f           | mädchen mädchen n                  | P
child children      | enfant enfants m         | kind kinder n                      | P
teacher teachers    | professeur professeurs m | lehrer lehrer m                    | P
student students    | étudiant étudiants m     | student studenten m weak           | P
king kings          | roi rois m               | könig könige m                     | P
queen queens        | reine reines f           | königin königinnen f               | P
actress actresses   | actrice actrices f       | schauspielerin schauspielerinnen f | P
dog dogs            | chien chiens m           | hund hunde m                       | A
cat cats            | chat chats m             | katze katzen f                     | A
bird birds          | oiseau oiseaux m         | vogel vögel m                      | A
horse horses        | cheval chevaux m         | pferd pferde n                     | A
mouse mice          | souris souris f          | maus mäuse f                       | A
bear bears          | ours ours m              | bär bären m weak                   | A
book books          | livre livres m           | buch bücher n                      | T
car cars            | voiture voitures f       | auto autos n                       | T
apple apples        | pomme pommes f           | apfel äpfel m                      | T
flower flowers      | fleur fleurs f           | blume blumen f                     | T
letter letters      | lettre lettres f         | brief briefe m                     | T
key keys            | clé clés f               | schlüssel schlüssel m              | T
hat hats            | chapeau chapeaux m       | hut hüte m                         | T
picture pictures    | image images f           | bild bilder n                      | T
garden gardens      | jardin jardins m         | garten gärten m                    | L
forest forests      | forêt forêts f           | wald wälder m                      | L
school schools      | école écoles f           | schule schulen f                   | L
church churches     | église églises f         | kirche kirchen f                   | L
hotel hotels        | hôtel hôtels m           | hotel hotels n                     | L
house houses        | maison maisons f         | haus häuser n                      | L
"""
    )
)

# Not "my woman" or "his girl": ma femme is my wife, sa fille his daughter.
NEVER_OWNED = tuple(n for n in NOUNS if n.singular in ("man", "woman", "boy", "girl"))


def _adjective(
    english: list[str],
    french: list[str],
    german: list[str],
    kinds: list[str],
    never: list[str],
    *,
    before: bool,
) -> Adjective:
    masculine, feminine, masculines, feminines, *liaison = french
    return Adjective(
        english[0],
        kinds[0],
        before,
        (masculine, feminine, masculines, feminines, liaison[0] if liaison else masculine),
        (german[0], german[-1]),
        tuple(never),
    )


# English | French m, f, m plural, f plural, m before a vowel where it differs | German, stem of
# the inflected forms where it differs | kinds | never with. (Une vieille fille, un vieux garçon
# are unmarried people of any age; a big apple or mouse would be grosse.)
_BEFORE_THE_FRENCH_NOUN = """
small     | petit petite petits petites               | klein | PATL |
big       | grand grande grands grandes               | groß  | ATL  | apple mouse
beautiful | beau belle beaux belles bel               | schön | PATL |
old       | vieux vieille vieux vieilles vieil        | alt   | PATL | girl boy child
young     | jeune jeune jeunes jeunes                 | jung  | PA   |
new       | nouveau nouvelle nouveaux nouvelles nouvel | neu  | PTL  |
good      | bon bonne bons bonnes                     | gut   | ATL  |
"""
_AFTER_THE_FRENCH_NOUN = """
red       | rouge rouge rouges rouges                             | rot        | ATL |
green     | vert verte verts vertes                               | grün       | ATL |
black     | noir noire noirs noires                               | schwarz    | ATL |
white     | blanc blanche blancs blanches                         | weiß       | ATL |
tired     | fatigué fatiguée fatigués fatiguées                   | müde müd   | PA  |
sad       | triste triste tristes tristes                         | traurig    | PA  |
happy     | heureux heureuse heureux heureuses                    | glücklich  | PA  |
famous    | célèbre célèbre célèbres célèbres                     | berühmt    | PL  |
strong    | fort forte forts fortes                               | stark      | PA  |
clever    | intelligent intelligente intelligents intelligentes   | klug       | PA  |
expensive | cher chère chers chères                               | teuer teur | TL  |
"""
ADJECTIVES = (
    *(_adjective(*row, before=True) for row in _rows(_BEFORE_THE_FRENCH_NOUN)),
    *(_adjective(*row, before=False) for row in _rows(_AFTER_THE_FRENCH_NOUN)),
)


def _verb(
    english: list[str], french: list[str], german: list[str], objects: list[str] | None = None
) -> Verb:
    base, third, *particle = english
    i, he, we, *prefix = german
    kinds, *dative = objects or [""]
    return Verb(
        (base, third),
        (french[0], french[1], french[2], french[3], french[4]),
        (i, he, we, we, we),
        kinds,
        "".join(particle),
        "".join(prefix),
        "dative" if dative else "accusative",
    )


def _verbs(table: str) -> tuple[Verb, ...]:
    return tuple(_verb(*row) for row in _rows(table))


# English base, he, particle | French I, he, we, they, infinitive | German I, he, we = they =
# infinitive, prefix | kinds of object, "dative" if it is
SLEEP, *_ = INTRANSITIVE = _verbs(
    """
sleep sleeps   | dors dort dormons dorment dormir                       | schlafe schläft schlafen
sing sings     | chante chante chantons chantent chanter                | singe singt singen
dance dances   | danse danse dansons dansent danser                     | tanze tanzt tanzen
work works     | travaille travaille travaillons travaillent travailler | arbeite arbeitet arbeiten
wait waits     | attends attend attendons attendent attendre            | warte wartet warten
laugh laughs   | ris rit rions rient rire                               | lache lacht lachen
arrive arrives | arrive arrive arrivons arrivent arriver                | komme kommt kommen an
"""
)
TRANSITIVE = _verbs(
    """
see sees       | vois voit voyons voient voir                   | sehe sieht sehen    | PATL
like likes     | aime aime aimons aiment aimer                  | mag mag mögen       | PATL
hear hears     | entends entend entendons entendent entendre    | höre hört hören     | PA
look looks for | cherche cherche cherchons cherchent chercher   | suche sucht suchen  | PATL
look looks at  | regarde regarde regardons regardent regarder   | sehe sieht sehen an | PATL
find finds     | trouve trouve trouvons trouvent trouver        | finde findet finden | PATL
forget forgets | oublie oublie oublions oublient oublier | vergesse vergisst vergessen | PAT
buy buys       | achète achète achetons achètent acheter        | kaufe kauft kaufen  | TL
invite invites | invite invite invitons invitent inviter        | lade lädt laden ein | P
help helps     | aide aide aidons aident aider                  | helfe hilft helfen  | PA dative
follow follows | suis suit suivons suivent suivre               | folge folgt folgen  | PA dative
"""
)
# give SOMETHING to SOMEBODY
DITRANSITIVE = _verbs(
    """
give gives     | donne donne donnons donnent donner             | gebe gibt geben           | T
show shows     | montre montre montrons montrent montrer        | zeige zeigt zeigen        | T
send sends     | envoie envoie envoyons envoient envoyer        | schicke schickt schicken  | T
"""
)
# think THAT …; the French ones take the indicative as long as they are not negated
DECLARATIVE = _verbs(
    """
know knows       | sais sait savons savent savoir               | weiß weiß wissen
think thinks     | pense pense pensons pensent penser           | denke denkt denken
say says         | dis dit disons disent dire                   | sage sagt sagen
"""
)
VERBS = (*INTRANSITIVE, *TRANSITIVE, *DITRANSITIVE, *DECLARATIVE)

BE = Verb(
    ("be", "is"),  # am and are: english.py
    ("suis", "est", "sommes", "sont", "être"),
    ("bin", "ist", "sind", "sind", "sein"),
)
CAN, MUST, WILL = MODALS = _verbs(
    """
can can        | peux peut pouvons peuvent pouvoir              | kann kann können
must must      | dois doit devons doivent devoir                | muss muss müssen
will will      | vais va allons vont aller                      | werde wird werden
"""
)
# "must not" forbids; German "müssen nicht" would only say that there is no need.
(MAY,) = _verbs("may may | dois doit devons doivent devoir | darf darf dürfen")

PRONOUNS = (
    Pronoun("i", "me", ME, "je", "me", "ich", ("mich", "mir")),
    Pronoun("we", "us", WE, "nous", "nous", "wir", ("uns", "uns")),
    Pronoun("he", "him", HE, "il", "le", "er", ("ihn", "ihm")),
    Pronoun("she", "her", HE, "elle", "la", "sie", ("sie", "ihr")),
    Pronoun("they", "them", THEY, "ils", "les", "sie", ("sie", "ihnen")),
)

THE = Determiner("the", "sp", ("le", "la", "les"), "d", "weak", True)
A = Determiner("a", "s", ("un", "une", ""), "ein", "mixed", False)
DETERMINERS = (
    THE,
    A,
    Determiner("this", "s", ("ce", "cette", ""), "dies", "weak", True),
    Determiner("these", "p", ("", "", "ces"), "dies", "weak", True),
    Determiner("my", "sp", ("mon", "ma", "mes"), "mein", "mixed", True, possessive=True),
    Determiner("our", "sp", ("notre", "notre", "nos"), "unser", "mixed", True, possessive=True),
    Determiner("his", "sp", ("son", "sa", "ses"), "sein", "mixed", True, possessive=True),
    Determiner("every", "s", ("chaque", "chaque", ""), "jed", "weak", False),
    Determiner("two", "p", ("", "", "deux"), "zwei", "strong", False, True),
    Determiner("three", "p", ("", "", "trois"), "drei", "strong", False, True),
    Determiner("some", "p", ("", "", "quelques"), "einig", "strong", False),
)

WITHOUT = Preposition(("without",), ("sans",), "ohne", "accusative", "P")
PREPOSITIONS = (
    Preposition(("in",), ("dans",), "in", "dative", "L"),
    Preposition(("behind",), ("derrière",), "hinter", "dative", "L"),
    Preposition(("in", "front", "of"), ("devant",), "vor", "dative", "L"),
    Preposition(("near",), ("près", "de"), "bei", "dative", "L"),
    Preposition(("with",), ("avec",), "mit", "dative", "P"),
    WITHOUT,
)

NEVER = Adverb("never", ("jamais",), ("nie",))
FREQUENCY = (
    NEVER,
    Adverb("often", ("souvent",), ("oft",)),
    Adverb("always", ("toujours",), ("immer",)),
    Adverb("sometimes", ("parfois",), ("manchmal",)),
)
TIME = (
    Adverb("today", ("aujourd'hui",), ("heute",)),
    Adverb("now", ("maintenant",), ("jetzt",)),
    Adverb("tonight", ("ce", "soir"), ("heute", "abend")),
)

COORDINATORS = (
    Adverb("and", ("et",), ("und",)),
    Adverb("but", ("mais",), ("aber",)),
    Adverb("or", ("ou",), ("oder",)),
)
BECAUSE = Adverb("because", ("parce", "que"), ("weil",))
WHEN = Adverb("when", ("quand",), ("wenn",))
IF = Adverb("if", ("si",), ("wenn",))
WHILE = Adverb("while", ("pendant", "que"), ("während",))
SUBORDINATORS = (BECAUSE, WHEN, IF, WHILE)
THAT = Adverb("that", ("que",), ("dass",))
INVARIABLE = (*FREQUENCY, *TIME, *COORDINATORS, *SUBORDINATORS, THAT)
