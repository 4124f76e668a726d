"""Reading a lesson: notes kept as they are typed, video that asks nobody, and finding the place again."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from courses.catalogue.outline import Kind
from courses.catalogue.pages import LessonPage
from courses.progress.notes import Note, ReadingPlace
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS, activity_path, enrolment
from tests.factories import lessons

pytestmark = pytest.mark.browser

LEARNER = EMAILS["learner"]
TABLET = (820, 1180)
BREAK_ANYWHERE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("@media print { * { break-inside: auto !important; break-before: auto !important; } }");
  document.adoptedStyleSheets = [sheet];
}"""
A_SHEET = re.compile(rb"/Type /Page\b")


def lesson() -> str:
    """The lesson that the demo's learner is in the middle of."""
    return activity_path("learner", Kind.LESSON, 1)


def box(page: Page) -> Locator:
    return page.get_by_label("Your notes")


def words() -> list[str]:
    return list(Note.objects.values_list("text", flat=True))


def test_a_note_is_kept_as_it_is_typed_and_read_on_another_device(open_page: OpenPage) -> None:
    page = open_page(lesson(), email=LEARNER, size=PHONE)
    box(page).press_sequentially("They give time.")
    expect(page.get_by_text(re.compile(r"Saved at \d\d:\d\d\."))).to_be_visible()
    assert words() == ["They give time."]
    page.reload()
    expect(box(page)).to_have_value("They give time.")
    other = open_page(lesson(), email=LEARNER)
    expect(box(other)).to_have_value("They give time.")


def test_without_javascript_the_button_keeps_a_note(open_page: OpenPage) -> None:
    page = open_page(lesson(), email=LEARNER, java_script_enabled=False)
    box(page).fill("With the button.")
    page.get_by_role("button", name="Save your notes").click()
    expect(page).to_have_url(re.compile(r"#prompt-"))
    expect(box(page)).to_have_value("With the button.")
    assert words() == ["With the button."]


def test_words_outlive_a_lost_connection(open_page: OpenPage) -> None:
    page = open_page(lesson(), email=LEARNER)
    page.clock.install()
    page.context.set_offline(True)
    box(page).fill("Written in a train.")
    page.clock.run_for(1500)
    expect(page.get_by_text("Not saved yet: we will keep trying.")).to_be_visible()
    expect(box(page)).to_have_value("Written in a train.")
    page.context.set_offline(False)
    page.clock.run_for(31_000)
    expect(page.get_by_text(re.compile(r"Saved at"))).to_be_visible()
    assert words() == ["Written in a train."]


def test_words_outlive_the_end_of_a_session(open_page: OpenPage) -> None:
    page = open_page(lesson(), email=LEARNER)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="session")
    page.clock.install()
    box(page).fill("Before I was signed out.")
    page.clock.run_for(1500)
    expect(page.get_by_text("you have been signed out")).to_be_visible()
    expect(box(page)).to_have_value("Before I was signed out.")
    page.context.add_cookies(cookies)
    page.clock.run_for(31_000)
    expect(page.get_by_text(re.compile(r"Saved at"))).to_be_visible()
    assert words() == ["Before I was signed out."]


def test_two_windows_never_write_over_each_other(open_page: OpenPage) -> None:
    first = open_page(lesson(), email=LEARNER)
    second = first.context.new_page()
    second.goto(lesson())
    box(second).fill("From the second window")
    expect(second.get_by_text(re.compile(r"Saved at"))).to_be_visible()
    box(first).fill("From the first window")
    expect(first.get_by_role("button", name="Keep what is in the box")).to_be_visible()
    expect(first.get_by_text("From the second window")).to_be_visible()
    assert words() == ["From the second window"]
    first.get_by_role("button", name="Keep what is in the box").click()
    expect(first.get_by_text(re.compile(r"Saved at"))).to_be_visible()
    assert words() == ["From the first window"]


def test_a_video_asks_nobody_before_the_reader_says_so(open_page: OpenPage, browser: Browser) -> None:
    found = LessonPage.objects.get(slug="giving-and-getting")
    found.body.insert(0, lessons.video())
    found.save_revision().publish()
    watched = open_page(lesson(), email=LEARNER)
    expect(watched.get_by_role("button", name="Show the video here")).to_be_visible()
    # From here on the provider may be asked, so the browser is not watched for that any more.
    context = browser.new_context(storage_state=watched.context.storage_state())
    try:
        _show_videos(context.new_page(), watched.url)
    finally:
        context.close()


def _show_videos(page: Page, address: str) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<p>The player</p>", content_type="text/html")

    page.route("https://player.vimeo.com/**", answer)
    page.goto(address)
    show = page.get_by_role("button", name="Show the video here")
    show.click()
    expect(page.frame_locator("iframe").get_by_text("The player")).to_be_visible()
    assert asked == ["https://player.vimeo.com/video/76979871?dnt=1"]
    # The next look asks again: only the tick box is remembered.
    page.reload()
    page.get_by_label("Do not ask again for Vimeo on this device").check()
    show.click()
    page.reload()
    expect(page.frame_locator("iframe").get_by_text("The player")).to_be_visible()
    page.get_by_role("button", name="Ask me again from now on").click()
    page.reload()
    expect(show).to_be_visible()


def test_the_place_is_found_again_on_another_device(open_page: OpenPage) -> None:
    page = open_page(lesson(), email=LEARNER, size=PHONE)
    with page.expect_response("**/place/"):
        page.get_by_role("heading", name="Where the limits are").scroll_into_view_if_needed()
        page.mouse.wheel(0, 500)
    kept = ReadingPlace.objects.get()
    assert kept.heading in ("Where the limits are", "What gets in the way")
    other = open_page(lesson(), email=LEARNER, size=TABLET)
    other.get_by_role("link", name="Go on where you were").click()
    expect(other.get_by_role("heading", name=kept.heading)).to_be_in_viewport()


def test_everything_is_open_on_paper(open_page: OpenPage) -> None:
    page = open_page(lesson(), email=LEARNER)
    hidden = page.get_by_text("All eyes are on you").or_(page.get_by_text("all eyes are on you"))
    expect(hidden).not_to_be_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(hidden).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(hidden).not_to_be_visible()


def test_a_stage_on_paper_is_hardly_longer_than_its_words(open_page: OpenPage) -> None:
    """What belongs together is kept together, and no sheet stays half empty for it."""
    page = open_page(f"/learning/{enrolment('learner').pk}/stages/1/print/", email=LEARNER)
    sheets = len(A_SHEET.findall(page.pdf()))
    page.evaluate(BREAK_ANYWHERE)
    assert sheets <= len(A_SHEET.findall(page.pdf())) * 1.1


def test_a_tablet_with_large_letters_shows_all_without_sideways_scrolling(open_page: OpenPage) -> None:
    found = enrolment("learner").learner
    found.text_size = "larger"
    found.save(update_fields=["text_size"])
    for path in (
        lesson(),
        f"{lesson()}?version=easy",
        f"/learning/{enrolment('learner').pk}/stages/1/print/",
    ):
        page = open_page(path, email=LEARNER, size=TABLET)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
