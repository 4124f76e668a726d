"""One value from a course file: is it of the right kind, and what may stay of it?"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from courses.exchange import texts

Say = Callable[[str, str], None]
# Links in a text know their kind by these words; numbers in the database by kind and name.
Numbers = Mapping[str, int]


class Values:
    """Checks values and cleans texts. What is wrong, or left out, is said to the two given functions."""

    def __init__(
        self, refs: Mapping[str, str], endings: Mapping[str, str], is_wrong: Say, is_left_out: Say
    ) -> None:
        self.refs, self.endings = refs, endings
        self.is_wrong, self.is_left_out = is_wrong, is_left_out

    # --- Before anything is written ---

    def of_field(self, field: Any, raw: Any, where: str) -> Any:
        """What may be kept of a value for this field; names still stand for what they lead to."""
        try:
            return self._of_field(field, raw, where)
        except ValidationError as refused:
            self.is_wrong(where, " ".join(refused.messages))
        except (ValueError, TypeError, OverflowError) as refused:
            self.is_wrong(where, _("This does not fit here: %s") % str(refused)[:80])
        return None

    def _of_field(self, field: Any, raw: Any, where: str) -> Any:
        if isinstance(field, StreamField):
            return texts.walk(field.stream_block, raw, lambda block, value: self._leaf(block, value, where))
        if isinstance(field, RichTextField):
            return self._rich_text(field.features, raw, where)
        if field.is_relation:
            kind = "picture" if field.related_model is get_image_model() else "document"
            return self._name(kind, raw, where)
        return self._plain(field, raw)

    def _plain(self, field: Any, raw: Any) -> Any:
        if not isinstance(raw, _kind_of(field)) and not (raw is None and field.null):
            raise ValueError(f"{raw!r:.60}")
        if raw in ("", None):
            # Free in draft: what is required is asked for when the page is published.
            return raw
        longest = field.max_length
        if isinstance(raw, str) and longest is not None and len(raw) > longest:
            raise ValidationError(_("This is longer than %d characters.") % longest)
        return field.clean(raw, None)

    def _rich_text(self, features: list[str] | None, raw: Any, where: str) -> str:
        if not isinstance(raw, str):
            raise ValueError(f"{raw!r:.60}")  # noqa: TRY004 - the file is wrong, not the program

        def note(what: str) -> None:
            self.is_left_out(where, _("Left out, because no editor could have written it here: %s") % what)

        return texts.cleaned(raw, features=features, refs=self.refs, note=note)

    def _name(self, kind: str, raw: Any, where: str) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str) or self.refs.get(raw) != kind:
            self.is_wrong(where, _("It names a picture or document that is not in the file."))
            return None
        return raw

    def _leaf(self, block: blocks.Block, value: Any, where: str) -> Any:
        if isinstance(block, blocks.RichTextBlock):
            return self._rich_text(block.features, value, where)
        if isinstance(block, ImageChooserBlock):
            return self._name("picture", value, where)
        if isinstance(block, DocumentChooserBlock):
            return self._document(block, value, where)
        if isinstance(block, blocks.PageChooserBlock):
            return value if isinstance(value, str) and self.refs.get(value) == "page" else None
        if isinstance(block, blocks.ChooserBlock):
            return None
        if isinstance(block, blocks.RawHTMLBlock) or not isinstance(value, str | int | float | None):
            raise ValueError(f"{value!r:.60}")  # noqa: TRY004 - the file is wrong, not the program
        return _checked(block, value)

    def _document(self, block: Any, value: Any, where: str) -> str | None:
        name = self._name("document", value, where)
        endings = getattr(block, "endings", ())
        if name and endings and self.endings.get(name) not in endings:
            self.is_wrong(where, _("A file here must end in %s.") % ", ".join(endings))
        return name

    # --- While it is written ---

    def resolved(
        self, model: type[models.Model], values: Mapping[str, Any], numbers: Numbers
    ) -> dict[str, Any]:
        """The same values with every name replaced by the number it got here."""
        return {
            name: _resolved(model._meta.get_field(name), value, numbers) for name, value in values.items()
        }


def _kind_of(field: Any) -> type | tuple[type, ...]:
    if isinstance(field, models.BooleanField):
        return bool
    return int if isinstance(field, models.IntegerField) else str


def _checked(block: Any, value: Any) -> Any:
    """A value that the block's own form field takes. Empty ones are free in draft."""
    if value in ("", None):
        return value
    found = block.get_prep_value(block.clean(block.to_python(value)))
    return value if isinstance(value, str) and isinstance(found, str) and found == value.strip() else found


def _resolved(field: Any, value: Any, numbers: Numbers) -> Any:
    if isinstance(field, StreamField):
        raw = texts.walk(field.stream_block, value, lambda block, leaf: _leaf_resolved(block, leaf, numbers))
        return field.to_python(json.dumps(raw))
    if isinstance(field, RichTextField):
        return _links_resolved(value, numbers)
    if field.is_relation and value is not None:
        return field.related_model.objects.get(pk=numbers[value])
    return value


def _leaf_resolved(block: blocks.Block, value: Any, numbers: Numbers) -> Any:
    if isinstance(block, blocks.RichTextBlock):
        return _links_resolved(value, numbers)
    return numbers.get(value) if isinstance(block, blocks.ChooserBlock) and value else value


def _links_resolved(html: str, numbers: Numbers) -> str:
    def link(kind: str, ref: str) -> dict[str, str] | None:
        return {"linktype": kind, "id": str(numbers[ref])} if ref in numbers else None

    return texts.linked(html, link)
