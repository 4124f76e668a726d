"""What would trouble a reader: counted by plain functions, and shown to editors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core import reading
from cms.core.reading import HEADING, ITEM, PARAGRAPH, Piece, remarks, remarks_on_text
from cms.core.syllables import syllables

SHORT = "We meet on Monday. We drink tea. "
LONG = " ".join(["word"] * 31) + "."
HARD = (
    "Organisational interdependencies necessitate comprehensive methodological considerations, "
    "notwithstanding institutional limitations affecting participatory collaboration arrangements. "
) * 8


def kinds(text: str) -> list[str]:
    return [remark.kind for remark in remarks_on_text(text)]


def test_plain_words_trouble_nobody() -> None:
    assert kinds(SHORT) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We meet. We talk.", 2),
        ("Dr. Lee came, e.g. on Monday. She left.", 2),
        ("It is 3.5 miles. Walk.", 2),
        ("“Do come!” She waved.", 2),
        ("Really? Yes! Come in…", 3),
        ("No full stop", 1),
        ("", 0),
        ("… !", 0),
    ],
)
def test_sentences_end_where_a_reader_takes_breath(text: str, count: int) -> None:
    assert len(reading.sentences(text)) == count


def test_a_sentence_of_thirty_words_is_short_enough() -> None:
    assert "sentence" not in kinds(" ".join(["word"] * 30) + ".")
    assert "sentence" in kinds(LONG)


def test_a_remark_says_where_and_quotes_the_beginning() -> None:
    found = remarks([Piece(PARAGRAPH, LONG, "Text, 2: Paragraph")])[0]
    assert found.where == "Text, 2: Paragraph"
    assert found.excerpt == " ".join(["word"] * 12) + " …"
    assert "31 words" in found.sentence


def test_an_average_needs_five_sentences() -> None:
    sentence = " ".join(["word"] * 16) + ". "
    assert "average" not in kinds(sentence.capitalize() * 4)
    assert "average" in kinds(sentence.capitalize() * 5)


def test_a_long_paragraph_is_remarked_but_not_a_long_list() -> None:
    text = SHORT * 20
    assert [found.kind for found in remarks([Piece(PARAGRAPH, text)])] == ["paragraph"]
    assert [found.kind for found in remarks([Piece(ITEM, text)])] == []


@pytest.mark.parametrize(
    "link",
    ["here", "click here", "Click here.", "read more", "More", "this page", "find out more →",
     "https://example.org/a", "www.example.org", "", "»"],
)  # fmt: skip
def test_an_empty_link_is_remarked(link: str) -> None:
    assert reading.is_empty_link(link)


@pytest.mark.parametrize(
    "link", ["read about the groups", "the help page", "Hereford group", "research on wellbeing", "More tea"]
)
def test_a_link_that_says_where_it_leads_is_not(link: str) -> None:
    assert not reading.is_empty_link(link)


def test_a_part_of_a_section_needs_a_section() -> None:
    bad = [Piece(HEADING, "A part", level=3), Piece(HEADING, "A section", level=2)]
    assert [found.kind for found in remarks(bad)] == ["heading"]
    good = [Piece(HEADING, "A section", level=2), Piece(HEADING, "A part", level=3)]
    assert remarks(good) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PLEASE READ THIS first.", ["capitals"]),
        ("This is IMPORTANT to us.", ["capitals"]),
        ("The UK and the NHS.", []),
        ("Ask the CPN about it.", ["short name"]),
        ("Ask the CPN, then the CPN again.", ["short name"]),
        ("Ask the community nurse (CPN). The CPN knows.", []),
        ("Ask the CPN (community psychiatric nurse).", []),
        ("Press the green button.", ["colour"]),
        ("Look at the words in red text.", ["colour"]),
        ("She has a green coat.", []),
    ],
)
def test_capitals_short_names_and_colours(text: str, found: list[str]) -> None:
    assert kinds(text) == found


def test_reading_ages_rise_with_longer_words() -> None:
    easy = reading.reading_age([SHORT * 20])
    hard = reading.reading_age([HARD])
    assert easy is not None
    assert hard is not None
    assert easy <= 9
    assert hard >= 18
    assert "age" in kinds(HARD)


@pytest.mark.parametrize(
    ("word", "count"),
    [("tea", 1), ("people", 2), ("note", 1), ("notes", 1), ("asked", 1), ("wanted", 2), ("boxes", 2),
     ("table", 2), ("self-help", 2), ("groups", 1), ("mutual", 3), ("reciprocity", 5), ("experience", 4),
     ("social", 2), ("research", 2), ("group’s", 1), ("don’t", 1), ("movement", 2), ("racism", 3),
     ("organisation", 5), ("b", 1), ("3.5", 2), ("’", 1)],
)  # fmt: skip
def test_syllables_are_near_enough(word: str, count: int) -> None:
    assert syllables(word) == count


@given(st.text(max_size=30))
def test_every_word_has_a_syllable(word: str) -> None:
    assert syllables(word) >= 1


def test_a_short_text_has_no_reading_age() -> None:
    assert reading.reading_age([SHORT]) is None


@given(st.text(max_size=400))
def test_any_text_can_be_looked_at(text: str) -> None:
    for remark in remarks_on_text(text):
        assert remark.kind_label
        assert remark.sentence


@given(st.lists(st.sampled_from(["We meet.", "They drink tea.", "Is it late?"]), max_size=30))
def test_sentences_are_neither_lost_nor_made(parts: list[str]) -> None:
    assert reading.sentences(" ".join(parts)) == parts


@given(st.text(alphabet="abc DEF.,-", max_size=200))
def test_every_word_of_a_text_is_in_one_of_its_sentences(text: str) -> None:
    inside = [word for sentence in reading.sentences(text) for word in reading.words(sentence)]
    assert inside == reading.words(text)
