"""Bodies of requests that are small on the way and large where they arrive: containers, codings, forms and workbooks, made by
hand where no program would write them."""

import io
import struct
import zipfile
import zlib

XLSX_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default
Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"
ContentType="application/xml"/><Override PartName="/xl/workbook.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)

END, FREE, SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 512


# --- text -----------------------------------------------------------------------------------------------------------


def lines(parts):
    return "\n".join(parts).encode() + b"\n"


def names(count, prefix="c"):
    return [f"{prefix}{i}" for i in range(count)]


def grid(rows, columns, cell="1", key="g", label=str):
    """CSV with a column of groups, all different, and `columns` equal cells in each row."""
    row = f",{cell}" * columns
    return lines([",".join([key, *names(columns)]), *(f"{label(i)}{row}" for i in range(rows))])


def short_records(rows, columns, cells=1):
    """CSV whose records have a group and a few cells of many columns."""
    row = ",1" * cells
    return lines([",".join(["g", *names(columns)]), *(f"{i:x}{row}" for i in range(rows))])


def sparse_records(groups, columns):
    """NDJSON: each record has a group and one column of its own."""
    return lines(f'{{"g":{i % groups},"c{i % columns}":1}}' for i in range(max(groups, columns)))


# --- codings --------------------------------------------------------------------------------------------------------


def gzip_repeated(block, repeats, level=9):
    """gzip of a block repeated; it is compressed once, so that what it becomes may be large."""
    coder = zlib.compressobj(level, zlib.DEFLATED, -15)
    part = coder.compress(block) + coder.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(repeats):
        check = zlib.crc32(block, check)
    end = struct.pack("<II", check, len(block) * repeats & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + part * repeats + b"\x03\0" + end


def gzip_stream(parts):
    """gzip of parts that differ, made one by one."""
    coder = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(coder.compress(part) for part in parts), coder.flush()])


def gzip_members(texts):
    """A gzip file of a member for each text."""
    return b"".join(gzip_repeated(text, 1) for text in texts)


def zstd_runs(byte, blocks, window=0x58):
    """A Zstandard frame of runs: each takes four bytes and becomes 128 KiB (RFC 8878, 3.1.1.2)."""
    size = 1 << 17
    run = struct.pack("<I", size << 3 | 1 << 1)[:3] + byte
    last = struct.pack("<I", size << 3 | 1 << 1 | 1)[:3] + byte
    return b"\x28\xb5\x2f\xfd\x00" + bytes([window]) + run * (blocks - 1) + last


def brotli_runs(byte, blocks):
    """Brotli meta-blocks of 16 MiB of one literal, whose prefix codes have one symbol and no bits (RFC 7932, 9.2)."""
    bits = [(0b1111, 4)]  # a window of 16 MiB
    size = 1 << 24
    for _ in range(blocks):
        bits += [(0, 1), (2, 2), (size - 1, 24), (0, 1)]  # not last, six nibbles of length, compressed
        bits += [(0, 1)] * 3 + [(0, 2), (0, 4), (0, 2), (0, 1), (0, 1)]  # a block type each, no postfix, a tree each
        for symbol, width in ((byte, 8), (504, 10), (0, 6)):  # literals, insert code 23, distances: simple codes
            bits += [(1, 2), (0, 2), (symbol, width)]
        bits += [(size - 22594, 24)]  # the length of the insertion
    bits += [(1, 1), (1, 1)]  # the last one, empty
    value = at = 0
    out = bytearray()
    for number, width in bits:
        value |= number << at
        at += width
        while at >= 8:
            out.append(value & 255)
            value, at = value >> 8, at - 8
    return bytes(out) + bytes([value])


# --- forms ----------------------------------------------------------------------------------------------------------

BOUNDARY = "xxhold"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form(parts):
    """A form of (name, file name or None, content)."""
    out = io.BytesIO()
    for name, file, content in parts:
        file = "" if file is None else f'; filename="{file}"'
        out.write(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode())
        out.write(content + b"\r\n")
    return out.getvalue() + f"--{BOUNDARY}--\r\n".encode()


# --- workbooks ------------------------------------------------------------------------------------------------------


