"""Ten thousand pages to search in, written in made-up words that are as uneven as those of a language."""

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, product
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail.search.backends import get_search_backend

from home.models import HomePage, InformationPage

WORDS_IN_ALL, WORDS_A_PAGE, WORDS_A_TITLE = 5_000, 120, 5
AT_ONCE = 500
# What people look for, by how common the word is: the 300th of the language is on some four pages in
# a hundred, the 3,000th on one in two hundred. The last two ask for two words.
RANKS = ((300,), (700,), (1_000,), (1_500,), (2_000,), (3_000,), (40, 400), (100, 200))
SOUNDS = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")


def build(*, pages: int) -> list[str]:
    """Make the pages and the rows of the search index; return the addresses to ask for."""
    language = _words()
    random = Random(1)
    weights = list(accumulate(1 / rank for rank in range(1, WORDS_IN_ALL + 1)))
    texts = (random.choices(language, cum_weights=weights, k=WORDS_A_PAGE) for _ in range(pages))
    parent = _parent()
    for first in range(1, pages + 1, AT_ONCE):
        _add(parent, first, list(islice(texts, AT_ONCE)))
    Page.objects.filter(pk=parent.pk).update(numchild=pages)
    _settle()
    wanted = [" ".join(language[rank - 1] for rank in ranks) for ranks in RANKS]
    return [f"/search/?q={quote(words)}" for words in wanted]


def _words() -> list[str]:
    """Words of four syllables; the commonest comes first."""
    found = ["".join(syllables) for syllables in product(SOUNDS, repeat=4)]
    Random(2).shuffle(found)
    return found[:WORDS_IN_ALL]


def _parent() -> Page:
    home = HomePage.objects.order_by("path")[0]
    page = InformationPage(title="Library", slug="bench-library", body=[("paragraph", "<p>Library.</p>")])
    home.add_child(instance=page)
    found: Page = Page.objects.get(pk=page.pk)
    return found


@transaction.atomic
def _add(parent: Page, first: int, texts: Sequence[Sequence[str]]) -> None:
    """These pages with their rows in the index, none of them one by one."""
    shared = {
        "content_type": ContentType.objects.get_for_model(InformationPage),
        "locale": Locale.objects.get(pk=parent.locale_id),
        "first_published_at": timezone.now(),
        "last_published_at": timezone.now(),
    }
    pages = [_page(parent, number, words, shared) for number, words in enumerate(texts, start=first)]
    rows = Page.objects.bulk_create(
        Page(
            **{
                f.attname: getattr(page, f.attname)
                for f in Page._meta.local_concrete_fields
                if f.name != "id"
            }
        )
        for page in pages
    )
    for page, row in zip(pages, rows, strict=True):
        page.pk = page.page_ptr_id = page.id = row.pk
    # Django makes no rows of an inherited model in bulk: the second half is written by its inner function.
    everything: Any = InformationPage._base_manager.all()
    everything._insert(pages, fields=InformationPage._meta.local_concrete_fields, using=connection.alias)
    get_search_backend().get_index_for_model(InformationPage).add_items(InformationPage, pages)


def _page(parent: Page, number: int, words: Sequence[str], shared: dict[str, Any]) -> Any:
    title = " ".join(words[:WORDS_A_TITLE]).capitalize()
    body = [{"type": "paragraph", "value": f"<p>{text}</p>", "id": str(uuid4())} for text in _parts(words)]
    return InformationPage(
        title=title,
        draft_title=title,
        slug=f"page-{number}",
        path=Page._get_path(parent.path, parent.depth + 1, number),
        depth=parent.depth + 1,
        url_path=f"{parent.url_path}page-{number}/",
        lead=" ".join(words[WORDS_A_TITLE:20]).capitalize(),
        body=json.dumps(body),
        translation_key=uuid4(),
        live=True,
        **shared,
    )


def _parts(words: Sequence[str]) -> Iterator[str]:
    for start in range(20, len(words), 50):
        yield " ".join(words[start : start + 50])


def _settle() -> None:
    """Tell the database what it holds now, as its own housekeeping would sooner or later."""
    can_vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if can_vacuum else "ANALYZE")
