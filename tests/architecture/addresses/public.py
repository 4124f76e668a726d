"""Pages and files that everybody may see."""

from django.urls import reverse

from tests.architecture.addresses.rows import ANONYMOUS, Row, everybody, page, to

HEALTH = (
    Row(name="health", path=to("health"), answers=everybody(), measured_as=ANONYMOUS, queries=0),
    Row(name="ready", path=to("ready"), answers=everybody(), measured_as=ANONYMOUS, queries=1),
    Row(name="robots", path=to("robots"), answers=everybody(), measured_as=ANONYMOUS, queries=0),
    Row(name="sitemap", path=to("sitemap"), answers=everybody(), measured_as=ANONYMOUS, queries=18),
)


def public(key: str, *, queries: int | None = None, cold: int | None = None) -> Row:
    return Row(
        name="wagtail_serve",
        note=key,
        path=page(key),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=queries,
        cold=cold,
        budget=7,
    )


PAGES = (
    public("home", queries=0, cold=6),
    public("catalogue", queries=0, cold=7),
    public("course", queries=0, cold=7),
    Row(
        name="wagtail_serve",
        note="catalogue with filters",
        path=lambda world: str(world.pages["catalogue"].url) + "?topic=groups&open=1&sort=title",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=6,
        cold=7,
        budget=7,
    ),
    public("research", queries=0, cold=5),
    Row(
        name="wagtail_serve",
        note="research of one kind",
        path=lambda world: str(world.pages["research"].url) + "?kind=work",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=4,
        cold=5,
        budget=7,
    ),
    public("summary", queries=0, cold=6),
    public("help", queries=0, cold=4),
    public("privacy", queries=0, cold=5),
    public("statement", queries=0, cold=4),
    Row(
        name="wagtail_serve",
        note="an earlier version of a notice",
        path=lambda world: str(world.pages["privacy"].url) + "versions/1/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
        cold=7,
        budget=7,
    ),
    Row(
        name="wagtail_serve",
        note="a version that never was",
        path=lambda world: str(world.pages["privacy"].url) + "versions/0/",
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=6,
    ),
    Row(
        name="wagtail_serve",
        note="a lesson's own address",
        path=lambda world: str(world.pages["course"].url) + "first-stage/lesson-one/",
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=4,
    ),
    Row(
        name="search",
        path=lambda world: reverse("search") + "?q=course",
        answers=everybody(),
        measured_as=ANONYMOUS,
        budget=4,
        queries=4,
    ),
)

FILES = (
    Row(
        name="wagtaildocs_serve",
        path=lambda world: world.document.url,
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=6,
    ),
    Row(
        name="wagtaildocs_authenticate_with_password",
        path=lambda world: reverse("wagtaildocs_authenticate_with_password", args=[1]),
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="wagtailcore_authenticate_with_password",
        path=lambda world: reverse("wagtailcore_authenticate_with_password", args=[1, 1]),
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    # There is one way to sign in: the one that confirms addresses and slows guessing down.
    Row(
        name="wagtailcore_login",
        path=to("wagtailcore_login"),
        answers=everybody("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
)
