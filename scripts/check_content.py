"""Checks the content: structure, links, pictures, quizzes, claims, names, sentences and reading age.

    python -m scripts.check_content           check all of content/
    python -m scripts.check_content PATH …    say only what concerns these files and folders

Every line is FILE:LINE: sentence. No database is asked. docs/for-editors/content-check.md tells the rules.
"""

import sys
from pathlib import Path

from django.conf import settings

if not settings.configured:
    settings.configure(USE_I18N=False)

from scripts.content import whole
from scripts.content.sources import Library

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"


def main(names: list[str], *, folder: Path = CONTENT) -> int:
    """Say what was found; 1 when there was anything."""
    chosen = [Path(name).resolve() for name in names]
    if missing := [str(path) for path in chosen if not path.exists()]:
        print(f"There is no {', '.join(missing)}.", file=sys.stderr)
        return 2
    found = [one for one in whole.problems(Library(folder)) if whole.of_path(one.path, chosen)]
    for one in found:
        print(f"{one.path.relative_to(folder.parent)}:{one.line}: {one.sentence}")
    if found:
        print(f"To mend: {len(found)}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
