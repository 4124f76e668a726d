"""Words of the glossary: marked by editors, explained on the spot, listed from A to Z."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import ReferenceIndex
from wagtail.rich_text import RichText, get_text_for_indexing

from cms.core.glossary import GlossaryTerm
from cms.core.glossary_words import forget_meanings
from cms.users.models import User
from home.models import GlossaryPage, HomePage, InformationPage
from tests.factories import courses as build


@pytest.fixture
def peer(db: None) -> GlossaryTerm:
    term: GlossaryTerm = GlossaryTerm.objects.create(
        term="peer", other_spellings="peers", meaning="Somebody in the same place in life as you."
    )
    forget_meanings()
    return term


@pytest.fixture
def home(db: None) -> HomePage:
    return build.home()


def marked(term: GlossaryTerm, word: str = "peers") -> str:
    return f'<p>Ask your <a linktype="glossary" id="{term.pk}">{word}</a> first.</p>'


@pytest.fixture
def page(home: HomePage, peer: GlossaryTerm) -> InformationPage:
    page = InformationPage(
        title="Asking", slug="asking", body=[("paragraph", marked(peer)), ("paragraph", marked(peer))]
    )
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def test_a_marked_word_is_a_button_with_its_meaning(peer: GlossaryTerm) -> None:
    drawn = str(RichText(marked(peer)))
    button = re.search(r'<button type="button" class="glossary__word" popovertarget="([\w-]+)">peers', drawn)
    assert button
    assert f'<span class="glossary__meaning" id="{button[1]}" popover>' in drawn
    assert 'Somebody in the same place in life as you<span class="glossary__stop">.</span>' in drawn


def test_in_brackets_there_is_no_space_before_a_meaning_and_no_stop_behind_it(peer: GlossaryTerm) -> None:
    """On paper the term and the stop are left out, and the brackets are drawn: see print.css."""
    drawn = str(RichText(marked(peer)))
    on_paper = re.sub(r'<(strong|span) class="glossary__(term|stop)">.*?</\1>', "", drawn)
    words = strip_tags(re.sub(r'<span class="visually-hidden">.*?</span>', "", on_paper))
    assert "peers (Somebody in the same place in life as you)" in words


def test_the_meaning_may_stand_in_a_paragraph(peer: GlossaryTerm) -> None:
    """Only what HTML calls phrasing content, or the browser would close the paragraph early."""
    inside = str(RichText(marked(peer))).removeprefix("<p>")
    assert set(re.findall(r"<(\w+)", inside)) <= {"span", "button", "strong", "a"}


def test_the_same_word_twice_has_two_ids(page: InformationPage) -> None:
    html = Client().get(page.url).content.decode()
    ids = re.findall(r'id="(meaning-[0-9a-f]+)"', html)
    assert len(ids) == len(set(ids)) == 2


def test_many_words_cost_one_query(peer: GlossaryTerm) -> None:
    forget_meanings()
    with CaptureQueriesContext(connection) as asked:
        for _number in range(3):
            str(RichText(marked(peer) * 5))
    assert len(asked) == 1


def test_a_word_that_is_gone_leaves_the_text(db: None) -> None:
    forget_meanings()
    text = '<p>Ask <a linktype="glossary" id="99">peers</a>.</p>'
    assert str(RichText(text)).strip() == "<p>Ask peers.</p>"


@pytest.mark.parametrize("odd", ["", "x", "1 OR 1", "²"])
def test_an_odd_number_leaves_the_text(db: None, odd: str) -> None:
    assert str(RichText(f'<a linktype="glossary" id="{odd}">peers</a>')).strip() == "peers"


def test_a_meaning_cannot_carry_markup(db: None) -> None:
    term = GlossaryTerm.objects.create(term="<i>peer", meaning="<script>alert(1)</script>")
    forget_meanings()
    drawn = str(RichText(marked(term)))
    assert "<script>" not in drawn
    assert "<i>" not in drawn


def test_a_marked_word_is_found_by_search(peer: GlossaryTerm) -> None:
    assert get_text_for_indexing(marked(peer)) == "Ask your peers first."


def test_the_editor_gives_back_what_it_was_given(peer: GlossaryTerm) -> None:
    converter = ContentstateConverter(features=["bold", "link", "glossary"])
    again = converter.to_database_format(converter.from_database_format(marked(peer)))
    assert f'<a linktype="glossary" id="{peer.pk}">peers</a>' in again


def test_an_editor_without_the_feature_keeps_the_word(peer: GlossaryTerm) -> None:
    converter = ContentstateConverter(features=["bold"])
    assert "peers" in converter.to_database_format(converter.from_database_format(marked(peer)))


def test_the_site_knows_where_a_word_is_used(page: InformationPage, peer: GlossaryTerm) -> None:
    used = ReferenceIndex.get_references_to(peer).values_list("object_id", flat=True)
    assert set(used) == {str(page.pk)}


def test_a_word_that_is_used_is_not_deleted(
    page: InformationPage, peer: GlossaryTerm, ed: User, sign_in: Any
) -> None:
    url = reverse("wagtailsnippets_core_glossaryterm:delete", args=[peer.pk])
    answer = sign_in(ed).post(url, follow=True)
    assert "“peer” is used in a text, so it cannot be deleted." in answer.content.decode()
    assert GlossaryTerm.objects.filter(pk=peer.pk).exists()


def test_words_that_are_used_are_not_deleted_in_bulk(
    page: InformationPage, peer: GlossaryTerm, ed: User, sign_in: Any
) -> None:
    url = reverse("wagtail_bulk_action", args=["core", "glossaryterm", "delete"])
    sign_in(ed).post(f"{url}?id={peer.pk}")
    assert GlossaryTerm.objects.filter(pk=peer.pk).exists()


def test_a_word_that_nobody_uses_is_deleted(peer: GlossaryTerm, ed: User, sign_in: Any) -> None:
    sign_in(ed).post(reverse("wagtailsnippets_core_glossaryterm:delete", args=[peer.pk]))
    assert not GlossaryTerm.objects.exists()


def test_a_changed_meaning_is_public_at_once(
    page: InformationPage, peer: GlossaryTerm, ed: User, sign_in: Any
) -> None:
    Client().get(page.url)
    words = {"term": "peer", "meaning": "Somebody like you.", "other_spellings": "", "easy_meaning": ""}
    answer = sign_in(ed).post(reverse("wagtailsnippets_core_glossaryterm:edit", args=[peer.pk]), words)
    assert answer.status_code == 302
    assert "Somebody like you" in Client().get(page.url).content.decode()


def test_the_list_goes_from_a_to_z(home: HomePage, peer: GlossaryTerm) -> None:
    GlossaryTerm.objects.create(term="Apple", meaning="A fruit.")
    GlossaryTerm.objects.create(term="12-step group", meaning="A kind of group.")
    page = GlossaryPage(title="Glossary", slug="glossary")
    home.add_child(instance=page)
    html = Client().get(page.url).content.decode()
    assert [found.strip() for found in re.findall(r"<dt>([^<]+)", html)] == ["12-step group", "Apple", "peer"]
    assert "also: peers" in html
    assert f'id="{peer.anchor}"' in html


def test_only_editors_reach_the_glossary(fay: User, ed: User, sign_in: Any) -> None:
    url = reverse("wagtailsnippets_core_glossaryterm:list")
    assert sign_in(ed).get(url).status_code == 200
    assert sign_in(fay).get(url).status_code == 302


def test_a_word_is_found_by_its_other_spellings(peer: GlossaryTerm, ed: User, sign_in: Any) -> None:
    GlossaryTerm.objects.create(term="Apple", meaning="A fruit.")
    url = reverse("wagtailsnippetchoosers_core_glossaryterm:choose_results")
    found = sign_in(ed).get(url, {"q": "peers"}).content.decode()
    assert "peer" in found
    assert "Apple" not in found