def archive(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def xlsx(*sheets, strings=None):
    """A workbook of these sheets, each the XML inside of `worksheet`."""
    ids = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="s{i}" sheetId="{i}" r:id="r{i}"/>' for i in ids)
    related = "".join(f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/s{i}.xml"/>' for i in ids)
    members = []
    if strings is not None:
        related += f'<Relationship Id="rs" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        members = [("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')]
    root = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return archive(
        [
            ("[Content_Types].xml", XLSX_TYPES),
            ("_rels/.rels", f'<Relationships xmlns="{RELATIONSHIPS}">{root}</Relationships>'),
            ("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'),
            ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{RELATIONSHIPS}">{related}</Relationships>'),
            *members,
            *((f"xl/worksheets/s{i}.xml", f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>') for i, sheet in zip(ids, sheets)),
        ]
    )


def rows(*contents):
    return "<sheetData>" + "".join(f"<row>{cells}</row>" for cells in contents) + "</sheetData>"


def text_cell(text):
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def ods(*tables):
    """An OpenDocument spreadsheet of these tables, each the XML inside of `table:table`."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = "".join(f'<table:table table:name="t{i}">{table}</table:table>' for i, table in enumerate(tables))
    document = f"<office:document-content {ODS_NAMES}><office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>"
    manifest = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return archive([("mimetype", kind), ("META-INF/manifest.xml", manifest), ("content.xml", document)])


def ods_row(cells, repeated=1):
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def ods_number(value, repeated=1):
    return f'<table:table-cell office:value-type="float" office:value="{value}" table:number-columns-repeated="{repeated}"/>'


def ods_text(text, repeated=1):
    return f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'


def record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def xls(cells, sst=None):
    """A workbook of Excel 97: a compound file with one sheet of the records `cells` (MS-CFB, MS-XLS)."""

    def stream(shared):
        bof = [record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6)) for kind in (5, 0x10)]
        before = bof[0] + record(0x42, struct.pack("<H", 1200))
        size = len(before) + len(record(0x85, b"\0" * 10)) + len(shared) + 4
        sheet = record(0x85, struct.pack("<IHBB", size, 0, 2, 0) + b"s1")
        return before + sheet + shared + record(0x0A) + bof[1] + cells + record(0x0A)

    content = stream(sst or b"")
    content += b"\0" * (max(4096, -(-len(content) // SECTOR) * SECTOR) - len(content))
    sectors = len(content) // SECTOR
    fats = 1
    while fats * 128 < sectors + fats + 1:
        fats += 1
    table = [*range(1, sectors), END, END] + [0xFFFFFFFD] * fats
    table += [FREE] * (fats * 128 - len(table))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, fats, sectors, 0, 4096, END, 0, END, 0)
    first = [sectors + 1 + i for i in range(fats)]
    assert fats <= 109, "a compound file of more needs further tables"
    head += struct.pack("<109I", *(first + [FREE] * (109 - fats)))

    def entry(name, kind, child, start, size):
        text = name.encode("utf-16le") + b"\0\0"
        fields = struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        return text.ljust(64, b"\0") + fields + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 0, len(content))
    return head + content + directory.ljust(SECTOR, b"\0") + struct.pack(f"<{len(table)}I", *table)


# --- Parquet --------------------------------------------------------------------------------------------------------


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


class I32(int):
    """A number of 32 bits; others have 64."""


class Struct(bytes):
    """An encoded struct."""


def thrift(**fields):
    """A struct in Thrift's compact protocol, its fields by their number: f1=…, f2=…"""
    out, last = bytearray(), 0
    for name, value in fields.items():
        at = int(name[1:])
        out.append(at - last << 4 | thrift_kind(value))
        out += thrift_value(value)
        last = at
    return Struct(bytes(out) + b"\0")


def thrift_kind(value):
    return next(kind for of, kind in ((Struct, 12), (bytes, 8), (list, 9), (I32, 5), (int, 6)) if isinstance(value, of))


def thrift_value(value):
    if isinstance(value, list):
        head = bytes([15 << 4 | thrift_kind(value[0])]) + varint(len(value))
        return head + b"".join(map(thrift_value, value))
    if isinstance(value, int):
        return varint(value << 1)
    return bytes(value) if isinstance(value, Struct) else varint(len(value)) + value


def parquet(values_in_page, pages=1, groups=1, columns=1, claimed_rows=None):
    """Columns of one repeated double: a dictionary of one value, and runs of its index, which take some bytes a page."""

    def page(kind, content, **head):
        return thrift(f1=I32(kind), f2=I32(len(content)), f3=I32(len(content)), **head) + content

    start = page(2, struct.pack("<d", 1.5), f7=thrift(f1=I32(1), f2=I32(0)))
    values = thrift(f1=I32(values_in_page), f2=I32(8), f3=I32(3), f4=I32(3))
    chunk = start + page(0, b"\x01" + varint(values_in_page << 1) + b"\0", f5=values) * pages
    total = values_in_page * pages

    def column(i):
        encodings, offset = [I32(0), I32(8)], 4 + len(start)
        data = thrift(
            f1=I32(5), f2=encodings, f3=[b"c%d" % i], f4=I32(0), f5=total, f6=len(chunk), f7=len(chunk), f9=offset, f11=4
        )
        return thrift(f2=4, f3=data)

    group = thrift(f1=[column(i) for i in range(columns)], f2=len(chunk), f3=total)
    schema = [thrift(f4=b"s", f5=I32(columns)), *(thrift(f1=I32(5), f3=I32(0), f4=b"c%d" % i) for i in range(columns))]
    footer = thrift(f1=I32(1), f2=schema, f3=claimed_rows or total * groups, f4=[group] * groups)
    return b"PAR1" + chunk + footer + struct.pack("<I", len(footer)) + b"PAR1"
