"""The form that takes pictures, with a sentence for every picture that it does not take."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from cms.core.picture_files import PictureRefused, cleaned

DESCRIPTION_HELP = _(
    "What is to be seen, for somebody who cannot see it. It is offered wherever the picture is used, "
    "and can be changed there. Leave it empty for a picture that only decorates."
)


class HarmlessImageField(WagtailImageField):
    """Wagtail's checks of size and kind, then ours of what is hidden inside."""

    def to_python(self, data: Any) -> Any:
        if data and str(getattr(data, "name", "")).lower().endswith(".svg"):
            # First, or a harmful drawing would only be called "not a valid image".
            _cleaned_or_refused(data)
        file = super().to_python(data)
        if file is None:
            return None
        clean = SimpleUploadedFile(file.name, _cleaned_or_refused(file), content_type=file.content_type)
        clean.image = file.image  # type: ignore[attr-defined]
        return clean


class ImageForm(BaseImageForm):
    """Wagtail's form with our field for the file, and a word about the description."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            old = self.fields["file"]
            self.fields["file"] = HarmlessImageField(
                label=old.label, widget=old.widget, required=old.required
            )
        if "description" in self.fields:
            self.fields["description"].help_text = DESCRIPTION_HELP


def _cleaned_or_refused(file: Any) -> bytes:
    file.seek(0)
    try:
        clean = cleaned(file.read(), file.name)
    except PictureRefused as refusal:
        raise ValidationError(str(refusal), code="picture_refused") from refusal
    file.seek(0)
    return clean
