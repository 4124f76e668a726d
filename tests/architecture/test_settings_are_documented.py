"""Every variable of the environment that the settings read is explained in the documents."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r"""(?:environ(?:\.get)?[\[(]|environ\.setdefault\(|_required\()\s*["']([A-Z_]+)["']""")


def test_every_variable_that_settings_read_is_in_the_documents() -> None:
    explained = (ROOT / "docs/operations/settings.md").read_text(encoding="utf-8")
    read = {
        name
        for path in (ROOT / "cms/settings").glob("*.py")
        if path.name not in {"test.py", "bench.py"}
        for name in READ.findall(path.read_text(encoding="utf-8"))
    }
    assert "SITE_HOST" in read
    assert sorted(name for name in read if f"`{name}`" not in explained) == []
