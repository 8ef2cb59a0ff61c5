"""Words of the original text are found back in the normalised one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text import normalise
from triage.text.align import align

TEXTS = {
    "Dag mevrouw": [("Dag", "Dag"), ("mevrouw", "mevrouw")],
    "jij  vuile h o e r !": [("jij", "jij"), ("vuile", "vuile"), ("h o e r", "hoer"), ("!", "!")],
    "k4nker\u200b k.u.t wijf!!!!!!": [("k4nker\u200b", "kanker"), ("k.u.t", "kut"), ("wijf!!!!!!", "wijf!!!")],
    "bel 06 12 34 56 78 nu": [("bel", "bel"), ("06 12 34 56 78", "tel"), ("nu", "nu")],
    "bedankt@Jan daar": [("bedankt@Jan", "bedankt @user"), ("daar", "daar")],
    "\u200b \u200b": [],
    "": [],
}


@pytest.mark.parametrize(("text", "pairs"), TEXTS.items())
def test_words_that_were_hidden_are_found_where_they_stood(text, pairs):
    read = normalise(text)
    assert [(text[slice(*pair.original)], read[slice(*pair.read)]) for pair in align(text, read)] == pairs


@given(st.text(st.characters() | st.sampled_from("   ab.!0@\u200b\n"), max_size=80))
def test_pairs_of_any_text_are_in_order_and_do_not_overlap(text):
    for read in (normalise(text), text):
        pairs = align(text, read)
        for side, whole in ((0, text), (1, read)):
            places = [place for pair in pairs for place in pair[side]]
            assert places == sorted(places)
            assert all(0 <= place <= len(whole) for place in places)
            assert all(whole[slice(*pair[side])].strip() for pair in pairs)
