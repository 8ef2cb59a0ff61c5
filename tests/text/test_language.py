"""When a text is said to be unreadable, and when not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text import review_reason

DUTCH = [
    "Goedemorgen, ik wacht al drie weken op antwoord",
    "hoer",
    "👍",
    "😡😡 🖕",
    "ok",
    "ja",
    "lol wtf gast",
    "bro wtf is dit nou weer, echt cringe man",
    "ewa broer fissa vanavond, wollah ik zweer het",
    "amai gij zijt nogal ne strever zenne",
    "ge moogt daar nie parkeren he madam, da weette toch",
    "It giet my net oan, mar dat beslút is gewoan net te begripen",
    "Ich höb dich gister nog gezeen in de sjtad",
    "'k è een vraege over de parkeerkaerte vò de bezoekers",
    "Moi, ik wol eem weten of joe mörgen open binnen",
    "nice work team, jullie zijn echt helden",
    "Fuck you, jij bent echt een sukkel en je weet het",
    "De film heet The Lord of the Rings en hij is goed",
    "Recep Tayyip Erdoğan komt morgen naar Den Haag",
    "k4nk3r h0er",
    "𝓱𝓸𝓮𝓻 𝓲𝓴 𝔀𝓮𝓮𝓽 𝔀𝓪𝓪𝓻 𝓳𝓮 𝔀𝓸𝓸𝓷𝓽",
    "jij vuilе hоеr",
    "@jan @piet kijk dit eens",
]

FOREIGN = [
    "I know where you live and I will find you",
    "you are a stupid bitch go home",
    "Ich weiß wo du wohnst und ich werde dich finden",
    "Du bist eine dumme Schlampe und ich hasse dich",
    "Je sais où tu habites et je vais te trouver",
    "ferme ta gueule sale connard de merde",
    "Sé dónde vives y te voy a encontrar",
    "So che cosa hai fatto e dove abiti, stronzo",
    "Eu sei onde você mora e vou te encontrar",
    "Nerede oturduğunu biliyorum seni bulacağım",
    "Wiem gdzie mieszkasz i cię znajdę",
    "Știu unde locuiești și te voi găsi",
    "أعرف أين تسكن وسوف أجدك",
    "Я знаю, где ты живёшь, и я найду тебя",
    "Ξέρω πού μένεις και θα σε βρω",
]


@pytest.mark.parametrize("text", DUTCH)
def test_dutch_in_all_its_forms_is_read(text: str) -> None:
    assert review_reason(text) is None


@pytest.mark.parametrize("text", FOREIGN)
def test_another_language_is_not_dutch(text: str) -> None:
    assert review_reason(text) == "not_dutch"


@pytest.mark.parametrize("text", ["", "   ", "12345", "?!...", "06-12345678", "https://voorbeeld.nl/a", "@jan", "\u200b\u200b"])
def test_without_words_there_is_no_text(text: str) -> None:
    assert review_reason(text) == "no_text"


@pytest.mark.parametrize("text", ["a", "x?", "q!!", "sd", "z 12"])
def test_a_scrap_is_too_short(text: str) -> None:
    assert review_reason(text) == "too_short"


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert review_reason(text) in {None, "no_text", "too_short", "not_dutch"}
