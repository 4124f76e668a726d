"""Where somebody goes who has just got a place."""

from django.http import HttpResponse
from django.shortcuts import redirect

from courses.enrolment.models import Enrolment


def after_joining(enrolment: Enrolment) -> HttpResponse:
    """To their course. In a group with dates, by way of one question: what they need to take part."""
    if enrolment.cohort.is_rolling:
        return redirect("learning:course", enrolment.pk)
    return redirect("learning:needs", enrolment.pk)
