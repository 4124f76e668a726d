"""Looks for addresses that must not be kept: of package registries, and of one person's machine.

    python -m scripts.check_addresses        check every file that is, or could be, committed
    python -m scripts.check_addresses test   plant one of each kind and see that it is found

What is looked for is put together from pieces here, or this file would find itself.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTRIES = {
    "Python": ["pypi" + ".org", "python" + "hosted.org", "pypi" + ".python.org"],
    "JavaScript": ["registry.npm" + "js.org", "registry.yarn" + "pkg.com", "npm" + "mirror.com"],
    "Debian": ["deb.deb" + "ian.org", "security.deb" + "ian.org", "snapshot.deb" + "ian.org"],
    "Ubuntu": ["archive.ubu" + "ntu.com", "security.ubu" + "ntu.com"],
    "Rust": ["crates" + ".io", "static.rust" + "-lang.org"],
    "Go": ["proxy.go" + "lang.org"],
    "any": ["j" + "frog.io", "arti" + "factory", "nexus/" + "repository"],
}
FOLDERS = {
    "home folder": "/" + "home/",
    "home folder on a Mac": "/" + "Users/",
    "administrator's folder": "/" + "root/",
    "work folder": "/" + "work/",
}
A_FOLDER_NAME = r"[A-Za-z0-9_.-]+"
LINK = re.compile("https" + "?://")


def patterns() -> dict[str, re.Pattern[str]]:
    """Return what no file may hold, by what to call it."""
    hosts = {
        f"registry ({name})": re.compile("|".join(re.escape(host) for host in listed), re.IGNORECASE)
        for name, listed in REGISTRIES.items()
    }
    # Not the middle of a longer path or of a web address.
    folders = {
        name: re.compile(rf"(?<![\w.}})*-]){re.escape(start)}{A_FOLDER_NAME}")
        for name, start in FOLDERS.items()
    }
    return hosts | folders


def findings(files: list[Path], here: Path) -> Iterator[str]:
    """Give one line for each thing found."""
    everywhere = patterns() | {"this folder's own path": re.compile(re.escape(f"{here}/"))}
    for path in files:
        content = path.read_bytes()
        if b"\0" in content:
            continue
        looked_for = everywhere | ({"link in a lock": LINK} if path.suffix == ".lock" else {})
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            for name, pattern in looked_for.items():
                if found := pattern.search(line):
                    yield f"{path.relative_to(here)}:{number}: {name}: {found.group()}"


def committed_or_could_be() -> list[Path]:
    """List the files that git knows or would take."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def missed() -> list[str]:
    """Plant one of everything that is looked for; return what was not found again."""
    planted = [host for listed in REGISTRIES.values() for host in listed]
    planted += [f"file://{start}somebody/x" for start in FOLDERS.values()]
    planted += ["https" + "://example.org/a-lock-holds-no-link"]
    innocent = ["example.org" + FOLDERS["work folder"] + "x", "templates" + "/" + "home/page.html"]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "planted.lock").write_text("\n".join([*planted, *innocent]))
        found = {line.split(":")[1] for line in findings([here / "planted.lock"], here)}
    lines = enumerate([*planted, *innocent], 1)
    return [text for number, text in lines if (str(number) in found) != (text in planted)]


def main(arguments: list[str]) -> int:
    """Check or test; return 1 if something is wrong."""
    match arguments:
        case []:
            wrong = list(findings(committed_or_could_be(), ROOT))
        case ["test"]:
            wrong = [f"planted but judged wrongly: {text}" for text in missed()]
        case _:
            wrong = [str(__doc__)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
