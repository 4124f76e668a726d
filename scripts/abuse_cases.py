"""Which test proves what must not go wrong with money and places.

    python -m scripts.abuse_cases            prints docs/reference/abuse-cases.md
    python -m scripts.abuse_cases --write    writes it

A test says by its name which cases it proves: `test_case_09_…`, `test_cases_35_and_42_…`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
PAGE = Path("docs/reference/abuse-cases.md")
NAMED = re.compile(r"test_cases?_(\d\d(?:_and_\d\d)*)_")
TOP = """# What goes wrong elsewhere, and the tests that prove it does not here

What people, banks, networks and machines do to a site that sells places, and what must come of it. Each
case has a number, and each test that proves it carries that number in its name.
`python -m scripts.abuse_cases --write` draws this page from the tests: rename those, never this page.
"""

# What happens, and what must come of it.
CASES = {
    1: "The same news of a payment comes twice: one place, one receipt, and thanks both times.",
    2: "The same news comes twice at the same moment: stored once, applied once.",
    3: "News comes in the wrong order: the end is right, nothing breaks, no place is lost.",
    4: "A bank debit takes days: the place is kept without access, and freed with word if the debit fails.",
    5: "News with a wrong, missing or old signature, or another body, is not taken. Secrets may change.",
    6: "The machine stops after news was stored: it waits and is applied once. Not stored: it is sent again.",
    7: "News of an unknown payment, another account or the other world has no effect, and is put on record.",
    8: "Another amount or currency was paid: no place; a person looks at it.",
    9: "Fifty people want the last place at once: one has it, the others hear what they can do.",
    10: "The money comes when the place is gone: the buyer is told and chooses; the team settles it.",
    11: "Money goes back in parts, in full, or through a bank: places follow, certificates and history stay.",
    12: "A double press, the back button, two windows: one order.",
    13: "Many want the last use of a voucher at once: one has it.",
    14: "The price changes on the way to the payment: the order keeps its own.",
    15: "A form of joining is sent again after leaving: the rule for coming back, and never two places.",
    35: "Numbers in addresses are changed: what is somebody else's is not there.",
    39: "A forged host asks: links in mails, on papers and at the payment lead to the configured site.",
    42: "A form is sent from elsewhere, or a link is opened by a machine: nothing changes.",
    43: "More fields than a form has are sent along: they are not read.",
    54: "Mail, payment service or the drawing of papers is away: nothing is lost, nothing is half done.",
    56: "Yesterday's backup is restored: news sent again and comparing bring it up to today.",
}


def proofs() -> dict[int, list[str]]:
    """The tests of each case, as `file::name`, by file."""
    found: dict[int, list[str]] = {number: [] for number in CASES}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in _tests_in(path):
            for number in _cases_of(name):
                found.setdefault(number, []).append(f"{path.relative_to(ROOT)}::{name}")
    return found


def _tests_in(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if "test_case" not in text:
        return
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name


def _cases_of(name: str) -> list[int]:
    named = NAMED.match(name)
    return [int(number) for number in named[1].split("_and_")] if named else []


def text() -> str:
    """The whole page."""
    sections = [_section(number, tests) for number, tests in sorted(proofs().items())]
    return "\n".join([TOP, *sections])


def _section(number: int, tests: list[str]) -> str:
    return "\n".join([f"## {number}", "", CASES[number], "", *(f"- `{test}`" for test in tests), ""])


def main(arguments: list[str]) -> int:
    """Print the page, or write it."""
    if arguments == ["--write"]:
        (ROOT / PAGE).write_text(text(), encoding="utf-8")
        print(f"Written: {PAGE}")
    else:
        print(text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
