"""What a file must not be. Looked for in a stream, before any parser builds anything of it.

So memory and time are bounded by these limits and not by what a parser makes of a hostile file: decision 0032.
"""

from __future__ import annotations

import codecs
import io
import lzma
import re
import stat
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat

MAX_MEMBERS = 100
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
# A workbook of equal rows packs to a fiftieth. Below the first megabyte no ratio is worth a thought.
MAX_RATIO = 200
FREE_OF_RATIO_BYTES = 1 << 20
# Styles, names and links become objects of a kilobyte each; the rows and the texts of the sheets do not.
MAX_DESCRIBING_ELEMENTS = 100_000
MAX_SHARED_TEXTS = 2_000_000
MAX_DEPTH = 50
# One file, sent in or out of an archive.
MAX_FILE_BYTES = 50 * 1024 * 1024
# What a spreadsheet's cell holds at most.
MAX_CELL = 32_767
MAX_LINE_BYTES = 1 << 20
CHUNK = 1 << 16
# So much of a part without an element is one enormous text, comment or attribute.
MAX_SILENT_CHUNKS = 4

# What zipfile raises over bytes that are no archive. A ValueError: a file name that is not the UTF-8 it says it is.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
READ_COMPRESSIONS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# Control characters that no text has. A tab and the ends of lines are not among them, nor is what old systems end with.
CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
PROGRAMS = re.compile(r"vba|macrosheets/|dialogsheets/|activex/|ctrlprops/|\.(exe|dll|js|vbs|ps1|bat|scr)$", re.I)
ELSEWHERE = re.compile(r"externallinks/|embeddings/|connections\.xml$|querytables/|oleobject|webextensions/", re.I)
# The only parts that are no XML.
PICTURES = re.compile(r"\.(png|jpe?g|gif|bmp|tiff?|emf|wmf)$|printersettings/[^/]+\.bin$", re.I)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.I)
SHARED_TEXTS = "xl/sharedstrings.xml"

NOT_A_KIND = "Filen är varken CSV, XLSX eller ZIP. Spara den som något av det."
BROKEN = "Arkivet är skadat. Skapa det på nytt."
UNREADABLE_BOOK = "Arbetsboken går inte att läsa. Spara den på nytt som XLSX eller CSV."
MACROS = "Arbetsboken har makron. Spara den som XLSX utan makron."
LINKED = "Arbetsboken hämtar uppgifter någon annanstans ifrån. Spara den med bara värdena."
TOO_LARGE = f"Arkivet är för stort. Högst {MAX_MEMBERS} filer och {MAX_UNPACKED_BYTES >> 20} MB uppackat läses."
TOO_LONG_CELL = f"En cell är för lång. Högst {MAX_CELL} tecken läses: korta den."


class CannotRead(Exception):
    """The argument is the sentence."""


@dataclass(frozen=True)
class SourceFile:
    """A file as it came in."""

    name: str
    content: bytes


@dataclass
class Room:
    """What is left for all the files of a call: bytes to unpack, and time."""

    seconds: float
    bytes_left: int = MAX_UNPACKED_BYTES
    begun: float = field(default_factory=time.monotonic)

    def check_time(self) -> None:
        if time.monotonic() - self.begun > self.seconds:
            raise CannotRead("Filen tar för lång tid att läsa. Dela upp den, eller spara den som CSV.")

    def unpack(self, size: int) -> None:
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise CannotRead(TOO_LARGE)


def is_zip(file: SourceFile) -> bool:
    return file.content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def is_workbook(file: SourceFile) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except BROKEN_ARCHIVE:
        return False


