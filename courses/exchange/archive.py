"""Opening a course file that somebody sent: every name, size and sum is checked before anything is read.

A zip file can hold names that leave the folder, links, two files of one name, or a hundred gigabytes in a
few bytes. None of that is needed here: the names are few and ours, so all others are refused.
"""

import hashlib
import json
import re
import stat
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import IO, Any, Never

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from courses.exchange.format import (
    COURSE,
    FORMAT,
    MANIFEST,
    MOST_BYTES,
    MOST_BYTES_OF_A_FILE,
    MOST_BYTES_OF_TEXT,
    MOST_FILES,
    MOST_TIMES_SMALLER,
    VERSION,
    CourseFileRefused,
    Remark,
)

NAME = re.compile(
    r"(manifest|course|questions|glossary)\.json|(pictures|documents)/[a-z]{4,8}-\d{1,4}\.[a-z0-9]{1,5}"
)
SMALL = 100_000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Twice(ValueError):
    """A JSON object names the same thing twice."""


@dataclass(frozen=True)
class Archive:
    """A course file whose names and sums are right. Files are read one at a time."""

    zipped: zipfile.ZipFile
    infos: dict[str, zipfile.ZipInfo]
    manifest: dict[str, Any]

    def read(self, name: str) -> bytes:
        """The content of one file. Raises CourseFileRefused when it is not what the list of files says."""
        return _read(self.zipped, self.infos[name])

    def data(self, name: str) -> Any:
        """What a JSON file holds."""
        return _parse(name, self.read(name))


def open_archive(file: IO[bytes]) -> Archive:
    """Check a course file from outside to inside. Raises CourseFileRefused; writes nothing."""
    try:
        zipped = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as damaged:
        _refuse(
            "", _("This is not a course file, or it was damaged on the way. Please export it again."), damaged
        )
    entries = zipped.infolist()
    if len(entries) > MOST_FILES:
        _refuse("", _("It holds more than %d files. A course has fewer.") % MOST_FILES)
    remarks = [Remark(entry.filename[:80], wrong) for entry in entries if (wrong := _wrong_entry(entry))]
    names = Counter(entry.filename.casefold() for entry in entries)
    remarks += [Remark(n[:80], _("This name is there twice.")) for n, count in names.items() if count > 1]
    if remarks:
        raise CourseFileRefused(remarks)
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        _refuse("", _("Unpacked it is larger than %s.") % filesizeformat(MOST_BYTES))
    infos = {entry.filename: entry for entry in entries}
    if MANIFEST not in infos:
        _refuse(MANIFEST, _("This file is missing, so this is not a course file."))
    manifest = _parse(MANIFEST, _read(zipped, infos[MANIFEST]))
    _check_manifest(zipped, infos, manifest)
    return Archive(zipped, infos, manifest)


def _refuse(where: str, sentence: str, cause: Exception | None = None) -> Never:
    raise CourseFileRefused([Remark(where, sentence)]) from cause


def _wrong_entry(entry: zipfile.ZipInfo) -> str:
    """Why a file is not let in, by what the list at the end of the zip file says of it; or nothing."""
    mode = stat.S_IFMT(entry.external_attr >> 16)
    most = MOST_BYTES_OF_TEXT if entry.filename.endswith(".json") else MOST_BYTES_OF_A_FILE
    is_named_well = NAME.fullmatch(entry.filename) and entry.orig_filename == entry.filename
    swells = entry.file_size > SMALL and entry.file_size > entry.compress_size * MOST_TIMES_SMALLER
    found = {
        _("A course file has no file of this name."): not is_named_well,
        _("This file is locked with a password. Please export it without one."): entry.flag_bits & 0x1,
        _("This is not an ordinary file."): mode not in (0, stat.S_IFREG),
        _("This file is packed in a way that is not known here."): entry.compress_type not in PACKED,
        _("This file is larger than %s.") % filesizeformat(most): entry.file_size > most,
        _("This file unpacks to far more than it should."): swells,
    }
    return next((sentence for sentence, is_wrong in found.items() if is_wrong), "")


def _read(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with zipped.open(info) as opened:
            content = opened.read(info.file_size + 1)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as damaged:
        _refuse(
            info.filename, _("This file was damaged on the way. Please export the course again."), damaged
        )
    except Exception as damaged:  # zlib.error is no OSError
        if type(damaged).__module__ != "zlib":
            raise
        _refuse(
            info.filename, _("This file was damaged on the way. Please export the course again."), damaged
        )
    if len(content) != info.file_size:
        _refuse(info.filename, _("This file is larger than it says."))
    return content


def _parse(name: str, content: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8, strictly."""
    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as wrong:
        _refuse(name, _("Line %(line)d is not well-formed JSON.") % {"line": wrong.lineno}, wrong)
    except (UnicodeDecodeError, _Twice, ValueError, RecursionError) as wrong:
        _refuse(name, _("This is not well-formed JSON."), wrong)
    if not isinstance(data, dict):
        _refuse(name, _("This does not hold what it should."))
    if b"\\u0000" in content:
        _refuse(name, _("This holds characters that no text may have."))
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _no_number(name: str) -> Never:
    raise ValueError(name)


def _check_manifest(
    zipped: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], manifest: dict[str, Any]
) -> None:
    if manifest.get("format") != FORMAT:
        _refuse(MANIFEST, _("This is not a course file."))
    if manifest.get("version") != VERSION or isinstance(manifest.get("version"), bool):
        _refuse(
            MANIFEST,
            _("This course file has version %(version)s. This site reads version %(known)d.")
            % {"version": str(manifest.get("version"))[:20], "known": VERSION},
        )
    sums = manifest.get("files")
    if not isinstance(sums, dict) or not all(isinstance(value, str) for value in sums.values()):
        _refuse(MANIFEST, _("The list of files is missing."))
    there = set(infos) - {MANIFEST}
    remarks = [Remark(name[:80], _("This file is missing.")) for name in sorted({*sums, COURSE} - there)]
    remarks += [
        Remark(name, _("This file is not in the list of files.")) for name in sorted(there - set(sums))
    ]
    if not remarks:
        remarks = [
            Remark(name, _("This file is not the one that was exported: its sum is another."))
            for name in sorted(there)
            if hashlib.sha256(_read(zipped, infos[name])).hexdigest() != sums[name]
        ]
    if remarks:
        raise CourseFileRefused(remarks)
