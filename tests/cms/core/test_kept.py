"""What a process keeps: addresses, drawings by language, words of tags, and its own memory."""

from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from cms.core.addresses import address
from cms.core.kept import kept_by_language


def test_an_address_is_the_one_that_django_works_out() -> None:
    for numbers in ((7, 12), (1, 1), (2**40, 3)):
        assert address("learning:activity", *numbers) == reverse("learning:activity", args=numbers)


def test_what_is_kept_is_kept_apart_by_language_and_inputs() -> None:
    made = []

    @kept_by_language(8)
    def draw(number: int) -> str:
        made.append(number)
        return f"{translation.get_language()} {number}"

    assert [draw(1), draw(1), draw(2)] == ["en-gb 1", "en-gb 1", "en-gb 2"]
    with translation.override("de"):
        assert draw(1) == "de 1"
    assert draw(1) == "en-gb 1"
    assert made == [1, 2, 1]


def test_nothing_is_kept_while_somebody_develops(settings: Any) -> None:
    made = []

    @kept_by_language(8)
    def draw() -> None:
        made.append(1)

    settings.DEBUG = True
    draw()
    draw()
    assert made == [1, 1]


def test_the_words_of_a_tag_follow_the_language() -> None:
    tag = Template("{% load i18n %}{% translate 'Yes' %}{% translate 'No' as no %}, {{ no }}")
    assert tag.render(Context()) == "Yes, No"
    with translation.override("de"):
        assert tag.render(Context()) == "Ja, Nein"
    assert tag.render(Context()) == "Yes, No"


def test_the_address_of_a_file_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tag = Template(
        "{% load static %}{% static 'css/site.css' %} {% static name %} {% static 'a&b.js' as it %}{{ it }}"
    )
    first = tag.render(Context({"name": "one.css"}))
    assert first == "/static/css/site.css /static/one.css /static/a%26b.js"
    monkeypatch.setattr(staticfiles_storage, "url", lambda name: f"elsewhere/{name}")
    later = tag.render(Context({"name": "two.css"}))
    assert later == "/static/css/site.css elsewhere/two.css /static/a%26b.js"


def test_an_address_in_a_template_is_the_one_that_django_works_out() -> None:
    tag = Template(
        "{% load addresses %}{% address 'learning:activity' 7 number %}{% address name as it %} {{ it }}"
    )
    written = tag.render(Context({"number": 12, "name": "learning:dashboard"}))
    assert written == f"/learning/7/12/ {reverse('learning:dashboard')}"


def test_own_memory_hands_out_the_same_and_forgets_in_time() -> None:
    local, value = caches["local"], ("a", "b")
    with time_machine.travel("2026-11-23 10:00Z", tick=False) as clock:
        local.set("one", value, 30)
        assert local.get("one") is value
        assert not local.add("one", "other", 30)
        clock.shift(31)
        assert local.get("one", "gone") == "gone"
        assert local.add("one", "other", 30)
    local.set("none", None)
    assert local.get("none", "gone") is None
    local.delete("none")
    assert local.get("none", "gone") == "gone"


def test_own_memory_holds_no_more_than_it_may() -> None:
    local = caches["local"]
    most = local._max_entries
    for number in range(most + 5):
        local.set(f"n{number}", number)
        local.get("n0")
    assert local.get("n0") == 0
    assert local.get("n1") is None
    assert len(local._values) == most
