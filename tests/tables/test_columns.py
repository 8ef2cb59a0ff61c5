"""Columns are found by their Dutch and English names; the user's word wins."""

import pytest

from triage.errors import InputError
from triage.tables.columns import find_columns, load_words

MELTWATER = ["Date", "URL", "Hit Sentence", "Source", "Influencer", "Estimated Views", "Twitter Followers"]
YOUTUBE = ["Reactie-ID", "Kanaal-ID", "Aanmaaktijdstempel reactie", "Prijs", "Video-ID", "Reactietekst"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Datum", "Afzender", "Bericht", "Weergaven"], "sent_at=Datum author=Afzender text=Bericht views=Weergaven"),
        (YOUTUBE, "id=Reactie-ID sent_at=Aanmaaktijdstempel_reactie text=Reactietekst"),
        (["id", "isReplyTo", "authorName", "text", "publishedAt"], "id=id author=authorName text=text sent_at=publishedAt"),
        (
            MELTWATER,
            "sent_at=Date url=URL text=Hit_Sentence platform=Source author=Influencer views=Estimated_Views followers=Twitter_Followers",
        ),
        (["  TEKST  ", "created_at"], "text=__TEKST__ sent_at=created_at"),
    ],
)
def test_finds_the_columns_of_known_exports(names, expected):
    found = {f"{field}={column}".replace(" ", "_") for field, column in find_columns(names).items()}
    assert found == set(expected.split())


def test_own_names_come_before_aliases():
    assert find_columns(["body", "text", "name", "author"]) == {"text": "text", "author": "author"}


def test_mapping_wins_and_no_column_serves_twice():
    found = find_columns(["bericht", "reactie", "naam"], {"text": "Reactie", "target": "naam"})
    assert found == {"text": "reactie", "target": "naam"}


def test_without_text_the_error_names_the_columns_and_the_way_out():
    with pytest.raises(InputError, match="--map text=COLUMN") as caught:
        find_columns(["foo", "datum"])
    assert "foo, datum" in str(caught.value)
    assert "foo, datum" in caught.value.nl


def test_a_message_in_the_place_of_a_header_stays_out_of_the_error():
    with pytest.raises(InputError) as caught:
        find_columns(["17", "jij bent echt de grootste prutser die er rondloopt", "Jan"])
    assert "prutser" not in str(caught.value) + caught.value.nl
    assert "header" in str(caught.value)


@pytest.mark.parametrize("mapping", [{"tekst": "bericht"}, {"text": "weg"}])
def test_wrong_mapping_is_refused(mapping):
    with pytest.raises(InputError, match=r"Unknown field|no column"):
        find_columns(["bericht"], mapping)


def test_no_name_means_two_fields():
    """A name under two fields would make the outcome depend on the order of the fields."""
    names = [name for aliases in load_words().columns.values() for name in aliases]
    assert len(names) == len(set(names))


def test_a_short_message_in_the_place_of_a_header_stays_out_of_the_error_too():
    with pytest.raises(InputError) as caught:
        find_columns(["jan", "vuile prutser"])
    assert "prutser" not in str(caught.value) + caught.value.nl
    assert "2 columns" in str(caught.value)


def test_a_mapping_holds_names_only():
    with pytest.raises(InputError, match="as text"):
        find_columns(["tekst"], {"text": 1})
