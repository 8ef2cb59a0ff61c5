"""What the masking finds, what it leaves, and that it does so the same each time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.report.dossier.lists import load_lists
from triage.report.dossier.masking import Mask
from triage.report.dossier.names import Names
from triage.report.dossier.pseudonyms import KINDS, Pseudonyms
from triage.report.dossier.words import DossierWords

WORDS = DossierWords("nl").pseudonyms()
PEOPLE = {"Mirjam Oosterveld": "target", "kwaad_konijn": "author", "Karel de Stoffelink": "author"}


def make_mask(key=None, people=PEOPLE, others=("Ans Duivelshof",)):
    return Mask(Pseudonyms(WORDS, key), Names(people, others))


def masked(text, **made):
    return make_mask(**made).text(text)


@pytest.mark.parametrize(
    ("text", "gone", "kind"),
    [
        ("bel 06-12345678 nu", "12345678", "telefoon"),
        ("bel +31 6 12 34 56 78", "34 56", "telefoon"),
        ("bel 030 123 45 67", "123 45", "telefoon"),
        ("bel me in Gent: 0475 12 34 56", "12 34", "telefoon"),
        ("mail naar j.jansen+x@voorbeeld.nl!", "jansen", "e-mail"),
        ("mail jansen (at) voorbeeld.nl", "jansen", "e-mail"),
        ("stort op NL91ABNA0417164300 ja", "0417164300", "rekening"),
        ("stort op NL91 ABNA 0417 1643 00 voor morgen", "0417 1643 00", "rekening"),
        ("stort op nl91abna0417164300", "0417164300", "rekening"),
        ("BE68 5390 0754 7034 graag", "0754", "rekening"),
        ("stort op NL92ABNA0417164300", "0417164300", "rekening"),  # mistyped, and still somebody's
        ("zijn bsn is 111222333", "111222333", "bsn"),
        ("zijn bsn is 1112.22.333", "333", "bsn"),
        ("ze woont op de Kerkstraat 12", "Kerkstraat 12", "adres"),
        ("ze woont op de kerkstraat 12a", "kerkstraat", "adres"),
        ("ze woont in de beukenlaan", "beukenlaan", "adres"),
        ("Laan van Meerdervoort 12 toch", "Meerdervoort", "adres"),
        ("Prins Hendrikkade 33-2", "Hendrikkade", "adres"),
        ("in 3512 AB daar", "3512 AB", "adres"),
        ("in 3512ab daar", "3512ab", "adres"),
        ("kijk op https://voorbeeld.nl/jan?x=1 dan", "voorbeeld", "webadres"),
        ("kijk op jan-jansen.nl/foto", "jansen", "webadres"),
        ("hij rijdt in AB-123-C", "AB-123-C", "nummer"),
        ("dossier 20261234567", "20261234567", "nummer"),
        ("vraag het @sannetje_92 maar", "sannetje", "account"),
        ("ik ken Sanne wel", "Sanne", "naam"),
        ("ik ken sanne wel", "sanne", "naam"),
        ("Jeroen, pas op", "Jeroen", "naam"),
        ("ik zag Jan Jansen gisteren", "Jansen", "naam"),
        ("ik zag jan jansen gisteren", "jansen", "naam"),
        ("mohammed el khatib dus", "khatib", "naam"),
        ("Sanne de Boer is er", "Boer", "naam"),
        ("mevrouw knoverpel is er", "knoverpel", "naam"),
        ("JEROEN IS ER", "JEROEN", "naam"),
        ("San\u200bne is er", "San", "naam"),
        ("ze werkt op de Vlierhofschool", "Vlierhof", "naam"),
    ],
)
def test_what_points_at_a_person_is_masked(text, gone, kind):
    said = masked(text)
    assert gone not in said
    assert f"[{kind} 1]" in said


@pytest.mark.parametrize(
    "text",
    [
        "NL91 ABNA 0417 1643 00",
        "nl91 abna 0417 1643 00",
        "NL91.ABNA.0417.1643.00",
        "NL91-ABNA-0417-1643-00",
        "NL91_ABNA_0417_1643_00",
        "NL91  ABNA  0417  1643  00",
        "NL91\nABNA 0417 1643 00",
        "NL 91 ABNA 0417 1643 00",
        "NL91 ABNA 0417 1643 01",  # mistyped
        "NL91 ABNA 0417 1643",  # the last digits forgotten
        "BE68 5390 0754 7034",
        "DE89 3704 0044 0532 0130 00",
    ],
)
def test_of_an_account_number_nothing_stays(text):
    assert masked(f"stort op {text} of anders") == "stort op [rekening 1] of anders"
    assert masked(f"IBAN:{text}.") == "IBAN:[rekening 1]."
    assert masked(f"{text} en {text}") == "[rekening 1] en [rekening 1]"
    assert masked(f"{text} BE68 5390 0754 7034").startswith("[rekening 1] [rekening ")
    assert masked(f"in rij nr12 dan {text}") == "in rij nr12 dan [rekening 1]"


def test_words_typed_against_an_account_number_hide_nothing_of_it():
    assert masked("rekeningNL91ABNA0417164300en snel") == "rekening[rekening 1]en snel"


@pytest.mark.parametrize(
    "text",
    [
        "ik weet waar je woont",
        "op nl 10 keer gezien en in be 2026 nog eens",
        "Wat een prutsers zijn jullie toch!",
        "jullie zijn dieven. Jullie zijn walgelijk",
        "Uw brief van 3 juni, met 250 euro boete",
        "Ik zie je om 10:30 op maandag of op Facebook",
        "JULLIE ZIJN ALLEMAAL DIEVEN",
        "kk hoer 🔪🔫",
        "ik doodslaan nee verslaan ja in de winkelstraat",
        "[foto] 1,5 miljoen in 2026",
        "",
    ],
)
def test_ordinary_words_stay(text):
    assert masked(text) == text


def test_people_of_the_case_are_found_in_any_casing_and_by_a_part_of_their_name():
    said = masked("mirjam, MIRJAM OOSTERVELD, @mirjam.oosterveld en mevrouw oosterveld; Stoffelink en kwaad konijn")
    assert said.count("[ontvanger 1]") == 4
    assert "toffelink" not in said


def test_the_same_name_has_the_same_pseudonym_in_every_text():
    mask = make_mask()
    first, second = mask.text("Mirjam belt 06 12345678"), mask.text("0612345678 is van MIRJAM en niet van 06-87654321")
    assert first == "[ontvanger 1] belt [telefoon 1]"
    assert second == "[telefoon 1] is van [ontvanger 1] en niet van [telefoon 2]"


def test_names_of_others_are_masked_and_their_ordinary_parts_stay():
    said = masked("ans duivelshof en het team", others=["Ans Duivelshof", "Team Vergunningen"])
    assert said == "[persoon 1] en het team"


@given(st.text(max_size=80), st.sampled_from(sorted(PEOPLE)), st.text(max_size=80))
def test_a_known_name_never_survives_between_other_text(before, name, after):
    said = masked(f"{before} {name} {after}")
    assert name.casefold() not in re.sub(r"\[[^\]]*\]", "", said).casefold() or name.casefold() in (before + after).casefold()


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), max_size=6))
def test_two_runs_over_the_same_texts_say_the_same(texts):
    one, other = make_mask(), make_mask()
    assert [one.text(text) for text in texts] == [other.text(text) for text in texts]


@given(st.text(max_size=60), st.binary(min_size=16, max_size=40))
def test_with_a_key_a_text_reads_the_same_whatever_came_before_it(text, key):
    fresh, used = make_mask(key), make_mask(key)
    used.text("Sanne de Boer, 06-12345678, Jeroen")
    assert fresh.text(text) == used.text(text)


@given(st.text(max_size=100))
def test_any_text_can_be_masked_and_stays_plain(text):
    assert isinstance(masked(text), str)


def test_another_key_gives_other_pseudonyms():
    one, other = (masked("Mirjam belt 06-12345678", key=key) for key in (b"a" * 16, b"b" * 16))
    assert one != other
    assert re.fullmatch(r"\[ontvanger [0-9a-f]{10}\] belt \[telefoon [0-9a-f]{10}\]", one)


def test_a_pseudonym_does_not_depend_on_how_a_name_is_written():
    given_names = Pseudonyms(WORDS)
    same = {given_names.of("author", name) for name in ("Jan Jansen", " @jan  jansen", "JAN JANSEN", "ｊａｎ jansen", "Jan\u200b Jansen")}
    assert same == {"afzender 1"}
    assert given_names.of("target", "Jan Jansen") == "afzender 1"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_kind_has_a_word_in_both_languages(lang):
    words = DossierWords(lang).pseudonyms()
    assert set(words) == set(KINDS)
    assert all(words.values())


def test_the_lists_are_small_letters():
    lists = load_lists()
    for name in lists.__struct_fields__:
        text = getattr(lists, name)
        assert text == text.lower(), name
