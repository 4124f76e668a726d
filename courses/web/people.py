"""Who is asking, and what a page answers when something is not theirs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.users.models import User
from courses.queries import onlookers
from courses.queries.access import NotInThisCourseError
from courses.queries.quizzes import NoSuchQuestionError
from courses.web import lens as lenses
from courses.web.lens import Lens

View = Callable[..., HttpResponseBase]


class LearnerRequest(HttpRequest):
    """A request of somebody who is signed in.

    `learner` is whose pages are shown: the same person, unless staff look as a learner; then `lens`
    says at what. Pages read with `learner`, and actions write for `user`: while somebody looks, no
    action is ever reached.
    """

    user: User
    learner: User
    lens: Lens | None


def learner_page(*methods: str, for_onlookers: bool = False) -> Callable[[View], View]:
    """A page for signed-in learners: what is not theirs, or not there, answers 404 alike.

    Staff who look as a learner see it only when it is made `for_onlookers`, and can only read it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            lens = lenses.of(request, at=timezone.now())
            request.lens, request.learner = lens, request.user  # type: ignore[attr-defined]
            if lens is not None:
                if request.method not in ("GET", "HEAD"):
                    return lenses.refuse_to_write(request)
                if not lenses.is_in_sight(lens, kwargs):
                    raise Http404
                if not for_onlookers:
                    return lenses.refuse_to_show(request)
                request.learner = lens.sight.learner  # type: ignore[attr-defined]
            try:
                return view(request, *args, **kwargs)
            except (ObjectDoesNotExist, NotInThisCourseError, NoSuchQuestionError) as nothing:
                if lens is None and onlookers.ends_at(request) is not None:
                    return lenses.say_that_it_is_over(request)
                raise Http404 from nothing

        return require_http_methods([*methods])(login_required(wrapped))

    return decorate
