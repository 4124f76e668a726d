"""What the demo's texts say, read from the files that they are written in."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from home.demo.text import read, read_yaml

CONTENT = settings.BASE_DIR / "content"
COURSE = CONTENT / "courses" / "working-with-self-help-groups"
STAGE = COURSE / "1-what-self-help-is"


@dataclass(frozen=True)
class Option:
    text: str
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class Asked:
    """One question of the quiz."""

    text: str
    role: str
    options: list[Option]
    feedback: str

    @property
    def right(self) -> list[Option]:
        return [option for option in self.options if option.is_right]

    @property
    def wrong(self) -> list[Option]:
        return [option for option in self.options if not option.is_right]


def start_link() -> str:
    """The words of the main button of the home page."""
    return str(read_yaml(CONTENT / "home.yaml")["start_link_text"])


def course_title() -> str:
    return str(read_yaml(COURSE / "course.yaml")["title"])


def lesson_titles() -> list[str]:
    found = [read(path).about for path in sorted(STAGE.glob("*.md"))]
    # An easy-read version has no title of its own.
    return [str(about["title"]) for about in found if "title" in about]


def step_count() -> int:
    """How many lessons and quizzes the course has for those who go at their own pace."""
    others = (".easy-read", ".session", ".coursework")
    lessons = [path for path in COURSE.glob("*/*.md") if not path.stem.endswith(others)]
    return len(lessons) + len(list(COURSE.glob("*/quiz.yaml")))


def quiz_title() -> str:
    return str(read_yaml(STAGE / "quiz.yaml")["title"])


def questions() -> list[Asked]:
    return [_asked(question) for question in read_yaml(STAGE / "quiz.yaml")["questions"]]


def _asked(about: dict[str, Any]) -> Asked:
    options = [
        Option(_joined(option["text"]), bool(option["right"]), _joined(option["feedback"]))
        for option in about["options"]
    ]
    role = "checkbox" if about["kind"] == "multiple" else "radio"
    return Asked(_joined(about["text"]), role, options, _joined(about["feedback"]))


def _joined(text: Any) -> str:
    return " ".join(str(text).split())
