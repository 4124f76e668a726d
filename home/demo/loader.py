"""Builds the demo from the texts in content/, through the same actions that the product uses.

Safe to repeat: what is there is brought up to date, never doubled. All in one transaction: either
the whole demo is there, or nothing was changed and the report names the file and line.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from cms.research.models import ResearchIndexPage, ResearchSummaryPage
from courses.catalogue.models import Course
from courses.catalogue.pages import CatalogueIndexPage, CoursePage
from courses.cohorts.models import Cohort
from home.demo import changes, course_file, courses, glossary, pages, research_text
from home.demo.course_file import CourseFile
from home.demo.text import Blocks, TextUnreadableError, read, read_yaml
from home.models import GlossaryPage, HomePage

PROVIDER = "Lived Learning demonstration site"
IN_MENUS = {"about"}
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
        with changes.searchable_once(), changes.references_once():
            return self._build()

    def _build(self) -> list[Cohort]:
        home = self._home()
        self.blocks.words = glossary.load(self.folder)
        catalogue = self._put(home, CatalogueIndexPage, "courses", title="Courses", show_in_menus=True)
        research = self._put(home, ResearchIndexPage, "research", title="Research", show_in_menus=True)
        # Empty pages first, so that texts can link to each other in any order.
        self._outline_of_links(home, catalogue, research)
        self._fill_home(home)
        self._fill_indexes(catalogue, research)
        self._information(home)
        self._glossary(home)
        self._research(research)
        return self._courses()

    # --- Pages ------------------------------------------------------------------------------

    def _put(self, parent: Page, model: type[Page], slug: str, **fields: Any) -> Any:
        """The child page with this slug, made or updated, and published with a revision."""
        page = model.objects.child_of(parent).filter(slug=slug).first()
        if page is None:
            page = model(slug=slug, live=False, **fields)
            parent.add_child(instance=page)
        changes.publish(page, fields=fields, by=self.by)
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
        words = self._first(home, GlossaryPage, "glossary", title="Glossary")
        self.pages |= {"": home, "courses": courses, "research": research, "glossary": words}
        for path in self._information_files():
            text = read(path)
            first = {"title": text.about["title"], **pages.first_fields(text)}
            self.pages[path.stem] = self._first(home, pages.model_of(text), path.stem, **first)
        for path in sorted((self.folder / "research").glob("*.md")):
            about = read(path).about
            page = self._first(research, ResearchSummaryPage, about["slug"], title=about["title"])
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
        if about["start_page"] not in self.pages:
            raise TextUnreadableError(f"home.yaml: there is no page “{about['start_page']}” to start with.")
        home.refresh_from_db()
        lead = about["lead"].strip()
        headings = ("courses_heading", "courses_text", "research_heading", "research_text")
        fields = {
            "title": "Home",
            "heading": about["heading"],
            "lead": lead,
            "start_link_text": about["start_link_text"],
            "start_page": self.pages[about["start_page"]],
            "body": self.blocks.blocks(about["body"], name="home.yaml"),
            "ways_in": pages.ways_in(about, self.pages),
            "search_description": lead[:150],
            **{name: about[name] for name in headings},
        }
        changes.publish(home, fields=fields, by=self.by)
        pages.site_settings(self.pages, organisation=PROVIDER)

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
            lead="Research with and by the people it is about: articles, and the groups, projects and "
            "studies around them. Each page says what came of it, and what it cannot tell us.",
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
            page = self.pages[f"research/{text.about['slug']}"]
            self._put(
                index,
                ResearchSummaryPage,
                text.about["slug"],
                relations=research_text.relations(page, text, self.pages),
                **research_text.fields(text, self.blocks),
            )

    # --- Courses ----------------------------------------------------------------------------

    def _course_folders(self) -> list[Path]:
        """The folders of courses: the one that the home page leads to, others, then those only planned."""
        found = sorted(path.parent for path in (self.folder / "courses").glob("*/course.yaml"))
        first = read_yaml(self.folder / "home.yaml")["start_page"].removeprefix("courses/")
        return sorted(found, key=lambda folder: (self._is_planned(folder), folder.name != first))

    def _is_planned(self, folder: Path) -> bool:
        return bool(read_yaml(folder / "course.yaml").get("is_planned"))

    def _courses(self) -> list[Cohort]:
        """Every course; cohorts for those that are more than a plan."""
        here = {f"page:{path}": page.pk for path, page in self.pages.items()}
        words = {word["slug"]: word for word in glossary.read_words(self.folder)["words"]}
        folders = self._course_folders()

        def made(folder: Path, *, meets: bool) -> CourseFile:
            return course_file.make(folder, provider=PROVIDER, pages=self.pages, words=words, meets=meets)

        # All texts are read before any course is changed.
        files = [made(folder, meets=True) for folder in folders]
        cohorts: list[Cohort] = []
        for folder, file in zip(folders, files, strict=True):
            if file.has_two_ways and not courses.has_begun(file.code):
                # The way without meetings comes first, as an edition of its own.
                alone = courses.bring_in(made(folder, meets=False), here=here, by=self.by)
                courses.open_cohorts(alone, by=self.by, at=self.at)
            page = courses.bring_in(file, here=here, by=self.by)
            if not self._is_planned(folder):
                cohorts += courses.open_cohorts(page, by=self.by, at=self.at)
        return cohorts
