"""Builds the demo from the texts in content/, through the same actions that the product uses.

Safe to repeat: what is there is brought up to date, never doubled. All in one transaction: either
the whole demo is there, or nothing was changed and the report names the file and line.
"""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Page, Site

from cms.research.models import ResearchIndexPage, ResearchSummaryPage
from courses.actions import editions
from courses.assessment.models import Question, QuizQuestion
from courses.catalogue.models import Course, Edition
from courses.catalogue.pages import CatalogueIndexPage, CoursePage, LessonPage, QuizPage, StagePage
from courses.cohorts.models import Cohort
from home.demo import course_text, glossary, lesson_blocks, pages
from home.demo.text import Block, Blocks, read, read_yaml
from home.models import GlossaryPage, HomePage

PROVIDER = "Lived Learning demonstration site"
IN_MENUS = {"about"}
EASY_READ = ".easy-read"
# The order of the links at the foot of every page.
PAGES = ("about", "groups", "help", "accessibility", "privacy", "terms", "complaints")


class DemoSite:
    """One build of the demo's pages. `by` is the editor who publishes; `at` is the moment of building."""

    def __init__(self, folder: Path, *, by: Any, at: datetime) -> None:
        self.folder = folder
        self.by = by
        self.at = at
        self.pages: dict[str, Page] = {}
        self.blocks = Blocks(lambda path: self.pages[path].pk if path in self.pages else None)

    @transaction.atomic
    def build(self) -> list[Cohort]:
        """Make or update every page, publish the editions, and open a cohort for each."""
        home = self._home()
        self.blocks.words = glossary.load(self.folder)
        courses = self._put(home, CatalogueIndexPage, "courses", title="Courses", show_in_menus=True)
        research = self._put(home, ResearchIndexPage, "research", title="Research", show_in_menus=True)
        # Empty pages first, so that texts can link to each other in any order.
        self._outline_of_links(home, courses, research)
        self._fill_home(home)
        self._fill_indexes(courses, research)
        self._information(home)
        self._glossary(home)
        self._research(research)
        cohorts = [self._course(courses, folder) for folder in self._course_folders()]
        return [cohort for cohort in cohorts if cohort is not None]

    # --- Pages ------------------------------------------------------------------------------

    def _put(self, parent: Page, model: type[Page], slug: str, **fields: Any) -> Any:
        """The child page with this slug, made or updated, and published with a revision."""
        page = model.objects.child_of(parent).filter(slug=slug).first() or model(slug=slug)
        for name, value in fields.items():
            setattr(page, name, value)
        if page.pk is None:
            parent.add_child(instance=page)
        page.save_revision(user=self.by).publish()
        page.refresh_from_db()
        return page

    def _home(self) -> HomePage:
        root = Page.get_first_root_node()
        site = Site.objects.filter(is_default_site=True).first()
        found: HomePage | None = HomePage.objects.child_of(root).first()
        if found is None:
            self._remove_welcome_page(root)
            found = HomePage(slug="home", title="Home", heading="Home", lead="Home", start_link_text="Start")
            root.add_child(instance=found)
        if site is None:
            site = Site(hostname="localhost", port=80, is_default_site=True, site_name="Lived Learning")
        site.root_page = found
        site.save()
        return found

    def _remove_welcome_page(self, root: Page) -> None:
        for page in root.get_children():
            page.delete()
        root.refresh_from_db()

    def _outline_of_links(self, home: Page, courses: Page, research: Page) -> None:
        self.pages |= {"": home, "courses": courses, "research": research}
        for path in self._information_files():
            text = read(path)
            first = {"title": text.about["title"], **pages.first_fields(text)}
            self.pages[path.stem] = self._first(home, pages.model_of(text), path.stem, **first)
        for path in sorted((self.folder / "research").glob("*.md")):
            about = read(path).about
            page = self._first(research, ResearchSummaryPage, about["slug"], title=about["title"], year=1)
            self.pages[f"research/{about['slug']}"] = page
        for folder in self._course_folders():
            about = read_yaml(folder / "course.yaml")
            course, _new = Course.objects.update_or_create(
                code=about["code"], defaults={"title": about["title"], "provider": PROVIDER}
            )
            page = self._first(courses, CoursePage, about["slug"], title=about["title"], course=course)
            self.pages[f"courses/{about['slug']}"] = page

    def _first(self, parent: Page, model: type[Page], slug: str, **fields: Any) -> Any:
        """The page if it is there, else an unpublished one that a link can already name."""
        page = model.objects.child_of(parent).filter(slug=slug).first()
        if page is None:
            # An older demo had another type of page there.
            for other in Page.objects.child_of(parent).filter(slug=slug):
                other.delete()
            parent.refresh_from_db()
            page = parent.add_child(instance=model(slug=slug, live=False, **fields))
        return page

    def _fill_home(self, home: HomePage) -> None:
        about = read_yaml(self.folder / "home.yaml")
        home.refresh_from_db()
        home.title, home.heading, home.lead = "Home", about["heading"], about["lead"].strip()
        home.start_link_text = about["start_link_text"]
        home.start_page = self.pages[self._first_course_path()]
        home.body = self.blocks.blocks(about["body"], name="home.yaml")
        home.ways_in = pages.ways_in(about, self.pages)
        for name in ("courses_heading", "courses_text", "research_heading", "research_text"):
            setattr(home, name, about[name])
        home.search_description = home.lead[:150]
        home.save_revision(user=self.by).publish()
        pages.site_settings(self.pages, organisation=PROVIDER)

    def _first_course_path(self) -> str:
        return next(path for path in self.pages if path.startswith("courses/"))

    def _fill_indexes(self, courses: Page, research: Page) -> None:
        self._put(
            courses.get_parent(),
            CatalogueIndexPage,
            "courses",
            lead="Courses made with the people they are about. You can read everything about a course "
            "before you make an account.",
            search_description="Courses about self-help and about research that citizens lead.",
        )
        self._put(
            research.get_parent(),
            ResearchIndexPage,
            "research",
            lead="Plain summaries of published studies. Each one says what was found, what was not, and "
            "where to find the original.",
            search_description="Plain summaries of research with and by the people it is about.",
        )

    def _information_files(self) -> list[Path]:
        found = {path.stem: path for path in sorted((self.folder / "pages").glob("*.md"))}
        return [found.pop(name) for name in PAGES if name in found] + list(found.values())

    def _information(self, home: Page) -> None:
        for path in self._information_files():
            text = read(path)
            self._put(
                home,
                pages.model_of(text),
                path.stem,
                show_in_menus=path.stem in IN_MENUS,
                **pages.fields(text, self.blocks),
            )

    def _glossary(self, home: Page) -> None:
        lead = " ".join(glossary.read_words(self.folder)["lead"].split())
        home.refresh_from_db()
        self._put(home, GlossaryPage, "glossary", title="Glossary", lead=lead, search_description=lead[:150])

    def _research(self, index: Page) -> None:
        for path in sorted((self.folder / "research").glob("*.md")):
            text = read(path)
            about = text.about
            self._put(
                index,
                ResearchSummaryPage,
                about["slug"],
                title=about["title"],
                one_line=about["one_line"],
                search_description=about["one_line"][:150],
                body=self.blocks.blocks(text.body, name=path.name),
                what_was_found=[("item", found) for found in about.get("what_was_found", [])],
                authors=[("author", {"name": a["name"], "orcid": ""}) for a in about["authors"]],
                corrections_log=[
                    ("correction", {"on": c["date"], "text": c["text"].strip()})
                    for c in about.get("corrections", [])
                ],
                cited_as=about["cited_as"],
                registered_title=about.get("registered_title", ""),
                year=about["year"],
                venue=about["venue"],
                volume=str(about.get("volume", "")),
                issue=str(about.get("issue", "")),
                pages=str(about.get("pages", "")),
                doi=about.get("doi", ""),
                funders=", ".join(about.get("funders", [])),
                groups=", ".join(about.get("groups", [])),
                method=about.get("method", ""),
                setting=about.get("setting", ""),
                notes=about.get("notes", "").strip(),
            )

    # --- Courses ----------------------------------------------------------------------------

    def _course_folders(self) -> list[Path]:
        """The folders of courses, those that people can join before those that are only planned."""
        found = sorted(path.parent for path in (self.folder / "courses").glob("*/course.yaml"))
        return sorted(found, key=lambda folder: bool(read_yaml(folder / "course.yaml").get("is_planned")))

    def _course(self, index: Page, folder: Path) -> Cohort | None:
        """The page of a course; and unless the course is only planned, its stages, edition and cohort."""
        about = read_yaml(folder / "course.yaml")
        course = Course.objects.get(code=about["code"])
        page = self._put(
            index,
            CoursePage,
            about["slug"],
            course=course,
            **course_text.fields(about, self.blocks, name=folder.name),
        )
        if about.get("is_planned"):
            return None
        for stage in sorted(path.parent for path in folder.glob("*/stage.yaml")):
            self._stage(page, course, stage)
        edition = editions.publish(course_page=page, by=self.by, at=self.at)
        return self._cohort(edition)

    def _stage(self, course_page: Page, course: Course, folder: Path) -> None:
        about = read_yaml(folder / "stage.yaml")
        stage = self._put(
            course_page,
            StagePage,
            slugify(about["title"]),
            title=about["title"],
            summary=" ".join(about["summary"].split()),
        )
        self.blocks.more = partial(lesson_blocks.block, lesson_blocks.Files(folder.parent))
        for path in sorted(found for found in folder.glob("*.md") if not found.stem.endswith(EASY_READ)):
            text = read(path)
            self._put(
                stage,
                LessonPage,
                text.about["slug"],
                title=text.about["title"],
                self_directed_minutes=text.about["minutes"],
                body=self.blocks.blocks(text.body, name=path.name),
                easy_read=self._easy_read(path),
            )
        if (folder / "quiz.yaml").exists():
            self._quiz(stage, course, read_yaml(folder / "quiz.yaml"))

    def _easy_read(self, lesson: Path) -> list[Block]:
        """The easy-read version beside a lesson's text, if there is one."""
        path = lesson.with_name(f"{lesson.stem}{EASY_READ}.md")
        return self.blocks.blocks(read(path).body, name=path.name) if path.exists() else []

    def _quiz(self, stage: Page, course: Course, about: dict[str, Any]) -> None:
        page = self._put(
            stage,
            QuizPage,
            about["slug"],
            title=about["title"],
            intro=self.blocks.html(about["intro"]),
            self_directed_minutes=about["minutes"],
            pass_mark_percent=about["pass_mark_percent"],
            attempts_allowed=about.get("attempts_allowed"),
            time_limit_minutes=about.get("time_limit_minutes"),
        )
        asked = [self._question(course, question) for question in about["questions"]]
        page.quiz_questions = [
            QuizQuestion(question=question, sort_order=place) for place, question in enumerate(asked)
        ]
        page.save_revision(user=self.by).publish()

    def _question(self, course: Course, about: dict[str, Any]) -> Question:
        options = [
            (
                "option",
                {
                    "text": str(option["text"]).strip(),
                    "is_right": bool(option["right"]),
                    "feedback": " ".join(option["feedback"].split()),
                },
            )
            for option in about["options"]
        ]
        text = " ".join(about["text"].split())
        question = Question.objects.filter(course=course, text=text).first() or Question(
            course=course, text=text
        )
        question.kind, question.options = about["kind"], options
        question.feedback = " ".join(about["feedback"].split())
        question.full_clean()
        question.save()
        return question

    def _cohort(self, edition: Edition) -> Cohort:
        cohort: Cohort = Cohort.objects.get_or_create(
            edition=edition,
            name="Start any time",
            defaults={
                "is_rolling": True,
                "starts_on": self.at.date(),
                "enrolment_opens_at": self.at,
                "capacity": 500,
            },
        )[0]
        return cohort
