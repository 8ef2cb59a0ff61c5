"""A dossier to share inside the organisation: nobody's name, number or account is in it, and it says the same of the case."""

from __future__ import annotations

import re

import pytest

from triage.errors import InputError

KEY = b"een geheim van genoeg tekens"
TEXTS = (
    "Dag mevrouw Oosterveld, met Karel",
    "! ik weet dat je op de Vlierhofstraat 12 woont mirjam, bel 06-12345678 of mail k.stoffel@voorbeeld.nl",
    "! stort op NL91 ABNA 0417 1643 00, bsn 111222333, kijk op https://voorbeeld.nl/oosterveld en @stoffelink_92",
    "! vraag het Fatoumata of Jeroen de Kwaadsteniet in 3512 AB",
    "! STOFFELINK komt eraan. kwaadaardige_kat ook",
)
SECRETS = (
    *(
        "Karel",
        "Stoffelink",
        "Mirjam",
        "Oosterveld",
        "Vlierhof",
        "12345678",
        "k.stoffel",
        "voorbeeld.nl",
        "0417 1643",
        "0417164300",
        "111222333",
    ),
    *(
        "stoffelink_92",
        "Fatoumata",
        "Jeroen",
        "Kwaadsteniet",
        "3512 AB",
        "kwaadaardige_kat",
        "geheim-nummer",
        "geheim-export",
        "example.org",
    ),
    *("geheime kolom", "bericht-", "geheim-bestand"),
)


@pytest.fixture
def private(write, message):
    rows = [message(number, text, id=f"geheim-nummer-{number}", author="Karel Stoffelink") for number, text in enumerate(TEXTS, start=1)]
    rows.append(message(9, "! iets anders", author="kwaadaardige_kat", target="Ander Persoon"))
    return write(
        *rows,
        name="geheim-bestand.parquet",
        source_file=["geheim-export.csv"] * len(rows),
        source_row=list(range(2, 2 + len(rows))),
        Opmerking=["geheime kolom"] * len(rows),
    )


def whole(made):
    """Everything that can be read in it, the text of the PDF included."""
    return "\n".join([*(name for name in made.files), *(data.decode("utf-8", "ignore") for data in made.files.values()), made.text])


@pytest.mark.parametrize("choices", [{}, {"key": KEY}, {"lang": "en"}])
def test_no_name_number_or_account_is_left_anywhere(make, private, tmp_path, first_case, choices):
    case_id = first_case(private)
    (tmp_path / "geheim-bestand.png").write_bytes(b"inhoud van het beeld")
    said = whole(make(private, pseudonymise=True, attachments=(tmp_path / "geheim-bestand.png",), **choices))
    assert [secret for secret in (*SECRETS, case_id, "inhoud van het beeld") if secret.casefold() in said.casefold()] == []


def test_the_case_weighs_the_same_under_pseudonyms(make, private):
    open_one, masked = make(private, "open").json("assessment"), make(private, "masked", pseudonymise=True).json("assessment")
    assert open_one["severity"] == masked["severity"]
    assert open_one["reach"] == masked["reach"]
    assert open_one["frequency"] == masked["frequency"]
    assert [(one["step"], one["strength"], one["deadline"]) for one in open_one["suggestions"]] == [
        (one["step"], one["strength"], one["deadline"]) for one in masked["suggestions"]
    ]


def test_the_same_person_has_the_same_pseudonym_everywhere(make, private):
    rows = make(private, pseudonymise=True).messages
    assert {(row["author"], row["target"]) for row in rows} == {("afzender 1", "ontvanger 1")}
    assert rows[0]["text"] == "Dag mevrouw [ontvanger 1], met [afzender 1]"
    assert "[ontvanger 1]" in rows[1]["text"]
    assert rows[4]["text"].startswith("! [afzender 1] komt eraan.")
    assert [row["source_row"] for row in rows] == [2, 3, 4, 5, 6]
    assert {row["source_file"] for row in rows} == {"bestand 1"}


def test_with_a_key_a_person_is_the_same_in_another_dossier(make, write, message):
    one = write(message(1, "! een"), name="a.parquet")
    other = write(message(2, "! twee", author="Iemand Anders"), message(3, "! drie"), message(4, "! vier"), name="b.parquet")
    first, again, apart = (
        make(scored, name, pseudonymise=True, key=key).messages[0]
        for scored, name, key in ((one, "d1", KEY), (other, "d2", KEY), (other, "d3", KEY[::-1]))
    )
    assert (first["author"], first["target"]) == (again["author"], again["target"])
    assert again["author"] != apart["author"]


def test_the_key_itself_is_nowhere(make, private):
    made = make(private, pseudonymise=True, key=KEY)
    assert KEY.decode() not in whole(made)
    assert made.json("settings")["keyed"] is True


def test_a_key_that_can_be_guessed_is_refused(make, private):
    with pytest.raises(InputError, match="too short"):
        make(private, pseudonymise=True, key=b"geheim")


def test_more_names_can_be_masked(make, write, message):
    scored = write(message(1, "! pas op bij de zwaan en het theehuis"))
    assert "theehuis" in make(scored, "one", pseudonymise=True).messages[0]["text"]
    assert "theehuis" not in whole(make(scored, "two", pseudonymise=True, also_mask=("De Zwaan", "Theehuis")))


def test_attachments_stay_out_and_their_hash_stays(make, private, tmp_path):
    (tmp_path / "foto.png").write_bytes(b"abc")
    made = make(private, pseudonymise=True, attachments=(tmp_path / "foto.png",))
    assert not [name for name in made.files if "attachments/" in name]
    (one,) = made.json("attachments")
    assert one["sha256"].startswith("ba7816bf")
    assert one["sha256"] in made.html
    assert (one["name"], one["file"]) == ("", None)


def test_it_says_what_masking_may_miss(make, private):
    made = make(private, pseudonymise=True)
    for said in (
        "Dit kan gemist zijn",
        "namen zonder hoofdletter",
        "letterlijke zinnen zijn in een zoekmachine",
        "Lees het na voordat je het deelt",
    ):
        assert said in made.html
        assert said in made.files["data/README.txt"].decode()
        assert "".join(said.split()) in made.text
    assert "Letterlijk" not in made.html
    assert "zoals ze in de export stonden" not in made.html


def test_a_pile_on_keeps_its_senders_apart(make, write, message):
    rows = [message(n, "! weg jij", author=f"Boze Burger{n}", sent_at=f"2026-06-01T10:{n:02}:00+02:00") for n in range(14)]
    made = make(write(*rows), pseudonymise=True)
    assert made.json("assessment")["kind"] == "pile_on"
    assert [row["author"] for row in made.messages] == [f"afzender {n}" for n in range(1, 15)]


def test_a_message_without_people_or_text_is_no_obstacle(make, write, message):
    scored = write(message(1, "", author=None, target=None), message(2, "! weg", author=None, target=None))
    made = make(scored, pseudonymise=True)
    assert {row["author"] for row in made.messages} == {None}
    assert not re.search("None", made.html)
