"""What every page shares: menus, places, the foot, cookies, robots, sharing, and pages for trouble."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.blocks import StructBlockValidationError
from wagtail.models import PageViewRestriction, Site

from cms.core import errors, maintenance, page_cache, places
from cms.core.menus import LinkBlock, SiteNavigation
from cms.core.models import SiteDetails
from cms.core.templatetags import navigation
from cms.research.models import ResearchIndexPage
from cms.users.models import User
from home.models import HomePage, InformationPage
from tests.factories import courses as build
from tests.factories import pages
from tests.factories.courses import BuiltCourse

WORDS = [("paragraph", "<p>Words.</p>")]


def page(title: str, slug: str, **fields: Any) -> InformationPage:
    found: InformationPage = build._add(
        build.home(), InformationPage(title=title, slug=slug, body=WORDS, **fields)
    )
    return found


@pytest.fixture
def site_pages(course: BuiltCourse) -> None:
    page("About", "about", show_in_menus=True)
    page("Help", "help")
    pages.notice()
    pages.statement()


def menu(client: Client, path: str = "/") -> dict[str, str]:
    navigation.forget()
    return {link.title: link.url for link in navigation.main_menu({})}


def write(**menus: Any) -> None:
    written = SiteNavigation.for_site(Site.objects.get())
    for name, value in menus.items():
        setattr(written, name, value)
    written.save()
    navigation.forget()
    page_cache.forget_pages()


def link(**value: Any) -> tuple[str, dict[str, Any]]:
    return ("link", {"page": None, "address": "", "words": "", **value})


# --- Menus ----------------------------------------------------------------------------------------


def test_while_nobody_wrote_a_menu_the_marked_pages_fill_it(site_pages: None, client: Client) -> None:
    assert menu(client) == {"About": "/about/"}


def test_editors_choose_the_links_their_order_and_words(site_pages: None, client: Client) -> None:
    about = InformationPage.objects.get(slug="about")
    write(
        main_menu=[
            link(address="https://example.org/", words="Elsewhere"),
            link(page=about, words="Who we are"),
        ]
    )
    assert list(menu(client).items()) == [("Elsewhere", "https://example.org/"), ("Who we are", "/about/")]
    body = client.get("/").content.decode()
    assert body.index("Elsewhere") < body.index("Who we are")


def test_a_link_to_a_page_that_not_everybody_may_see_is_left_out(site_pages: None, client: Client) -> None:
    about, help_page = (InformationPage.objects.get(slug=slug) for slug in ("about", "help"))
    write(main_menu=[link(page=about), link(page=help_page)])
    about.unpublish()
    assert menu(client) == {"Help": "/help/"}
    PageViewRestriction.objects.create(page=help_page, restriction_type=PageViewRestriction.LOGIN)
    assert menu(client) == {}


@pytest.mark.parametrize(
    ("address", "words", "wrong"),
    [
        ("javascript:alert(1)", "Go", {"address"}),
        ("//evil.example", "Go", {"address"}),
        ("https://example.org/", "", {"words"}),
        ("", "", {"page"}),
    ],
)
def test_a_link_that_leads_nowhere_safe_is_refused(
    db: None, address: str, words: str, wrong: set[str]
) -> None:
    with pytest.raises(StructBlockValidationError) as refused:
        LinkBlock().clean({"page": None, "address": address, "words": words})
    assert set(refused.value.block_errors) == wrong


def test_help_contact_and_the_small_print_are_at_the_foot_of_every_page(
    site_pages: None, client: Client, ada: User, sign_in: Callable[[Any], Client]
) -> None:
    details = SiteDetails.for_site(Site.objects.get())
    details.contact_email, details.contact_phone = "help@example.org", "01632 960123"
    details.contact_hours = "Monday to Friday"
    details.save()
    navigation.forget()
    page_cache.forget_pages()
    feet = set()
    for visitor, path in (
        (client, "/"),
        (client, "/help/"),
        (client, "/nothing/"),
        (sign_in(ada), "/learning/"),
    ):
        body = visitor.get(path).content.decode()
        feet.add(body[body.index("<footer") : body.index("</footer>")])
    (foot,) = feet
    for words in (
        "help@example.org",
        "tel:01632960123",
        "Monday to Friday",
        "/help/",
        "/accessibility/",
        "/privacy/",
    ):
        assert words in foot, words


def test_the_foot_has_the_groups_that_editors_wrote(site_pages: None, client: Client) -> None:
    about = InformationPage.objects.get(slug="about")
    group = {"title": "Who we are", "links": [link(page=about, words="Our story")[1]]}
    write(footer=[("group", group)])
    body = client.get("/").content.decode()
    assert "Who we are" in body
    assert "Our story" in body


def test_changing_who_may_see_a_page_is_felt_at_once(site_pages: None, client: Client) -> None:
    assert client.get("/about/").status_code == 200
    about = InformationPage.objects.get(slug="about")
    closed = PageViewRestriction.objects.create(page=about, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/about/").status_code == 302
    closed.delete()
    assert client.get("/about/").status_code == 200
    PageViewRestriction.objects.create(
        page=HomePage.objects.get(), restriction_type=PageViewRestriction.LOGIN
    )
    assert client.get("/about/").status_code == 302


# --- Places ---------------------------------------------------------------------------------------


def test_places_are_found_by_what_a_page_is_not_by_its_address(site_pages: None) -> None:
    build._add(build.home(), ResearchIndexPage(title="Findings", slug="findings"))
    places.forget()
    assert places.address("research") == "/findings/"
    assert places.address("courses") == "/courses/"
    assert places.address("terms") == "/"
    assert places.find("help") == places.Place("/help/", "Help")


def test_the_help_page_can_be_chosen(site_pages: None) -> None:
    details = SiteDetails.for_site(Site.objects.get())
    details.help_page = InformationPage.objects.get(slug="about")
    details.save()
    places.forget()
    assert places.address("help") == "/about/"


def test_the_way_to_a_page_below_another_is_shown(site_pages: None, client: Client) -> None:
    about = InformationPage.objects.get(slug="about")
    build._add(about, InformationPage(title="Our story", slug="story", body=WORDS))
    body = client.get("/about/story/").content.decode()
    way = body[body.index('class="breadcrumbs"') : body.index("</nav>", body.index('class="breadcrumbs"'))]
    assert [part in way for part in ('href="/"', 'href="/about/"', 'aria-current="page">Our story')] == [
        True
    ] * 3


# --- Cookies, search engines, sharing -------------------------------------------------------------

WALK = ("/", "/courses/", "/courses/test-course/", "/about/", "/help/", "/privacy/", "/accessibility/")
WALK += ("/privacy/versions/1/", "/search/", "/search/?q=course", "/nothing/", "/robots.txt", "/sitemap.xml")


def test_a_visitor_gets_no_cookie_on_any_public_page(site_pages: None, client: Client) -> None:
    for path in WALK:
        assert client.get(path).status_code in (200, 404), path
        assert not client.cookies, path


def test_robots_are_told_what_is_not_for_them(db: None, client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    for path in ("/admin/", "/learning/", "/account/", "/search/", "/certificates/"):
        assert f"Disallow: {path}" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_the_site_map_names_public_pages_and_no_others(site_pages: None, client: Client) -> None:
    draft = page("Draft", "draft", live=False)
    closed = page("Closed", "closed")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = {node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {f"http://testserver{path}" for path in WALK[:7]} == found
    assert draft.slug not in str(found)


def test_a_public_page_says_its_lasting_address_and_how_to_share_it(
    site_pages: None, client: Client, settings: Any
) -> None:
    settings.SITE_URL = "https://learn.example"
    body = client.get("/about/").content.decode()
    assert '<link rel="canonical" href="https://learn.example/about/">' in body
    assert '<meta property="og:title" content="About">' in body
    assert '<html lang="en-gb"' in body
    assert "canonical" not in client.get("/search/").content.decode()


# --- Finding pages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/about/more/", "/about/about/", "/help/versions/1/", "/home/", "/courses/about/"]
)
def test_an_address_that_is_not_a_page_s_own_is_not_found(
    site_pages: None, client: Client, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_a_page_on_another_site_is_not_found_here(site_pages: None, client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    root = InformationPage.objects.get(slug="about")
    Site.objects.create(hostname="other.example", root_page=root)
    other = Client(headers={"host": "other.example"})
    assert "About" in other.get("/").content.decode()
    assert other.get("/help/").status_code == 404
    assert client.get("/help/").status_code == 200


# --- Trouble --------------------------------------------------------------------------------------


def test_a_page_that_is_not_there_offers_the_search_and_ways_on(site_pages: None, client: Client) -> None:
    body = client.get("/nothing/").content.decode()
    assert 'action="/search/"' in body
    assert 'href="/courses/"' in body
    assert 'href="/help/"' in body


def test_the_page_for_our_own_faults_needs_no_database(db: None, rf: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        response = errors.server_error(rf.get("/"))
    assert (response.status_code, len(asked)) == (500, 0)
    assert "It is not your fault." in response.content.decode()


@pytest.fixture
def closed(settings: Any, tmp_path: Any) -> Any:
    settings.MAINTENANCE_FILE = tmp_path / "var" / "maintenance.json"
    call_command("maintenance", "on", minutes=30, words="We move house <today>.", stdout=StringIO())
    return settings.MAINTENANCE_FILE


@pytest.mark.parametrize("path", ["/", "/learning/", "/admin/", "/accounts/login/"])
def test_a_closed_site_asks_everybody_to_come_back(closed: Any, client: Client, path: str) -> None:
    """Without the database fixture: asking for it here would fail."""
    response = client.get(path)
    assert response.status_code == 503
    assert response["Retry-After"] == "1800"
    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    body = response.content.decode()
    assert "about 30 minutes" in body
    assert "We move house &lt;today&gt;." in body


def test_those_who_watch_a_closed_site_still_hear_that_it_lives(closed: Any, client: Client) -> None:
    assert client.get("/health/").status_code == 200


def test_opening_again_takes_one_command_and_may_be_repeated(db: None, closed: Any, client: Client) -> None:
    said = StringIO()
    for _time in range(2):
        call_command("maintenance", "off", stdout=said)
    assert "The site is open." in said.getvalue()
    assert client.get("/certificates/").status_code == 200


def test_the_variable_closes_the_site_too(settings: Any, client: Client) -> None:
    settings.MAINTENANCE = True
    assert client.get("/").status_code == 503


@pytest.mark.parametrize("broken", ["", "{", "[]", json.dumps({"words": 1, "minutes": "soon"})])
def test_a_file_that_cannot_be_read_closes_the_site_all_the_same(
    closed: Any, client: Client, broken: str
) -> None:
    closed.write_text(broken)
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, str(60 * maintenance.MINUTES))
