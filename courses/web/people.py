"""Who is asking, and what a page answers when something is not theirs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from cms.users.models import User
from courses.queries.access import NotInThisCourseError
from courses.queries.quizzes import NoSuchQuestionError

View = Callable[..., HttpResponseBase]


class LearnerRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


def learner_page(*methods: str) -> Callable[[View], View]:
    """A page for signed-in learners: what is not theirs, or not there, answers 404 alike."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (ObjectDoesNotExist, NotInThisCourseError, NoSuchQuestionError) as nothing:
                raise Http404 from nothing

        return require_http_methods([*methods])(login_required(wrapped))

    return decorate
