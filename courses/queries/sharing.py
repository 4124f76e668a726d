"""What a course says to programs that read pages: schema.org Course and CourseInstance, as JSON-LD."""

from typing import Any

from django.conf import settings

from courses.catalogue.outline import Outline
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.queries.joining import OpenCohort


def course_data(
    *, page: CoursePage, outline: Outline | None, cohorts: list[OpenCohort], provider: str
) -> dict[str, Any]:
    """The facts that the page shows, and none that it does not show."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": page.title,
        "description": page.one_line,
        "url": page.lasting_url,
        "inLanguage": settings.LANGUAGE_CODE,
        "provider": {"@type": "Organization", "name": provider},
        "offers": _offer(page),
    }
    if page.prior_knowledge:
        data["coursePrerequisites"] = page.prior_knowledge
    if outline is not None:
        data["courseCode"] = outline.course_code
        data["teaches"] = list(outline.outcomes)
        data["educationalCredentialAwarded"] = outline.certificate.kind
        minutes = outline.self_directed_minutes + outline.participatory_minutes
        data["hasCourseInstance"] = [_instance(entry.cohort, minutes) for entry in cohorts]
    return data


def _offer(page: CoursePage) -> dict[str, Any]:
    if page.is_free:
        return {"@type": "Offer", "category": "Free", "price": 0, "priceCurrency": "GBP"}
    return {"@type": "Offer", "category": "Paid"}


def _instance(cohort: Cohort, minutes: int) -> dict[str, Any]:
    """One run. The workload is an ISO 8601 duration."""
    dates = {"startDate": cohort.starts_on.isoformat()}
    if cohort.ends_on is not None:
        dates["endDate"] = cohort.ends_on.isoformat()
    return {
        "@type": "CourseInstance",
        "name": cohort.name,
        "courseMode": "Online",
        "courseWorkload": f"PT{minutes}M",
        **dates,
    }
