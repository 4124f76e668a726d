"""How often one address may ask, counted in the shared cache."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MINUTE = 60


def is_too_often(request: HttpRequest, what: str, times_a_minute: int) -> bool:
    """Count this request; say whether its address has asked more than `times_a_minute` this minute."""
    address = get_adapter(request).get_client_ip(request)
    key = f"often:{what}:{address}:{int(time.time()) // MINUTE}"
    if cache.add(key, 1, timeout=2 * MINUTE):
        return False
    try:
        return int(cache.incr(key)) > times_a_minute
    except ValueError:
        # The entry ran out between the two calls: a new minute has begun.
        return False


def too_often(request: HttpRequest) -> HttpResponse:
    """Ask, kindly, to wait a minute."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(MINUTE)
    return response
