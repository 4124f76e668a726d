"""Words for the pages of the second step."""

from django import template

register = template.Library()
GROUP = 4


@register.filter
def in_groups(key: str) -> str:
    """A key in groups of four, as it is read out and typed: "ABCD EFGH IJ"."""
    return " ".join(key[at : at + GROUP] for at in range(0, len(key), GROUP))
