"""Where somebody goes who has just got a place, and what they are told there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from courses.enrolment.models import Enrolment


def after_joining(request: HttpRequest, enrolment: Enrolment, *, got: str) -> HttpResponse:
    """To their course. In a group with dates, by way of one question: what they need to take part.

    `got` is the sentence that says what they have now.
    """
    if enrolment.cohort.is_rolling:
        messages.success(request, " ".join([got, _("Here is your course.")]))
        return redirect("learning:course", enrolment.pk)
    messages.success(request, " ".join([got, _("One question first, if you like.")]))
    return redirect("learning:needs", enrolment.pk)
