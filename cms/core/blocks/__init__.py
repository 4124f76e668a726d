"""The blocks that pages are written with, one file a family."""

from cms.core.blocks.text import (
    ActivityPromptBlock,
    CalloutBlock,
    HeadingBlock,
    LessonBodyBlock,
    PageBodyBlock,
    ParagraphBlock,
    QuotationBlock,
    ShortTextBlock,
    StepsBlock,
)

__all__ = [
    "ActivityPromptBlock",
    "CalloutBlock",
    "HeadingBlock",
    "LessonBodyBlock",
    "PageBodyBlock",
    "ParagraphBlock",
    "QuotationBlock",
    "ShortTextBlock",
    "StepsBlock",
]
