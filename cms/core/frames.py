"""Letting a page show the player of a video it holds: exactly that host, on exactly that page."""

from collections.abc import Collection
from typing import Any

from django.http.response import HttpResponseBase
from wagtail.fields import StreamField

from cms.core.blocks import player_hosts


def allow(response: HttpResponseBase, hosts: Collection[str]) -> None:
    """Add hosts to what an answer may show in frames. The policy's middleware reads it."""
    if hosts:
        response._csp_update = {"frame-src": [f"https://{host}" for host in sorted(hosts)]}  # type: ignore[attr-defined]


def allow_players_of(response: HttpResponseBase, page: Any) -> None:
    """The same for every text of a page."""
    texts = [getattr(page, field.name) for field in page._meta.fields if isinstance(field, StreamField)]
    allow(response, player_hosts(*texts))