def open_zip(file: SourceFile, room: Room) -> zipfile.ZipFile:
    """The archive, when nothing in its directory is hostile and every member unpacks to what it says that it is."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.content))
        infos = archive.infolist()
        # zipfile never unpacks more of a member than it declares, so the declared sizes can be trusted.
        room.unpack(sum(info.file_size for info in infos))
        _refuse_directory(infos)
        for info in infos:
            with archive.open(info) as member:
                while member.read(CHUNK):
                    room.check_time()
    except BROKEN_ARCHIVE:
        raise CannotRead(BROKEN) from None
    return archive


def _refuse_directory(infos: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & 1 for info in infos):
        raise CannotRead("Arkivet är lösenordsskyddat. Packa upp det och läs in filerna.")
    if len(infos) > MAX_MEMBERS:
        raise CannotRead(TOO_LARGE)
    for info in infos:
        if info.file_size > max(FREE_OF_RATIO_BYTES, MAX_RATIO * info.compress_size):
            raise CannotRead(f"Arkivet är packat mer än {MAX_RATIO} gånger. Läs in filerna utan att packa dem.")
        if info.compress_type not in READ_COMPRESSIONS:
            raise CannotRead("Arkivet är packat på ett ovanligt sätt. Skapa det på nytt som en vanlig ZIP-fil.")
        if stat.S_ISLNK(info.external_attr >> 16) or _leads_out(info.filename):
            raise CannotRead("Arkivet har ett filnamn som leder till en annan mapp. Skapa det på nytt.")
    names = [info.filename.lower() for info in infos]
    starts = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in infos)
    overlapping = any(end > start for (_, end), (start, _) in pairwise(starts))
    if len(set(names)) < len(names) or overlapping:
        raise CannotRead("Arkivet har samma fil flera gånger. Skapa det på nytt.")


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name or ":" in name or "\x00" in name


def refuse_hostile_workbook(file: SourceFile, room: Room) -> None:
    """Read every part of the workbook once, as events. Raises CannotRead at what it must not hold."""
    with open_zip(file, room) as archive:
        for info in archive.infolist():
            if PROGRAMS.search(info.filename):
                raise CannotRead(MACROS)
            if ELSEWHERE.search(info.filename):
                raise CannotRead(LINKED)
        describing = _Part()
        for info in archive.infolist():
            name = info.filename.lower()
            with archive.open(info) as content:
                if PICTURES.search(name):
                    _refuse_markup(content.read(CHUNK))
                else:
                    streamed = SHEET.fullmatch(name) or name == SHARED_TEXTS
                    _read_events(content, _Part(name) if streamed else describing, room)


def _refuse_markup(start: bytes) -> None:
    """A picture that begins as XML could be named as a sheet."""
    if start.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        raise CannotRead(UNREADABLE_BOOK)


@dataclass
class _Part:
    """What has been seen of a part of a workbook. The describing ones are counted together."""

    name: str = ""
    depth: int = 0
    elements: int = 0
    silent: int = field(default=0)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        self.silent = 0
        if self.depth > MAX_DEPTH:
            raise CannotRead(UNREADABLE_BOOK)
        if self.name:
            if tag == "f" or tag.endswith(":f"):
                raise CannotRead("Arbetsboken har formler. Klistra in värdena i stället och spara den på nytt.")
        elif attributes.get("TargetMode") == "External" and not attributes.get("Type", "").endswith("/hyperlink"):
            raise CannotRead(LINKED)
        elif "macroenabled" in attributes.get("ContentType", "").lower():
            raise CannotRead(MACROS)

    def end(self, _tag: str) -> None:
        self.depth -= 1
        self.silent = 0

    def refuse_too_much(self) -> None:
        self.silent += 1
        if self.silent > MAX_SILENT_CHUNKS:
            raise CannotRead(TOO_LONG_CELL)
        if not self.name and self.elements > MAX_DESCRIBING_ELEMENTS:
            raise CannotRead("Arbetsboken har för många format. Spara den som CSV.")
        if self.name == SHARED_TEXTS and self.elements > MAX_SHARED_TEXTS:
            raise CannotRead("Arbetsboken har för många texter. Spara den som CSV.")


def _read_events(content: IO[bytes], part: _Part, room: Room) -> None:
    part.depth = part.silent = 0
    parser = expat.ParserCreate()
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    # Without a document type there are no entities, so nothing to expand and nothing to fetch.
    parser.StartDoctypeDeclHandler = _refuse
    parser.XmlDeclHandler = _refuse_encoding
    try:
        while chunk := content.read(CHUNK):
            parser.Parse(chunk, False)
            part.refuse_too_much()
            room.check_time()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):
        raise CannotRead(UNREADABLE_BOOK) from None


def _refuse(*_declaration: object) -> None:
    raise CannotRead(UNREADABLE_BOOK)


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Bytes that mean one thing to one reader must not mean another to the next."""
    if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii", "ascii"):
        raise CannotRead(UNREADABLE_BOOK)


def encoding_of(content: bytes) -> str:
    """The encoding of a text. Raises CannotRead over what is no text, whatever the file is called."""
    if not content.strip():
        raise CannotRead("Filen är tom.")
    if content.startswith(OLD_OFFICE):
        raise CannotRead("Arbetsboken är låst, eller sparad i Excels gamla format. Spara den utan lösenord som XLSX.")
    guesses = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    encoding = next((guess for guess in guesses if _is_text(content, guess)), None)
    if encoding is None:
        raise CannotRead(NOT_A_KIND)
    return encoding


def _is_text(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 0
    try:
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            if CONTROLS.search(decoder.decode(chunk)):
                return False
            # The last end of line in the chunk begins the count anew.
            line = len(chunk) - 1 - at if (at := max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))) >= 0 else line + CHUNK
            if line > MAX_LINE_BYTES:
                raise CannotRead("En rad i filen är för lång. Spara den på nytt som CSV eller XLSX.")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
