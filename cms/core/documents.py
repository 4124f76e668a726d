"""The site's files: forms, sound, video and captions. Kept where no address reaches them.

Every file goes through Django, which asks first who may have it (see `courses/web/documents.py`). A web
server that hands out MEDIA_ROOT therefore never hands out one of these.
"""

from typing import TYPE_CHECKING, ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.documents.models import AbstractDocument

# Words that a reader knows, for the ends of file names.
KINDS = {
    "csv": gettext_lazy("table (CSV)"),
    "docx": gettext_lazy("Word document"),
    "m4a": gettext_lazy("sound"),
    "mp3": gettext_lazy("sound"),
    "mp4": gettext_lazy("video"),
    "odt": gettext_lazy("text document (ODT)"),
    "ogg": gettext_lazy("sound"),
    "pdf": gettext_lazy("PDF"),
    "txt": gettext_lazy("plain text"),
    "vtt": gettext_lazy("captions"),
    "webm": gettext_lazy("video"),
    "xlsx": gettext_lazy("Excel table"),
}


def private_files() -> Storage:
    """The storage that only Django reads. A function, so that migrations do not freeze a folder."""
    return storages["private"]


class SiteDocument(AbstractDocument):
    """One uploaded file."""

    if TYPE_CHECKING:
        objects: ClassVar[models.Manager["SiteDocument"]]

    file = models.FileField(gettext_lazy("file"), storage=private_files, upload_to="documents")

    admin_form_fields: ClassVar[tuple[str, ...]] = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        # Who may is asked of Wagtail's own document model, for the custom one too.
        default_permissions = ()

    @property
    def kind_and_size(self) -> str:
        """What a reader gets, in words: "PDF, 1.2 MB"."""
        kind = KINDS.get(self.file_extension.lower(), _("file"))
        size = self.get_file_size()
        return f"{kind}, {filesizeformat(size)}" if size else str(kind)
