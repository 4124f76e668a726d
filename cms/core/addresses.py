"""Addresses that hold nothing but numbers, written once: Django works each address out anew.

    address("learning:activity", 7, 12)  ->  "/learning/7/12/"

A page with forty steps has eighty of them. The pattern of each name is asked for once by a process, with
stand-ins for its numbers; from then on the numbers are put in.
"""

from functools import lru_cache

from django.urls import get_urlconf, reverse

# No address of ours has such a number in it, and no stand-in is part of another.
STAND_IN = 7_306_050_200


def address(name: str, *numbers: int) -> str:
    """The address with this name and these numbers, in the order of the pattern. Raises NoReverseMatch."""
    return _pattern(get_urlconf(), name, len(numbers)) % numbers


@lru_cache(maxsize=512)
def _pattern(urlconf: str | None, name: str, count: int) -> str:
    """`urlconf` is only a key: another set of addresses has other patterns."""
    stand_ins = [STAND_IN + place for place in range(count)]
    found = reverse(name, args=stand_ins).replace("%", "%%")
    places = [found.index(str(stand_in)) for stand_in in stand_ins]
    if places != sorted(places):
        raise ValueError(f"The numbers of “{name}” are not in the order of its pattern.")
    for stand_in in stand_ins:
        found = found.replace(str(stand_in), "%d")
    return found
