"""What gives a flag, what looks like it and does not, and rules that are refused."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import RulesError
from triage.labels import FLAGS
from triage.text import find_all_flags, find_flags, normalise
from triage.text.flags import read_rules, rules

HITS = {
    "personal_data": [
        "Ik zet je adres online",
        "we gooien jouw huisadres vanavond in de buurtapp",
        "wie weet waar hij woont?",
        "weet iemand waar die boa woont",
        "wie heeft het adres van die wethouder",
        "iemand zn 06?",
        "Haar adres is Dorpsstraat 12",
        "hij woont op de Lindelaan 4, succes jongens",
        "haar nummer is 06-12345678",
        "bel haar allemaal plat op 0612345678",
        "zijn kenteken is XB-123-K",
        "ik heb foto's van jouw huis",
        "wij gaan je doxen",
        "z3t zijn @dr3s online, ik zet je adr3s op telegram",
        "drop zijn adres hier",
        "uw kenteken heb ik al",
    ],
    "intimate_image": [
        "stuur eens een naaktfoto",
        "stuur nudes",
        "ik heb naaktfoto's van jou",
        "ik zet jouw naaktfilmpje op internet",
        "die deepfake van jou is bijna klaar",
        "ik stuur je zo een foto van mijn lul",
        "ik heb dat filmpje van jou onder de douche nog",
        "foto van je tieten graag",
        "stuur ff een foto zonder kleren",
        "jouw hoofd op een pornofilmpje, lachen",
    ],
    "weapon": [
        "ik neem een mes mee naar het loket",
        "jij bent de volgende 🔫",
        "🔪 tot maandag",
        "ik zie je wel🔪",
        "ik heb een pistool thuis liggen",
        "er is een kogel voor je",
        "ik gooi een molotovcocktail naar binnen",
        "ik steek je neer",
        "we schieten jullie dood",
        "zuur in je gezicht, dat verdien je",
        "ik kom met een jerrycan benzine en dan gaat alles in de fik",
        "met een bijl op je kop",
        "m3s in je rug, mes in je rug",
    ],
    "time_or_place": [
        "morgen om vijf uur sta ik bij jou",
        "als je dienst afloopt pakken we je",
        "er ligt straks iets bij je voordeur",
        "ik wacht je op op de parkeerplaats",
        "tot vanavond, notaris",
        "kom maar naar buiten dan",
        "na je dienst ben je van ons",
        "elke dinsdag loop je daar alleen langs het kanaal",
        "zaterdag steken we je auto in brand",
        "we staan straks bij de uitgang",
        "ik zie je morgen wel",
        "elke ochtend fiets jij langs het kanaal",
        "ik gooi hem vannacht nog door je brievenbus",
        "tot snel",
    ],
    "children": [
        "ik weet waar je kinderen naar school gaan",
        "mooie dochter heb je, uw dochter bedoel ik",
        "zou zonde zijn van je zoontje",
        "de school van je zoontje is dichtbij",
        "uw klein mannen staan alleen aan de poort",
        "denk aan je kids",
        "haar baby slaapt zeker goed",
        "jullie kinderen zijn de volgende",
        "die tweeling van u fietst alleen, uw tweeling toch",
    ],
    "discrimination": [
        "Roma zijn dieven, en u helpt ze",
        "kutmarokkaan met je fluitje",
        "vieze flikker",
        "rot op naar je eigen land",
        "ga terug naar Turkije",
        "moslims zijn allemaal achterlijk",
        "homo's horen hier niet",
        "jodenkrant",
        "wat een mongool aan het loket",
        "vrouwen horen achter het aanrecht",
        "🐒🍌 die nummer 9",
        "leer eerst Nederlands",
        "zandneger",
        "vuile j00d, kankerjood",
    ],
    "extortion": [
        "betaal 500 euro of je foto's gaan online",
        "trek die boete in of uw vrouw krijgt die opname",
        "geef me die pillen of je man hoort alles van mij",
        "als je niet betaalt steek ik je zaak in brand",
        "als u dat recept niet uitschrijft gaan die vanavond naar de hele afdeling",
        "jij keurt morgen mijn lening goed en dan wis ik alles",
        "maak 300 euro over, anders zet ik die filmpjes online",
        "nog 1 artikel over ons en alles gaat online",
        "ik wil zwijggeld zien",
        "die aangifte zou ik maar intrekken voor er wat gebeurt",
    ],
    "self_harm": [
        "ik maak er een eind aan",
        "ik wil niet meer leven",
        "Ik wil gewoon dood",
        "ik pleeg zelfmoord als dit zo doorgaat",
        "ik denk elke dag aan zelfmoord",
        "ik spring voor de trein",
        "mijn leven heeft geen zin meer",
        "niemand zal me missen",
        "ik doe mezelf iets aan",
        "jullie zijn beter af zonder mij",
        "ik wil niet meer l3v3n",
        "ik ben het leven beu",
    ],
}

LOOK_ALIKES = {
    "personal_data": [
        "Kunt u mijn adres wijzigen?",
        "mijn adres is Dorpsstraat 12",
        "zet nooit je adres online",
        "U kunt uw adres online doorgeven",
        "ik heb uw adres nodig voor het pakket",
        "hij woont al jaren in Utrecht",
        "wie weet waar de ingang is?",
        "Bel mij op 06-12345678",
        "mijn nummer is 0612345678",
        "iemand heeft mijn adres online gezet",
        "wie heeft het adres van die camping?",
        "mijn kenteken is XB-123-K",
    ],
    "intimate_image": [
        "stuur eens een persfoto",
        "leuke foto van jou in de krant",
        "iemand heeft een naaktfilmpje van mij, wat moet ik doen?",
        "Dickpic sturen, is dat strafbaar?",
        "ik heb het filmpje van de vergadering bekeken",
        "foto's van je huis voor de taxatie graag",
        "de actrice reageert op gelekte naaktfoto's",
        "de foto van de schade zit in de bijlage",
    ],
    "weapon": [
        "we eten met mes en vork",
        "wapenvergunning aanvragen, hoe gaat dat?",
        "het mes moet in die begroting",
        "de kogel is door de kerk",
        "wat betekent het wapen op de ambtsketen?",
        "het huis gaat onder de hamer",
        "ik gun het je van harte",
        "val dood met je kogelvest",
        "💦🔫 watergevecht op het plein",
        "de bijlage zat er niet bij",
        "krijg de tyfus van die reclames",
    ],
    "time_or_place": [
        "wat een waardeloze dienst",
        "u bent een prutser",
        "ik heb drie kinderen",
        "dat is een mooi huis",
        "het duurt nu al een week",
        "ze werkt in de zorg",
        "na een half jaar nog geen antwoord",
        "om een nieuwe afspraak vragen",
        "de uitgang was dicht",
    ],
    "children": [
        "mijn kinderen zitten hier op school",
        "ik heb twee kinderen",
        "wat een kinderachtig gedoe",
        "er zijn kinderen ziek",
        "onze dochter heeft geen plek",
        "je bent een kind, jij bent een kleuter",
        "kinderopvang is te duur",
        "een kind kan de was doen",
    ],
    "discrimination": [
        "mijn buurman is Marokkaans",
        "ik ben homo en wil met prep beginnen",
        "zij draagt een hoofddoek",
        "de moskee is open",
        "homo sapiens of neanderthaler",
        "hij heeft een Mongools paspoort",
        "joden en moslims vierden samen feest",
        "het scherm flikkert na de update",
        "zwarte jas gevonden",
    ],
    "extortion": [
        "als u niet betaalt volgt een aanmaning",
        "trek het in of de ombudsman krijgt die opname",
        "ik betaal de boete morgen",
        "als u niet reageert stap ik naar de rechter",
        "betaal ik online of aan de balie?",
        "anders stuur ik een klacht in",
        "de kosten zijn 40 euro of u komt in aanmerking voor korting",
        "iemand eist 800 euro van mij, wat moet ik doen?",
        "als je niet wint is dat jammer",
    ],
    "self_harm": [
        "ik lach me dood",
        "ik schaam me dood",
        "maak er een eind aan, aan die subsidies",
        "ik wil er nog niet dood gevonden worden",
        "ik wil niet meer leven in angst voor rekeningen",
        "ik ga dood 😂😂",
        "spring voor de trein, sukkel",
        "hij wil niet meer leven, zegt mijn moeder over mijn vader",
        "ik maak er een eind aan die ellende met het abonnement van",
        "ik wil dood zijn van het lachen 🤣",
        "ik stap uit het project",
    ],
}


def test_every_flag_is_tried_both_ways() -> None:
    assert set(HITS) == set(LOOK_ALIKES) == set(FLAGS)


@pytest.mark.parametrize(("flag", "text"), [(flag, text) for flag, texts in HITS.items() for text in texts])
def test_what_is_named_gives_the_flag(flag: str, text: str) -> None:
    assert flag in find_flags(normalise(text))


@pytest.mark.parametrize(("flag", "text"), [(flag, text) for flag, texts in LOOK_ALIKES.items() for text in texts])
def test_what_only_looks_like_it_does_not(flag: str, text: str) -> None:
    assert flag not in find_flags(normalise(text))


def test_many_texts_get_the_flags_that_each_gets_alone() -> None:
    texts = [normalise(text) for texts in (*HITS.values(), *LOOK_ALIKES.values()) for text in texts]
    assert find_all_flags(texts) == [find_flags(text) for text in texts]
    assert find_all_flags(texts[:3]) == [find_flags(text) for text in texts[:3]]


def test_flags_come_in_their_order() -> None:
    assert find_flags("🔪 ik zet je adres online, en je kinderen komen ook aan de beurt") == ("personal_data", "weapon", "children")


def test_capitals_make_no_difference() -> None:
    assert find_flags("IK ZET JE ADRES ONLINE") == find_flags("ik zet je adres online") == ("personal_data",)


@given(st.text())
def test_any_text_is_searched(text: str) -> None:
    assert set(find_flags(text)) <= set(FLAGS)


PIECES = [
    "a",
    " ",
    "je ",
    "ik ",
    "adres ",
    "als je niet ",
    "foto van je ",
    "of ",
    "betaal ",
    "morgen ",
    "kom ",
    "zijn ",
    "mes",
    "!",
    "🔪",
    "x' ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_one_thing_are_searched(piece: str) -> None:
    assert set(find_flags(piece * (100_000 // len(piece)))) <= set(FLAGS)


RULE = """
[words]
home = "huis|thuis"
[[rules]]
flag = "children"
about = "x"
needs = ["kind"]
finds = ["{finds}"]
unless = ["kind aan <home>"]
"""


def test_rules_are_read() -> None:
    (rule,) = read_rules(RULE.format(finds="<home> <few> kind"))
    assert rule.holds("thuis is er een kind")
    assert not rule.holds("thuis is er een kind aan huis")
    assert not rule.holds("thuis en daar toch ook nog eens een kind")
    assert not rule.holds("kinderthuis")


def test_every_packaged_pattern_can_be_used() -> None:
    packaged = files("triage.text").joinpath("flags.toml").read_text(encoding="utf-8")
    assert read_rules(packaged) == rules()


@pytest.mark.parametrize("finds", ["kind.*", "kind(", "<school> kind", "(?:a+)b kind", "kind{2,}"])
def test_rules_that_cannot_be_used_are_refused(finds: str) -> None:
    with pytest.raises(RulesError, match="flag rule 1"):
        read_rules(RULE.format(finds=finds))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"children"', '"kinderen"'),
        ('["kind"]', "[]"),
        ('["kind"]', '["Kind"]'),
        ("about", "abuot"),
        ("[words]", "[words"),
        ("huis|thuis", "<home>"),
    ],
)
def test_a_file_with_a_mistake_is_refused(old: str, new: str) -> None:
    with pytest.raises(RulesError) as refused:
        read_rules(RULE.format(finds="<home> kind").replace(old, new, 1))
    assert refused.value.nl
