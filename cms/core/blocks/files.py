"""Choosing uploaded files of the right kind."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.blocks import DocumentChooserBlock


class FileBlock(DocumentChooserBlock):
    """One uploaded file whose name ends as it should. `endings` are without the dot, in small letters."""

    def __init__(self, *, endings: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.endings = endings
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned is not None and self.endings and cleaned.file_extension.lower() not in self.endings:
            raise ValidationError(
                _("Choose a file whose name ends in %(endings)s.") % {"endings": ", ".join(self.endings)}
            )
        return cleaned
