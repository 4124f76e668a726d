"""A person's orders, and their receipts and credit notes: as a page, and as a PDF to keep."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cms.core import private_downloads
from courses.actions import papers as kept
from courses.queries import papers
from courses.web.people import LearnerRequest, learner_page


@learner_page("GET", "HEAD")
def show_orders(request: LearnerRequest) -> HttpResponse:
    """All orders of a person with their papers, the newest first."""
    found = papers.orders(person=request.user, number=request.GET.get("p", "1"))
    return _for_them_alone(render(request, "learning/orders.html", {"page": found}))


@learner_page("GET", "HEAD")
def paper(request: LearnerRequest, order: int, paper: int) -> HttpResponse:
    """One paper of one's own order, to read and to print."""
    found = papers.own(order_id=order, paper_id=paper, buyer=request.user)
    return _for_them_alone(render(request, "learning/paper.html", {"paper": papers.opened(found)}))


@learner_page("GET", "HEAD")
def pdf(request: LearnerRequest, order: int, paper: int, kind: str) -> HttpResponse:
    """The same as a tagged PDF, to keep."""
    found = papers.own(order_id=order, paper_id=paper, buyer=request.user)
    if papers.SLUGS[found.kind] != kind:
        raise Http404
    return private_downloads.attachment(
        content=kept.pdf(paper=found), title=papers.file_title(found), content_type="application/pdf"
    )


def _for_them_alone(answer: HttpResponse) -> HttpResponse:
    """Names and addresses stand on these: nothing on the way keeps them."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
