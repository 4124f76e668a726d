"""Certificate numbers: hard to guess, easy to type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.certificates.codes import ALPHABET, CODE_LENGTH, grouped, new_code, normalised

CODES = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def test_a_new_number_has_at_least_128_random_bits_and_no_look_alikes() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert set("".join(codes)) == set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert len(ALPHABET) ** CODE_LENGTH >= 2**128
    assert all(len(code) == CODE_LENGTH for code in codes)


@given(CODES)
def test_a_number_is_read_back_as_printed_typed_small_or_spaced(code: str) -> None:
    assert normalised(grouped(code)) == code
    assert normalised(code.lower()) == code
    assert normalised(f"  {grouped(code).replace('-', ' ')}\n") == code
    assert normalised(grouped(code).replace("-", "\u2013")) == code
    assert normalised(grouped(code).replace("-", "\u2010")) == code


@given(CODES, st.sampled_from(["Oo0", "IiLl1"]), st.data())
def test_letters_that_look_like_digits_are_read_as_the_digits(
    code: str, family: str, data: st.DataObject
) -> None:
    digit = family[-1]
    typed = "".join(data.draw(st.sampled_from(family)) if c == digit else c for c in code)
    assert normalised(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "unknown",
        "0" * (CODE_LENGTH - 1),
        "0" * (CODE_LENGTH + 1),
        "U" * CODE_LENGTH,
        "0" * (CODE_LENGTH - 1) + "_",
        "0" * (CODE_LENGTH - 1) + "\x00",
        "0" * (CODE_LENGTH - 1) + "٣",
        "0" * (CODE_LENGTH - 1) + "А",  # a Cyrillic letter
        "../" * 10,
    ],
)
def test_what_cannot_be_a_number_is_not_one(typed: str) -> None:
    assert normalised(typed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_number_or_nothing(typed: str) -> None:
    code = normalised(typed)
    assert code is None or (len(code) == CODE_LENGTH and set(code) <= set(ALPHABET))


@given(CODES)
def test_the_printed_number_stands_in_groups_of_four(code: str) -> None:
    assert [len(part) for part in grouped(code).split("-")] == [4] * 7
