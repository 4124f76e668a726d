"""A course's folder as a course file, the one that the site's own import reads.

The folder holds course.yaml, pictures and files, and a folder of each stage, in the order of their numbers:
stage.yaml; in Markdown lessons (NN-slug.md, with an easy-read version beside some), live sessions
(NN-slug.session.md) and coursework (NN-slug.coursework.md); and quiz.yaml.

A course may be there in two ways: at one's own pace, and with meetings. What says `only_with_meetings: true`
is left out of the first. A lesson may say `minutes_with_meetings` and a stage `summary_with_meetings`: where
people meet, they do together what others try out alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from courses.exchange.exporting import packed
from courses.exchange.format import Remark
from home.demo import course_text, glossary
from home.demo.lesson_blocks import CourseBlocks
from home.demo.text import Block, TextUnreadableError, lines_of, read, read_yaml

EASY_READ, SESSION, COURSEWORK = ".easy-read", ".session", ".coursework"
ONLY_WITH_MEETINGS = "only_with_meetings"
WITH_MEETINGS = "_with_meetings"


@dataclass(frozen=True)
class CourseFile:
    """A course file, and where in the folder each of its pages, questions and files was written down.

    `has_two_ways`: some of it is only there when people meet.
    """

    code: str
    content: bytes
    places: Mapping[str, str] = field(repr=False)
    has_two_ways: bool = False

    def told(self, remark: Remark) -> str:
        """What the import says of the file, with the place in the folder."""
        known = [name for name in self.places if remark.where.startswith(name)]
        place = self.places[max(known, key=len)] if known else ""
        return f"{place}: {remark}" if place else f"{self.code}: {remark}"


def make(
    folder: Path,
    *,
    provider: str,
    pages: Collection[str],
    words: Mapping[str, dict[str, Any]],
    meets: bool = True,
) -> CourseFile:
    """The course file of a folder. `pages` are the addresses that links may name, `words` the glossary.

    Unless it `meets`, what is only there with meetings is left out.
    Raises TextUnreadableError naming the file and line."""
    return _Folder(folder, pages=pages, words=words, meets=meets).file(provider)


class _Folder:
    def __init__(
        self,
        folder: Path,
        *,
        pages: Collection[str],
        words: Mapping[str, dict[str, Any]],
        meets: bool,
    ) -> None:
        self.folder, self.words, self.meets = folder, words, meets
        self.has_two_ways = False
        self.blocks = CourseBlocks(folder, pages=pages, words=words)
        self.questions: dict[str, dict[str, Any]] = {}
        self.places: dict[str, str] = {}
        self.activities = 0

    def file(self, provider: str) -> CourseFile:
        path = self.folder / "course.yaml"
        name = self._name(path)
        about = read_yaml(path, name=name)
        needed(about, course_text.NEEDED, name)
        page = {"ref": "course", "slug": about["slug"], **course_text.values(about, self.blocks, name=name)}
        self.places |= {"identity": name, page["title"]: name}
        folders = [one for one in self._folders() if self._is_in(one / "stage.yaml")]
        page["first_stage_number"] = 0 if folders and folders[0].name.startswith("0-") else 1
        if self.meets and about.get("sessions_needed"):
            page["sessions_needed"] = about["sessions_needed"]
        stages = [] if about.get("is_planned") else [self._stage(n, one) for n, one in enumerate(folders, 1)]
        course = {
            "identity": {"code": about["code"], "title": about["title"], "provider": provider},
            "page": page,
            "stages": stages,
            "pictures": self._about("picture"),
            "documents": self._about("document"),
        }
        content = packed(course, questions=self.questions, words=self._words(), files=self.blocks.contents)
        return CourseFile(about["code"], content, self.places, self.has_two_ways)

    def _folders(self) -> list[Path]:
        return sorted(found.parent for found in self.folder.glob("*/stage.yaml"))

    def _is_in(self, path: Path) -> bool:
        """Whether what this file says is part of the course that is made now."""
        name = self._name(path)
        about = read_yaml(path, name=name) if path.suffix == ".yaml" else read(path, name=name).about
        if not about.get(ONLY_WITH_MEETINGS):
            return True
        self.has_two_ways = True
        return self.meets

    def _either(self, about: Mapping[str, Any], name: str) -> Any:
        """A value of a text, or the one that it has where people meet."""
        if name + WITH_MEETINGS not in about:
            return about[name]
        self.has_two_ways = True
        return about[name + WITH_MEETINGS if self.meets else name]

    def _name(self, path: Path) -> str:
        """A file as messages call it: from the folder of the courses on."""
        return str(path.relative_to(self.folder.parent))

    def _about(self, kind: str) -> dict[str, dict[str, Any]]:
        found = {name: self.blocks.about[name] for name in self.blocks.of_kind(kind)}
        for name, about in found.items():
            self.places |= dict.fromkeys((name, about["file"]), f"{self.folder.name}, {about['title']}")
        return found

    def _words(self) -> dict[str, dict[str, Any]]:
        found = self.blocks.of_kind("word").items()
        return {name: glossary.values(self.words[slug]) for name, slug in found}

    def _stage(self, number: int, folder: Path) -> dict[str, Any]:
        path = folder / "stage.yaml"
        about = read_yaml(path, name=self._name(path))
        needed(about, ("title", "summary"), self._name(path))
        self.places[about["title"][:80]] = self._name(path)
        texts = sorted(found for found in folder.glob("*.md") if not found.stem.endswith(EASY_READ))
        activities = [self._text(text) for text in texts if self._is_in(text)]
        if (folder / "quiz.yaml").exists():
            activities.append(self._quiz(folder / "quiz.yaml"))
        return {
            "ref": f"stage-{number}",
            "title": about["title"],
            "slug": slugify(about["title"]),
            "summary": " ".join(self._either(about, "summary").split()),
            "activities": activities,
        }

    def _activity(self, kind: str, title: str, slug: str, minutes: int, place: str) -> dict[str, Any]:
        self.activities += 1
        self.places[title[:80]] = place
        return {
            "ref": f"activity-{self.activities}",
            "kind": kind,
            "title": title,
            "slug": slug,
            "self_directed_minutes": minutes,
        }

    def _text(self, path: Path) -> dict[str, Any]:
        """A lesson, a live session or coursework, as the file's name says."""
        if path.stem.endswith(SESSION):
            return self._session(path)
        return self._coursework(path) if path.stem.endswith(COURSEWORK) else self._lesson(path)

    def _session(self, path: Path) -> dict[str, Any]:
        text, name = read(path, name=self._name(path)), self._name(path)
        needed(text.about, ("title", "slug", "participatory_minutes"), name)
        about, alone = text.about, text.about.get("self_directed_minutes") or 0
        return {
            **self._activity("live_session", about["title"], about["slug"], alone, name),
            "participatory_minutes": about["participatory_minutes"],
            "body": stream(self.blocks.blocks(text.body, name=name, line=text.line)),
            "make_up": self.blocks.html(about.get("make_up") or ""),
        }

    def _coursework(self, path: Path) -> dict[str, Any]:
        text, name = read(path, name=self._name(path)), self._name(path)
        needed(text.about, ("title", "slug", "minutes", "takes_text", "takes_files", "looks_for"), name)
        about = text.about
        return {
            **self._activity("coursework", about["title"], about["slug"], about["minutes"], name),
            "body": stream(self.blocks.blocks(text.body, name=name, line=text.line)),
            "looks_for": self.blocks.html(about["looks_for"]),
            "takes_text": bool(about["takes_text"]),
            "takes_files": bool(about["takes_files"]),
        }

    def _lesson(self, path: Path) -> dict[str, Any]:
        text, name = read(path, name=self._name(path)), self._name(path)
        needed(text.about, ("title", "slug", "minutes"), name)
        about = text.about
        minutes = self._either(about, "minutes")
        return {
            **self._activity("lesson", about["title"], about["slug"], minutes, name),
            "body": stream(self.blocks.blocks(text.body, name=name, line=text.line)),
            "easy_read": self._easy_read(path),
        }

    def _easy_read(self, lesson: Path) -> list[dict[str, Any]]:
        """The easy-read version beside a lesson's text, if there is one."""
        path = lesson.with_name(f"{lesson.stem}{EASY_READ}.md")
        if not path.exists():
            return []
        text = read(path, name=self._name(path))
        return stream(self.blocks.blocks(text.body, name=self._name(path), line=text.line))

    def _quiz(self, path: Path) -> dict[str, Any]:
        name = self._name(path)
        about = read_yaml(path, name=name)
        needed(about, ("title", "slug", "intro", "minutes", "pass_mark_percent", "questions"), name)
        lines = lines_of(path.read_text(encoding="utf-8"))
        asked = {}
        for place, one in enumerate(about["questions"]):
            asked[self._question(f"{name}, line {lines['questions', place]}", one)] = one
        must = [ref for ref, question in asked.items() if question.get("must_be_right")]
        return {
            **self._activity("quiz", about["title"], about["slug"], about["minutes"], name),
            "intro": self.blocks.html(about["intro"]),
            "pass_mark_percent": about["pass_mark_percent"],
            "attempts_allowed": about.get("attempts_allowed"),
            "time_limit_minutes": about.get("time_limit_minutes"),
            "questions": list(asked),
            **({"must_be_right": must} if must else {}),
        }

    def _question(self, where: str, about: dict[str, Any]) -> str:
        needed(about, ("text", "kind", "options", "feedback"), where)
        for option in about["options"]:
            needed(option, ("text", "right", "feedback"), where)
        name = f"question-{len(self.questions) + 1}"
        self.places[f"{name},"] = where
        self.questions[name] = {
            "kind": about["kind"],
            "text": " ".join(about["text"].split()),
            "options": stream([("option", _option(option)) for option in about["options"]]),
            "feedback": " ".join(about["feedback"].split()),
        }
        return name


def _option(about: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": str(about["text"]).strip(),
        "is_right": bool(about["right"]),
        "feedback": " ".join(about["feedback"].split()),
    }


def stream(blocks: list[Block]) -> list[dict[str, Any]]:
    """Blocks as a course file holds them."""
    return [{"type": kind, "value": value} for kind, value in blocks]


def needed(about: Any, names: Collection[str], where: str) -> None:
    """Raise TextUnreadableError when something that every such file says is not said."""
    given = about if isinstance(about, dict) else {}
    if missing := [name for name in names if given.get(name) is None]:
        raise TextUnreadableError(f"{where}: “{missing[0]}” is missing.")
