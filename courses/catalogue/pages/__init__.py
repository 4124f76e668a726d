"""The pages that editors write: a course page, its stages, and the activities of each stage.

Only the course page is public. Stages and activities are previewed by editors and met by learners
at /learning/.
"""

from courses.catalogue.pages.activities import ActivityPage, LessonPage, QuizPage, StagePage
from courses.catalogue.pages.course import CatalogueIndexPage, CoursePage
from courses.catalogue.pages.meetings import CourseworkPage, LiveSessionPage

__all__ = [
    "ActivityPage",
    "CatalogueIndexPage",
    "CoursePage",
    "CourseworkPage",
    "LessonPage",
    "LiveSessionPage",
    "QuizPage",
    "StagePage",
]
