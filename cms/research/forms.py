"""The editor's form of a research page: what a page needs depends on its kind."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class ResearchPageForm(WagtailAdminPageForm):
    """A draft needs only a title. To publish, everything that its kind of page cannot do without."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            for name, sentence in self.instance.missing(cleaned).items():
                if name not in self.errors:
                    self.add_error(name, sentence)
        self._refuse_odd_relations()
        return cleaned

    def _refuse_odd_relations(self) -> None:
        """The database would refuse these too, but without a word to the editor."""
        seen = set()
        for form in self.formsets["relations"].forms:
            other = (
                None if form in self.formsets["relations"].deleted_forms else form.cleaned_data.get("other")
            )
            if other is None:
                continue
            if other.pk == self.instance.pk:
                form.add_error("other", _("This is the page itself. Choose another one."))
            elif other.pk in seen:
                form.add_error("other", _("This page is already in the list."))
            seen.add(other.pk)
