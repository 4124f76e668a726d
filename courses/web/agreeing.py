"""The boxes of what somebody agrees to before they join, as they were ticked."""

from django.http import HttpRequest

from cms.core import typed


def ticked(request: HttpRequest) -> list[int]:
    """The numbers of the declarations whose boxes were sent."""
    return [typed.number(value) for value in request.POST.getlist("agrees")]
