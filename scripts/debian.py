"""Installs Debian's packages when this machine and this person may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def install(*packages: str) -> bool:
    """Install the packages with apt-get and say whether that worked. Never asks for a password."""
    prefix = _as_administrator()
    if prefix is None or not shutil.which("apt-get"):
        return False
    print(f"Installing Debian's {' '.join(packages)} …", file=sys.stderr, flush=True)
    command = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if _quietly(command):
        return True
    # The list of packages may be missing or too old to find them.
    return _quietly([*prefix, "apt-get", "update", "-q"]) and _quietly(command, tell=True)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file that only the administrator may write."""
    if (prefix := _as_administrator()) is not None:
        subprocess.run(
            [*prefix, "tee", "-a", path],
            input=f"{line}\n",
            text=True,
            stdout=subprocess.DEVNULL,
            check=True,
        )


def _as_administrator() -> list[str] | None:
    """Return what to put before a command to run it as root, or None where nobody may."""
    setting = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.geteuid() == 0:
        return setting
    if shutil.which("sudo"):
        allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if allowed.returncode == 0:
            return ["sudo", "-n", *setting]
    return None


def _quietly(command: list[str], *, tell: bool = False) -> bool:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if tell and done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
    return done.returncode == 0
