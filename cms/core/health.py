"""For the machine that watches this site: is the process alive, and can it work?"""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse


def health(request: HttpRequest) -> HttpResponse:
    """The process answers. It touches nothing else, so a slow database does not restart it."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """The database and the cache answer. 503 names the part that does not."""
    parts = {"database": _database, "cache": _cache}
    failed = [name for name, works in parts.items() if not _try(works)]
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)


def _try(works: object) -> bool:
    try:
        return bool(works())  # type: ignore[operator]
    except Exception:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _cache() -> bool:
    cache.get("ready")
    return True
