"""Deleting what learners' records need is refused with a sentence, before the database has to."""

from typing import Any

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import DeleteView


class KeepsRecordsDeleteView(DeleteView):
    """Wagtail's own delete page, for things that records may point at."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, _("This cannot be deleted, because learners’ records need it."))
            return redirect(self.get_success_url())
        return response
