"""The page of components shows every component there is, and only to staff."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cms.core.blocks import EasyReadBlock, LessonBodyBlock
from cms.core.component_samples import listed
from cms.core.components import FRAME
from cms.users.models import User

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
BLOCKS = {**LessonBodyBlock().child_blocks, **EasyReadBlock().child_blocks}


def test_every_component_is_shown_or_part_of_the_frame() -> None:
    there = {path.stem for path in FOLDER.glob("*.html")}
    shown = {row[0] for row in listed()}
    assert shown | FRAME == there
    assert not shown & FRAME


def test_the_page_draws_every_component_and_block(ed: User, sign_in: Any) -> None:
    html = sign_in(ed).get(reverse("components")).content.decode()
    for name in [*(row[0] for row in listed()), *(f"block-{name}" for name in BLOCKS)]:
        assert f'id="{name}"' in html, name


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_every_block_has_a_preview_and_a_word_when_to_use_it(db: None, name: str) -> None:
    block = BLOCKS[name]
    assert block.is_previewable
    assert block.meta.description
    assert block.meta.icon != "placeholder"
    block.bind(block.get_preview_value()).render()


def test_visitors_and_learners_do_not_see_it(ada: User, sign_in: Any) -> None:
    assert Client().get(reverse("components")).status_code == 302
    assert sign_in(ada).get(reverse("components")).status_code in {302, 403}
