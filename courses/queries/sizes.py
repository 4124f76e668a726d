"""How long each edition takes: a few numbers that never change, so each process reads them once."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.cache import caches

from courses.catalogue import outline
from courses.catalogue.models import Edition

KEY = "catalogue:sizes"


class Size(NamedTuple):
    """Minutes of study alone, minutes with others, and the number of stages."""

    alone: int
    together: int
    stages: int

    @property
    def minutes(self) -> int:
        return self.alone + self.together


def are_known() -> bool:
    """Whether this process has read any."""
    return bool(caches["local"].get(KEY))


def of(editions: Iterable[int | None], *, unread: Mapping[int, Any] | None = None) -> dict[int, Size]:
    """The sizes of these editions. `unread` are frozen outlines that came with another query.

    No query, and one for editions that were published since this process looked first.
    """
    # A copy: what the cache holds is also in the hands of other threads.
    sizes: dict[int, Size] = dict(caches["local"].get(KEY, {}))
    wanted = {pk for pk in editions if pk is not None} - sizes.keys()
    frozen = {pk: unread[pk] for pk in wanted if unread and pk in unread}
    if missing := wanted - frozen.keys():
        frozen |= dict(Edition.objects.filter(pk__in=missing).values_list("pk", "frozen"))
    for edition_id, found in frozen.items():
        read = outline.from_json(found)
        sizes[edition_id] = Size(read.self_directed_minutes, read.participatory_minutes, len(read.stages))
    if frozen:
        caches["local"].set(KEY, sizes, None)
    return sizes
