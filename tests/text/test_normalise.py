"""What `normalise` undoes, and what it leaves alone."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text import normalise

HIDDEN = [
    # letters set apart
    ("vuile h o e r", "vuile hoer"),
    ("v u i l e  h o e r", "vuile hoer"),
    ("wat een k.u.t dag", "wat een kut dag"),
    ("jij i-d-i-o-o-t!", "jij idioot!"),
    ("s_u_k_k_e_l", "sukkel"),
    ("t*r*u*t", "trut"),
    ("K.A.N.K.E.R", "KANKER"),
    # digits and signs for letters
    ("k4nk3r", "kanker"),
    ("h0er", "hoer"),
    ("h03r", "hoer"),
    ("id1oot", "idioot"),
    ("k1ootzak", "klootzak"),
    ("vui1e s1et", "vuile slet"),
    ("k@nker", "kanker"),
    ("kl@@tz@k", "klaatzak"),
    ("klootz@k", "klootzak"),
    ("mi$daad", "misdaad"),
    ("kr!jg", "krijg"),
    # letters that look alike
    ("hоеr", "hoer"),
    ("кanker", "kanker"),
    ("ΚΑNΚΕR", "KANKER"),
    ("ｋａｎｋｅｒ", "kanker"),
    ("𝓱𝓸𝓮𝓻 𝕜𝕦𝕥 𝐬𝐥𝐞𝐭", "hoer kut slet"),
    ("ᴋᴜᴛ 🅺🆄🆃", "kut kut"),
    # what cannot be seen, and what is stacked
    ("ho\u200ber", "hoer"),
    ("ho\u00ader", "hoer"),
    ("\u202ehoer\u202c", "hoer"),
    ("h\u0337\u031bo\u0338e\u0336r", "hoer"),
    ("k\u0301\u0302\u0303u\u0308\u0301t", "kut"),
    ("ho\x00er", "hoer"),
    # held on
    ("kuuuuut", "kuut"),
    ("hoi!!!!!!!", "hoi!!!"),
    ("😂😂😂😂😂😂", "😂😂😂"),
    ("❤️❤️❤️❤️❤️", "❤️❤️❤️"),
    ("👍🏽👍🏽👍🏽👍🏽", "👍🏽👍🏽👍🏽"),
    # placeholders
    ("kijk op https://voorbeeld.nl/a?b=c, nu", "kijk op http, nu"),
    ("www.voorbeeld.nl", "http"),
    ("zie bit.ly/abc.", "zie http."),
    ("@jan_jansen hoi", "@user hoi"),
    ("bedankt@gemeente", "bedankt @user"),
    ("mail jan.jansen@voorbeeld.nl", "mail email"),
    ("bel 06-12345678", "bel tel"),
    ("bel 06 12 34 56 78!", "bel tel!"),
    ("bel +31 6 12345678", "bel tel"),
    ("bel 0031612345678", "bel tel"),
    ("bel 0475 12 34 56", "bel tel"),
    ("bel (020) 123 4567", "bel tel"),
    # white space
    ("  een\n\ntwee\tdrie ", "een twee drie"),
    ("´s avonds", "'s avonds"),
]

ORDINARY = [
    "Goedemorgen, ik wacht al drie weken op antwoord; kunt u mij terugbellen?",
    "Geachte mevrouw J.P. van den Berg-de Boer, dank voor uw brief van 12-03-2024.",
    "Dhr. A.J.M. Smit belt a.s.a.p. terug, a.u.b. m.b.t. dossier 2024/0012345.",
    "Graag A.S.A.P. een reactie van de N.V. in de V.S.",
    "Kies uit a b c d of e en geef i.p.v. a, b of c het antwoord.",
    "De b2b-afdeling meet co2 en H2O op de A12; ik ben 4e geworden met een mp3 van U2.",
    "Hij reed in een auto met kenteken XB-123-K en daarna 4-XYZ-12.",
    "Het kost € 12,50 p.p. (incl. 21% btw), dus 5 x 3 = 15 & klaar!",
    "Het A4tje hangt bij XS4ALL, Covid19 en H5N1 staan op de M40.",
    "Vergadering op 05-12-2019 08:00 in kamer 0.13, tot 17.30 uur.",
    "Koning Willem III en paus Johannes XXIII lazen over de KKK.",
    "Coördinatie, reünie, café, één, geïnd, naïef, crème brûlée, façade, señor, Müller en Bjørn.",
    "Zo'n foto's, 's avonds, d'r, m'n, 't, ‘zo’ en “zo” – of zo — met 50 %",
    "Nee... echt waar?! Haha, top 😂😂 👍🏽 ❤️ 👨‍👩‍👧 🇳🇱",
    "Kijk naar #BIJ1komst en #Op1npo, PVV!De peiling staat op H50mm en TR41NL.",
    "Ja!dat klopt, en top!dank je wel",
    "De k*nker en de h**r blijven staan zoals ze zijn",
    "HELEMAAL MEE EENS, WAT EEN SERVICE",
    "In Київ en Москва, of Αθήνα, spreken ze anders.",
    "α-straling, 5 m en een β-test",
    "Dat was een 1-2-3'tje met 10/10, 24/7, en/of de m/v/x.",
    "@user kijk op http of mail naar email, of bel tel",
    "",
]


@pytest.mark.parametrize(("hidden", "plain"), HIDDEN)
def test_what_is_hidden_becomes_plain(hidden: str, plain: str) -> None:
    assert normalise(hidden) == plain


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert normalise(text) == text


WORDS = st.sampled_from(
    [
        "ik",
        "u",
        "woont",
        "naast",
        "café",
        "Één",
        "coördineren",
        "mevrouw",
        "Amsterdam",
        "zo'n",
        "12",
        "3e",
        "€5",
        "niet,",
        "hoor.",
        "Echt?",
        "NS",
    ]
)


@given(st.lists(WORDS, max_size=30))
def test_ordinary_words_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert normalise(text) == text


TRICKY = st.text(alphabet="aAhoerkut013457 4@$€.-_*|~!?:/+'wnl\u200d\ufe0f\u0301\u0336\u200b\n\x1cкоеα😂❤👍🏽İıﬁⅫ´ſ", max_size=60)


@given(st.one_of(st.text(), TRICKY))
def test_a_second_time_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.one_of(st.text(), TRICKY))
def test_the_text_never_grows_beyond_its_compatibility_form(text: str) -> None:
    # A single sign can stand for 18 (U+FDFA), and "@a" becomes "@user".
    assert len(normalise(text)) <= 18 * len(text)


@given(st.integers(0, sys.maxunicode))
def test_every_sign_can_be_read(code: int) -> None:
    assert isinstance(normalise(f"a{chr(code)}b {chr(code)}"), str)


@pytest.mark.parametrize(
    "piece",
    ["a", "aa ", "a.", "a-", "@", "a@", "a@b.", "0", "0 ", "a1", "_", "w.", "http://", "!", "a!", "к", "a\u0301", "\u0301", "😂", "❤️"],
)
def test_very_long_repetitive_text_is_read(piece: str) -> None:
    text = normalise(piece * (100_000 // len(piece)))
    assert len(text) <= 250_000
