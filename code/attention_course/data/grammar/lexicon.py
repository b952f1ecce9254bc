"""The words of the grammar and their forms, in English, French and German.

Kinds of nouns: P persons, A animals, T things, L places. A verb or an adjective names the kinds it
goes with, so that most sentences make some sense.
"""

from __future__ import annotations

from dataclasses import dataclass

# Persons of a verb, as indices into its forms: I · he, she, one thing · we · they, several things.
I, HE, WE, THEY = range(4)


@dataclass(frozen=True)
class Noun:
    """A noun. ``german`` is (singular, singular in accusative and dative, plural, dative plural)."""

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
    ``definite`` decides the place of a German object, and whether it may be negated.
    """

    english: str
    numbers: str  # s p sp
    french: tuple[str, str, str]
    german: str
    declension: str
    definite: bool


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


NOUNS = tuple(
    Noun(*entry)
    for entry in [
        ("man", "men", "P", ("homme", "hommes"), "m", ("mann", "mann", "männer", "männern"), "m"),
        (
            "woman",
            "women",
            "P",
            ("femme", "femmes"),
            "f",
            ("frau", "frau", "frauen", "frauen"),
            "f",
        ),
        (
            "boy",
            "boys",
            "P",
            ("garçon", "garçons"),
            "m",
            ("junge", "jungen", "jungen", "jungen"),
            "m",
        ),
        ("girl", "girls", "P", ("fille", "filles"), "f", ("mädchen",) * 4, "n"),
        (
            "child",
            "children",
            "P",
            ("enfant", "enfants"),
            "m",
            ("kind", "kind", "kinder", "kindern"),
            "n",
        ),
        (
            "teacher",
            "teachers",
            "P",
            ("professeur", "professeurs"),
            "m",
            ("lehrer", "lehrer", "lehrer", "lehrern"),
            "m",
        ),
        (
            "doctor",
            "doctors",
            "P",
            ("médecin", "médecins"),
            "m",
            ("arzt", "arzt", "ärzte", "ärzten"),
            "m",
        ),
        (
            "student",
            "students",
            "P",
            ("étudiant", "étudiants"),
            "m",
            ("student", "studenten", "studenten", "studenten"),
            "m",
        ),
        ("king", "kings", "P", ("roi", "rois"), "m", ("könig", "könig", "könige", "königen"), "m"),
        (
            "queen",
            "queens",
            "P",
            ("reine", "reines"),
            "f",
            ("königin", "königin", "königinnen", "königinnen"),
            "f",
        ),
        (
            "actress",
            "actresses",
            "P",
            ("actrice", "actrices"),
            "f",
            ("schauspielerin", "schauspielerin", "schauspielerinnen", "schauspielerinnen"),
            "f",
        ),
        (
            "aunt",
            "aunts",
            "P",
            ("tante", "tantes"),
            "f",
            ("tante", "tante", "tanten", "tanten"),
            "f",
        ),
        ("dog", "dogs", "A", ("chien", "chiens"), "m", ("hund", "hund", "hunde", "hunden"), "m"),
        ("cat", "cats", "A", ("chat", "chats"), "m", ("katze", "katze", "katzen", "katzen"), "f"),
        (
            "bird",
            "birds",
            "A",
            ("oiseau", "oiseaux"),
            "m",
            ("vogel", "vogel", "vögel", "vögeln"),
            "m",
        ),
        (
            "horse",
            "horses",
            "A",
            ("cheval", "chevaux"),
            "m",
            ("pferd", "pferd", "pferde", "pferden"),
            "n",
        ),
        ("cow", "cows", "A", ("vache", "vaches"), "f", ("kuh", "kuh", "kühe", "kühen"), "f"),
        ("mouse", "mice", "A", ("souris", "souris"), "f", ("maus", "maus", "mäuse", "mäusen"), "f"),
        ("bear", "bears", "A", ("ours", "ours"), "m", ("bär", "bären", "bären", "bären"), "m"),
        ("lion", "lions", "A", ("lion", "lions"), "m", ("löwe", "löwen", "löwen", "löwen"), "m"),
        (
            "book",
            "books",
            "T",
            ("livre", "livres"),
            "m",
            ("buch", "buch", "bücher", "büchern"),
            "n",
        ),
        ("car", "cars", "T", ("voiture", "voitures"), "f", ("auto", "auto", "autos", "autos"), "n"),
        (
            "apple",
            "apples",
            "T",
            ("pomme", "pommes"),
            "f",
            ("apfel", "apfel", "äpfel", "äpfeln"),
            "m",
        ),
        (
            "flower",
            "flowers",
            "T",
            ("fleur", "fleurs"),
            "f",
            ("blume", "blume", "blumen", "blumen"),
            "f",
        ),
        (
            "letter",
            "letters",
            "T",
            ("lettre", "lettres"),
            "f",
            ("brief", "brief", "briefe", "briefen"),
            "m",
        ),
        (
            "table",
            "tables",
            "T",
            ("table", "tables"),
            "f",
            ("tisch", "tisch", "tische", "tischen"),
            "m",
        ),
        (
            "chair",
            "chairs",
            "T",
            ("chaise", "chaises"),
            "f",
            ("stuhl", "stuhl", "stühle", "stühlen"),
            "m",
        ),
        (
            "key",
            "keys",
            "T",
            ("clé", "clés"),
            "f",
            ("schlüssel", "schlüssel", "schlüssel", "schlüsseln"),
            "m",
        ),
        ("hat", "hats", "T", ("chapeau", "chapeaux"), "m", ("hut", "hut", "hüte", "hüten"), "m"),
        (
            "picture",
            "pictures",
            "T",
            ("image", "images"),
            "f",
            ("bild", "bild", "bilder", "bildern"),
            "n",
        ),
        (
            "garden",
            "gardens",
            "L",
            ("jardin", "jardins"),
            "m",
            ("garten", "garten", "gärten", "gärten"),
            "m",
        ),
        (
            "kitchen",
            "kitchens",
            "L",
            ("cuisine", "cuisines"),
            "f",
            ("küche", "küche", "küchen", "küchen"),
            "f",
        ),
        (
            "forest",
            "forests",
            "L",
            ("forêt", "forêts"),
            "f",
            ("wald", "wald", "wälder", "wäldern"),
            "m",
        ),
        (
            "school",
            "schools",
            "L",
            ("école", "écoles"),
            "f",
            ("schule", "schule", "schulen", "schulen"),
            "f",
        ),
        (
            "church",
            "churches",
            "L",
            ("église", "églises"),
            "f",
            ("kirche", "kirche", "kirchen", "kirchen"),
            "f",
        ),
        (
            "hotel",
            "hotels",
            "L",
            ("hôtel", "hôtels"),
            "m",
            ("hotel", "hotel", "hotels", "hotels"),
            "n",
        ),
        (
            "house",
            "houses",
            "L",
            ("maison", "maisons"),
            "f",
            ("haus", "haus", "häuser", "häusern"),
            "n",
        ),
        (
            "castle",
            "castles",
            "L",
            ("château", "châteaux"),
            "m",
            ("schloss", "schloss", "schlösser", "schlössern"),
            "n",
        ),
    ]
)


def _plain(masculine: str) -> tuple[str, str, str, str, str]:
    """The forms of a French adjective that adds -e and -s; one in -e has no feminine of its own."""
    feminine = masculine if masculine.endswith("e") else masculine + "e"
    return masculine, feminine, masculine + "s", feminine + "s", masculine


ADJECTIVES = tuple(
    Adjective(*entry)
    for entry in [
        ("small", "PATL", True, _plain("petit"), ("klein", "klein")),
        ("big", "ATL", True, _plain("grand"), ("groß", "groß")),
        (
            "beautiful",
            "PATL",
            True,
            ("beau", "belle", "beaux", "belles", "bel"),
            ("schön", "schön"),
        ),
        # une vieille fille, un vieux garçon: unmarried people of any age
        (
            "old",
            "PATL",
            True,
            ("vieux", "vieille", "vieux", "vieilles", "vieil"),
            ("alt", "alt"),
            ("girl", "boy", "child"),
        ),
        ("young", "PA", True, _plain("jeune"), ("jung", "jung")),
        (
            "new",
            "PTL",
            True,
            ("nouveau", "nouvelle", "nouveaux", "nouvelles", "nouvel"),
            ("neu", "neu"),
        ),
        ("good", "ATL", True, ("bon", "bonne", "bons", "bonnes", "bon"), ("gut", "gut")),
        ("red", "ATL", False, _plain("rouge"), ("rot", "rot")),
        ("blue", "ATL", False, _plain("bleu"), ("blau", "blau")),
        ("green", "ATL", False, _plain("vert"), ("grün", "grün")),
        ("black", "ATL", False, _plain("noir"), ("schwarz", "schwarz")),
        (
            "white",
            "ATL",
            False,
            ("blanc", "blanche", "blancs", "blanches", "blanc"),
            ("weiß", "weiß"),
        ),
        ("tired", "PA", False, _plain("fatigué"), ("müde", "müd")),
        ("sad", "PA", False, _plain("triste"), ("traurig", "traurig")),
        (
            "happy",
            "PA",
            False,
            ("heureux", "heureuse", "heureux", "heureuses", "heureux"),
            ("glücklich", "glücklich"),
        ),
        ("rich", "P", False, _plain("riche"), ("reich", "reich")),
        ("famous", "PL", False, _plain("célèbre"), ("berühmt", "berühmt")),
        ("strong", "PA", False, _plain("fort"), ("stark", "stark")),
        ("clever", "PA", False, _plain("intelligent"), ("klug", "klug")),
        ("heavy", "T", False, _plain("lourd"), ("schwer", "schwer")),
        ("expensive", "TL", False, ("cher", "chère", "chers", "chères", "cher"), ("teuer", "teur")),
        ("empty", "L", False, _plain("vide"), ("leer", "leer")),
    ]
)

INTRANSITIVE = (
    Verb(
        ("sleep", "sleeps"),
        ("dors", "dort", "dormons", "dorment", "dormir"),
        ("schlafe", "schläft", "schlafen", "schlafen", "schlafen"),
    ),
    Verb(
        ("sing", "sings"),
        ("chante", "chante", "chantons", "chantent", "chanter"),
        ("singe", "singt", "singen", "singen", "singen"),
    ),
    Verb(
        ("dance", "dances"),
        ("danse", "danse", "dansons", "dansent", "danser"),
        ("tanze", "tanzt", "tanzen", "tanzen", "tanzen"),
    ),
    Verb(
        ("work", "works"),
        ("travaille", "travaille", "travaillons", "travaillent", "travailler"),
        ("arbeite", "arbeitet", "arbeiten", "arbeiten", "arbeiten"),
    ),
    Verb(
        ("wait", "waits"),
        ("attends", "attend", "attendons", "attendent", "attendre"),
        ("warte", "wartet", "warten", "warten", "warten"),
    ),
    Verb(
        ("laugh", "laughs"),
        ("ris", "rit", "rions", "rient", "rire"),
        ("lache", "lacht", "lachen", "lachen", "lachen"),
    ),
    Verb(
        ("play", "plays"),
        ("joue", "joue", "jouons", "jouent", "jouer"),
        ("spiele", "spielt", "spielen", "spielen", "spielen"),
    ),
    Verb(
        ("arrive", "arrives"),
        ("arrive", "arrive", "arrivons", "arrivent", "arriver"),
        ("komme", "kommt", "kommen", "kommen", "kommen"),
        prefix="an",
    ),
)

TRANSITIVE = (
    Verb(
        ("see", "sees"),
        ("vois", "voit", "voyons", "voient", "voir"),
        ("sehe", "sieht", "sehen", "sehen", "sehen"),
        "PATL",
    ),
    Verb(
        ("love", "loves"),
        ("aime", "aime", "aimons", "aiment", "aimer"),
        ("liebe", "liebt", "lieben", "lieben", "lieben"),
        "PATL",
    ),
    Verb(
        ("hear", "hears"),
        ("entends", "entend", "entendons", "entendent", "entendre"),
        ("höre", "hört", "hören", "hören", "hören"),
        "PA",
    ),
    Verb(
        ("look", "looks"),
        ("cherche", "cherche", "cherchons", "cherchent", "chercher"),
        ("suche", "sucht", "suchen", "suchen", "suchen"),
        "PATL",
        particle="for",
    ),
    Verb(
        ("look", "looks"),
        ("regarde", "regarde", "regardons", "regardent", "regarder"),
        ("sehe", "sieht", "sehen", "sehen", "sehen"),
        "PATL",
        particle="at",
        prefix="an",
    ),
    Verb(
        ("find", "finds"),
        ("trouve", "trouve", "trouvons", "trouvent", "trouver"),
        ("finde", "findet", "finden", "finden", "finden"),
        "PATL",
    ),
    Verb(
        ("forget", "forgets"),
        ("oublie", "oublie", "oublions", "oublient", "oublier"),
        ("vergesse", "vergisst", "vergessen", "vergessen", "vergessen"),
        "PAT",
    ),
    Verb(
        ("buy", "buys"),
        ("achète", "achète", "achetons", "achètent", "acheter"),
        ("kaufe", "kauft", "kaufen", "kaufen", "kaufen"),
        "TL",
    ),
    Verb(
        ("carry", "carries"),
        ("porte", "porte", "portons", "portent", "porter"),
        ("trage", "trägt", "tragen", "tragen", "tragen"),
        "AT",
    ),
    Verb(
        ("invite", "invites"),
        ("invite", "invite", "invitons", "invitent", "inviter"),
        ("lade", "lädt", "laden", "laden", "laden"),
        "P",
        prefix="ein",
    ),
    Verb(
        ("help", "helps"),
        ("aide", "aide", "aidons", "aident", "aider"),
        ("helfe", "hilft", "helfen", "helfen", "helfen"),
        "PA",
        case="dative",
    ),
    Verb(
        ("follow", "follows"),
        ("suis", "suit", "suivons", "suivent", "suivre"),
        ("folge", "folgt", "folgen", "folgen", "folgen"),
        "PA",
        case="dative",
    ),
)

# give SOMETHING to SOMEBODY
DITRANSITIVE = (
    Verb(
        ("give", "gives"),
        ("donne", "donne", "donnons", "donnent", "donner"),
        ("gebe", "gibt", "geben", "geben", "geben"),
        "T",
    ),
    Verb(
        ("show", "shows"),
        ("montre", "montre", "montrons", "montrent", "montrer"),
        ("zeige", "zeigt", "zeigen", "zeigen", "zeigen"),
        "T",
    ),
    Verb(
        ("send", "sends"),
        ("envoie", "envoie", "envoyons", "envoient", "envoyer"),
        ("schicke", "schickt", "schicken", "schicken", "schicken"),
        "T",
    ),
)

# think THAT …; the French ones take the indicative when they are not negated
DECLARATIVE = (
    Verb(
        ("know", "knows"),
        ("sais", "sait", "savons", "savent", "savoir"),
        ("weiß", "weiß", "wissen", "wissen", "wissen"),
    ),
    Verb(
        ("think", "thinks"),
        ("pense", "pense", "pensons", "pensent", "penser"),
        ("denke", "denkt", "denken", "denken", "denken"),
    ),
    Verb(
        ("say", "says"),
        ("dis", "dit", "disons", "disent", "dire"),
        ("sage", "sagt", "sagen", "sagen", "sagen"),
    ),
    Verb(
        ("believe", "believes"),
        ("crois", "croit", "croyons", "croient", "croire"),
        ("glaube", "glaubt", "glauben", "glauben", "glauben"),
    ),
)

# English am, is, are are chosen in english.py
BE = Verb(
    ("be", "is"), ("suis", "est", "sommes", "sont", "être"), ("bin", "ist", "sind", "sind", "sein")
)

CAN = Verb(
    ("can", "can"),
    ("peux", "peut", "pouvons", "peuvent", "pouvoir"),
    ("kann", "kann", "können", "können", "können"),
)
MUST = Verb(
    ("must", "must"),
    ("dois", "doit", "devons", "doivent", "devoir"),
    ("muss", "muss", "müssen", "müssen", "müssen"),
)
WILL = Verb(
    ("will", "will"),
    ("vais", "va", "allons", "vont", "aller"),
    ("werde", "wird", "werden", "werden", "werden"),
)
MODALS = (CAN, MUST, WILL)
# "must not" forbids; German müssen nicht would only say that there is no need
MAY = Verb(("may", "may"), MUST.french, ("darf", "darf", "dürfen", "dürfen", "dürfen"))

PRONOUNS = (
    Pronoun("i", "me", I, "je", "me", "ich", ("mich", "mir")),
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
    Determiner("my", "sp", ("mon", "ma", "mes"), "mein", "mixed", True),
    Determiner("our", "sp", ("notre", "notre", "nos"), "unser", "mixed", True),
    Determiner("his", "sp", ("son", "sa", "ses"), "sein", "mixed", True),
    Determiner("every", "s", ("chaque", "chaque", ""), "jed", "weak", False),
    Determiner("two", "p", ("", "", "deux"), "zwei", "strong", False),
    Determiner("three", "p", ("", "", "trois"), "drei", "strong", False),
    Determiner("some", "p", ("", "", "quelques"), "einige", "strong", False),
)

PREPOSITIONS = (
    Preposition(("in",), ("dans",), "in", "dative", "L"),
    Preposition(("behind",), ("derrière",), "hinter", "dative", "L"),
    Preposition(("in", "front", "of"), ("devant",), "vor", "dative", "L"),
    Preposition(("near",), ("près", "de"), "bei", "dative", "L"),
    Preposition(("with",), ("avec",), "mit", "dative", "P"),
    Preposition(("without",), ("sans",), "ohne", "accusative", "P"),
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
