"""Looking as a learner: kept in the session of the one who looks, and ended by itself after an hour.

Nothing is written while somebody looks: every POST is refused before it reaches an action, and pages
show only when they are made to be looked at (`learner_page(..., for_onlookers=True)`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from courses.assessment.models import Attempt
from courses.queries import looking
from courses.queries.looking import Sight
from courses.queries.onlookers import KEY, ends_at

FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Lens:
    """What somebody looks at now, and until when."""

    sight: Sight
    ends_at: datetime


def of(request: HttpRequest, *, at: datetime) -> Lens | None:
    """What this session looks at; None when it does not, when the hour is over, or it may no longer."""
    until = ends_at(request)
    if until is None or at >= until:
        return None
    kept = request.session[KEY]
    try:
        if kept["enrolment"]:
            sight = looking.person_in_sight(person=request.user, enrolment_id=kept["enrolment"])
        else:
            sight = looking.sample_in_sight(
                person=request.user,
                edition_id=kept["edition"],
                cohort_id=kept["cohort"],
                opens_everything=kept["everything"],
                at=at,
            )
    except ObjectDoesNotExist:
        return None
    return Lens(sight, until)


def is_in_sight(lens: Lens, which: dict[str, Any]) -> bool:
    """Whether an address is about the one enrolment that is looked at."""
    enrolment_id = lens.sight.enrolment.pk
    if "attempt" in which:
        return Attempt.objects.filter(pk=which["attempt"], enrolment=enrolment_id).exists()
    return bool(which.get("enrolment", enrolment_id) == enrolment_id)


def refuse_to_write(request: HttpRequest) -> HttpResponse:
    """What every press of a button answers while somebody looks. Nothing has been written."""
    sentence = _(
        "You are only looking, so nothing was saved. Stop looking first if you want to do something yourself."
    )
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"saved": False, "sentence": sentence}, status=FORBIDDEN)
    return _refuse(request, _("You are only looking"), sentence)


def refuse_to_show(request: HttpRequest) -> HttpResponse:
    """What is the learner's alone, or no part of a course, is not shown to somebody who looks."""
    sentence = _("This page is for the learner alone, so it is not shown while you look.")
    return _refuse(request, _("Not shown while you look"), sentence)


def say_that_it_is_over(request: HttpRequest) -> HttpResponse:
    """The hour is over, and the page that was asked for is nobody's own."""
    sentence = _(
        "Looking ends by itself after 60 minutes. You can begin again from the course or the register."
    )
    return _refuse(request, _("You have stopped looking"), sentence)


def _refuse(request: HttpRequest, title: str, sentence: str) -> HttpResponse:
    context = {"title": title, "sentence": sentence}
    return render(request, "learning/looking_refused.html", context, status=FORBIDDEN)


def stand_back(lens: Lens) -> HttpResponse:
    """Instead of a dashboard, which would show other courses as well: the course that is looked at."""
    return redirect("learning:course", lens.sight.enrolment.pk)
