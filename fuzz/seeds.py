#!/usr/bin/env python3
"""Writes the seeds of the targets workbook, parquet, state, multipart, decompression and options; most are not text.

Needs pyarrow, brotli and zstandard, and for states the program (`cargo build`). A seed is a line of options (of codings for decompression) and a file; the comment beside it
says which part of the reader it leads to.
"""

import decimal
import gzip
import io
import pathlib
import struct
import subprocess
import zlib

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

CORPUS = pathlib.Path(__file__).parent / "corpus"


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(exist_ok=True)
    for name, (options, content) in seeds.items():
        (folder / name).write_bytes(options.encode() + b"\n" + content)


# --- workbooks ----------------------------------------------------------------------------------------------------


def parts(**contents):
    """Parts of a ZIP archive, as the target composes them; __ in a name is /, and _ is a dot."""
    return b"\n".join(f"=== {name.replace('__', '/').replace('_', '.')}\n{content}".encode() for name, content in contents.items())


def xlsx(rows, book='<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>', sheet="", **more):
    relations = {"r1": ("worksheet", "s.xml"), "r2": ("sharedStrings", "t.xml"), "r3": ("styles", "y.xml")}
    related = "".join(f'<Relationship Id="{id}" Type="x/{kind}" Target="{place}"/>' for id, (kind, place) in relations.items())
    text = parts(xl__b_xml=book, xl__s_xml=f"<worksheet><sheetData>{rows}</sheetData>{sheet}</worksheet>", **more)
    # The names of these begin with a mark of their own.
    return (b'=== _rels/.rels\n<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/b.xml"/></Relationships>\n'
            + f"=== xl/_rels/b.xml.rels\n<Relationships>{related}</Relationships>\n".encode() + text)


def row(*cells):
    return "<row>" + "".join(cell if cell.startswith("<") else f"<c><v>{cell}</v></c>" for cell in cells) + "</row>"


def text(value):
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def ods(table):
    return parts(mimetype="application/vnd.oasis.opendocument.spreadsheet",
                 content_xml="<office:document-content><office:body><office:spreadsheet>" + table
                 + "</office:spreadsheet></office:body></office:document-content>")


def ods_cell(value, more=""):
    return f'<table:table-cell office:value-type="float" office:value="{value}"{more}/>'


def ods_text(value):
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def record(id, body=b""):
    return struct.pack("<HH", id, len(body)) + body


def cell(id, row, column, value, style=0):
    return record(id, struct.pack("<HHH", row, column, style) + value)


def biff_text(value):
    return struct.pack("<HB", len(value), 0) + value.encode("latin-1")


def xls(*cells, globals=b""):
    """A sheet of BIFF8 in the stream of a compound file."""
    begin = lambda kind: record(0x0809, struct.pack("<HHHH", 0x0600, kind, 0x0DBB, 0x07CC) + bytes(8))
    entry = lambda place: record(0x0085, struct.pack("<IBB", place, 0, 0) + b"\x01\x00S")
    head, end = begin(5) + globals, record(0x000A)
    place = len(head) + len(entry(0)) + len(end)
    return b"=== Workbook\n" + head + entry(place) + end + begin(0x10) + b"".join(cells) + end


def shared(*texts):
    return record(0x00FC, struct.pack("<II", len(texts), len(texts)) + b"".join(biff_text(each) for each in texts))


def packed(number):
    return struct.pack("<I", number << 2 | 2)


write("workbook", {
    # Cells with numbers and with texts of their own.
    "xlsx": ("column=m&group_by=g", xlsx(row(text("g"), text("m")) + row(text("a"), "41") + row(text("b"), "5.55e1") + row(text("a"), "-2"))),
    # Texts shared by number, rich text, and one that does not exist.
    "xlsx_shared": ("absent=X", xlsx(row('<c t="s"><v>0</v></c>') + row('<c t="s"><v>1</v></c>') + row("7") + row('<c t="s"><v>9</v></c>'),
                                     xl__t_xml="<sst><si><t>m</t></si><si><r><t>X</t></r><rPh><t>y</t></rPh></si></sst>")),
    # Addresses that leave out rows and columns, repeat them, and lie at the edge.
    "xlsx_places": ("", xlsx('<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="9"><c r="A9"><v>3</v></c></row>'
                             '<row r="1048576"><c r="XFD1048576"><v>4</v></c></row>')),
    # Formulas with and without a stored result, errors, truths, references to characters.
    "xlsx_kinds": ("invalid=missing", xlsx(row(text("m&#x41;&amp;")) + row("<c><f>A1</f><v>3</v></c>") + row("<c><f>A1</f></c>")
                                           + row('<c t="e"><v>#N/A</v></c>') + row('<c t="b"><v>1</v></c>') + row('<c t="d"><v>2024-01-05</v></c>'))),
    # Dates by the format of their style, in the calendar of 1904.
    "xlsx_dates": ("group_by=d", xlsx(row(text("d"), text("m")) + row('<c s="1"><v>60</v></c>', "1") + row('<c s="2"><v>1.5</v></c>', "2"),
                                      book='<workbook><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
                                      xl__y_xml='<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts><cellXfs>'
                                      '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>')),
    # Merged cells hold the value of the first; the sheet is chosen by its number.
    "xlsx_merged": ("group_by=g&sheet=1", xlsx(row(text("g"), text("m")) + row(text("a"), "1") + row("<c/>", "2"),
                                               sheet='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')),
    # Two sheets, one hidden, as one table.
    "xlsx_sheets": ("sheet=*", xlsx(row(text("m")) + row("1"), book='<workbook><sheets><sheet name="S" r:id="r1"/>'
                                    '<sheet name="T" state="hidden" r:id="r1"/></sheets></workbook>')),
    # Cells and rows that are repeated, of which some kilobytes can claim billions.
    "ods": ("column=m", ods('<table:table table:name="S"><table:table-row>' + ods_text("m") + '</table:table-row><table:table-row '
                            'table:number-rows-repeated="3">' + ods_cell("1.5", ' table:number-columns-repeated="2"')
                            + '</table:table-row></table:table>')),
    # Percentages, dates, spaces and notes in cells.
    "ods_kinds": ("", ods("<table:table><table:table-row>" + ods_text('m<text:s text:c="3"/>n') + "</table:table-row><table:table-row>"
                          '<table:table-cell office:value-type="percentage" office:value="0.5"><office:annotation><text:p>9</text:p>'
                          '</office:annotation></table:table-cell></table:table-row><table:table-row><table:table-cell '
                          'office:value-type="date" office:date-value="2024-01-05"/></table:table-row></table:table>')),
    # Doubles, shared texts, a blank cell.
    "xls": ("column=m", xls(cell(0xFD, 0, 0, struct.pack("<I", 0)), cell(0x0203, 1, 0, struct.pack("<d", 41)),
                            cell(0x0201, 2, 0, b""), cell(0x0203, 3, 0, struct.pack("<d", 0.1)), globals=shared("m", "n"))),
    # Numbers of four bytes, several in a record, and a text of its own.
    "xls_packed": ("", xls(cell(0x0204, 0, 0, biff_text("m")), record(0xBD, struct.pack("<HH", 1, 0) + b"\0\0" + packed(5) + b"\0\0" + packed(6)
                                                                       + struct.pack("<H", 1)), cell(0x027E, 2, 0, packed(7)))),
    # Results of formulas: a number, a text in the next record, a truth, an error.
    "xls_formulas": ("invalid=missing", xls(cell(6, 0, 0, bytes([0, 0, 0, 0, 0, 0, 255, 255]) + bytes(8)), record(0x0207, biff_text("m")),
                                            cell(6, 1, 0, struct.pack("<d", 2.5) + bytes(8)), cell(6, 2, 0, bytes([1, 0, 1, 0, 0, 0, 255, 255]) + bytes(8)),
                                            cell(6, 3, 0, bytes([2, 0, 42, 0, 0, 0, 255, 255]) + bytes(8)), cell(0x0205, 4, 0, b"\x2a\x01"))),
    # A text that is cut and goes on in another width, and dates by a built-in format.
    "xls_continued": ("", xls(cell(0xFD, 0, 0, struct.pack("<I", 0)), cell(0x0203, 1, 0, struct.pack("<d", 61), 0),
                              globals=record(0xE0, struct.pack("<HH", 0, 14) + bytes(16)) + record(0xFC, struct.pack("<IIHB", 1, 1, 4, 0) + b"ma")
                              + record(0x3C, b"\x01r\0k\0"))),
    # A text with a control character behind the bytes by which a declared format is judged.
    "text": ("", b"m\n" + b"1\n" * 300 + b"\0"),
    # An archive with one file, which is read as that file.
    "zip": ("", parts(marks_csv="m\n1\n2.5\n")),
})


# --- Parquet ------------------------------------------------------------------------------------------------------


def parquet(table, **settings):
    bytes = io.BytesIO()
    settings = {"compression": "none", "use_dictionary": False, "write_statistics": False, "store_schema": False} | settings
    pq.write_table(table, bytes, **settings)
    return bytes.getvalue()


MARKS = pa.table({"g": ["a", "b", "a", None], "m": pa.array([41, None, 55, -7], pa.int32())})
write("parquet", {
    # Plain values, some of them missing.
    "plain": ("column=m&group_by=g", parquet(MARKS)),
    # Indices into a dictionary.
    "dictionary": ("column=m&group_by=g", parquet(MARKS, use_dictionary=True)),
    # Pages of the second version with the encodings by differences, and checksums.
    "deltas": ("", parquet(pa.table({"i": pa.array([1, 2, 4, 1 << 20], pa.int64()), "s": ["x", "xy", "xyz", "q"], "t": ["p", "pq", "", "r"]}),
                           data_page_version="2.0", write_page_checksum=True,
                           column_encoding={"i": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY", "t": "DELTA_LENGTH_BYTE_ARRAY"})),
    # Floats by their bytes.
    "split": ("", parquet(pa.table({"f": pa.array([0.5, 0.1, 1e300, float("inf")])}), column_encoding={"f": "BYTE_STREAM_SPLIT"})),
    # Decimals in four bytes and in sixteen.
    "decimals": ("", parquet(pa.table({"d": pa.array([decimal.Decimal("1.25"), None], pa.decimal128(9, 2)),
                                       "e": pa.array([decimal.Decimal("-1e20"), decimal.Decimal(3)], pa.decimal128(38, 3))}),
                             store_decimal_as_integer=True)),
    # Days, times and truths.
    "dates": ("group_by=d", parquet(pa.table({"d": pa.array([1, 40000], pa.date32()), "t": pa.array([1, 2], pa.timestamp("us", "UTC")),
                                              "b": [True, False], "m": pa.array([1, 2], pa.uint8())}))),
    # Halves, and columns that cannot be described: lists and records.
    "nested": ("column=h", parquet(pa.table({"h": pa.array([1, 2], pa.float16()), "l": [[1, 2], []], "r": [{"x": 1}, None]}))),
    # Two row groups.
    "groups": ("column=m", parquet(MARKS, row_group_size=2)),
    # Each compression of pages.
    **{name: ("column=m", parquet(MARKS.select(["m"]), compression=name)) for name in ("snappy", "gzip", "brotli", "lz4", "zstd")},
    # No rows.
    "empty": ("", parquet(MARKS.slice(0, 0))),
})


# --- forms --------------------------------------------------------------------------------------------------------


def form(*fields, end="--cut--\r\n"):
    body = "".join(f"--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n" for head, content in fields)
    return (body + end).encode()


write("multipart", {
    # An option, then the file.
    "file": ("", form(('name="column"', "m"), ('name="file"; filename="a.csv"', "m,n\n1,2\n3,4\n"))),
    # An option after the file, which is then read again.
    "late": ("ddof=0", form(('name="file"; filename="a.csv"', "g,m\na,1\nb,2\n"), ('name="group_by"', "g"))),
    # Two files of one data set, grouped by their names.
    "files": ("group_by=file", form(('name="files"; filename="a.csv"', "m\n1\n"), ('name="files"; filename="b.csv"', "m\n2\n"))),
    # A type, a name in the extended form, a name with a folder and quotes.
    "types": ("", form(('name=file; filename*=UTF-8\'\'n%C3%A9.json\r\nContent-Type: application/json; charset=utf-8', "[1, 2.5]"),
                       ('name="again"; filename="C:\\\\x\\\\\\"y\\".txt"\r\nContent-Type: text/plain', "3 4"))),
    # Text before the first boundary and after the last, blanks behind boundaries, line ends and boundaries in a file.
    "boundaries": ("", b"before\r\n--cut \r\n" + form(('name="f"; filename="a"', "1\r\n--\r\n--cu\r\n-- cut\r\n2"), end="--cut--after").removeprefix(b"--cut\r\n")),
    # No name of a file, and an empty field, as browsers send a field that was left out.
    "blank": ("", form(('name="file"; filename=""\r\nContent-Type: application/octet-stream', ""), ('name="bins"', ""),
                       ('name="file"; filename="a"', "5 6"))),
    # A file after an error, numbers in a field, a body that breaks off.
    "numbers": ("", form(('name="file"; filename="a.csv"', "m\nx\n"), ('name="numbers"', "5"))),
    "truncated": ("", form(('name="file"; filename="a.csv"', "m\n1\n"), end="")),
})


# --- compressed data ----------------------------------------------------------------------------------------------

NUMBERS = b"5\n6.25\n-1e-3\n"
TABLE = b"g,m\na,1\nb,2\na,3\n" * 3
raw = zlib.compressobj(wbits=-15)
# A member of gzip with each optional part of its header: a field, a name, a comment, a checksum of the header.
head = b"\x1f\x8b\x08\x1e" + bytes(4) + b"\0\x03" + b"\x04\0ab\0\0" + b"name\0comment\0"
member = gzip.compress(NUMBERS, mtime=0)
write("decompression", {
    # Each coding; deflate with and without the header of zlib.
    "gzip": ("gzip", gzip.compress(TABLE, mtime=0)),
    "zlib": ("deflate", zlib.compress(TABLE)),
    "deflate": ("deflate", raw.compress(TABLE) + raw.flush()),
    "zstd": ("zstd", zstandard.ZstdCompressor(write_checksum=True).compress(TABLE)),
    "brotli": ("br", brotli.compress(TABLE)),
    # Found by their first bytes.
    "detected": ("", member),
    "detected_zstd": ("", zstandard.compress(NUMBERS)),
    # Several members and frames, one of them to be passed over.
    "members": ("gzip", member + gzip.compress(b"7\n", mtime=0)),
    "frames": ("zstd", zstandard.compress(NUMBERS) + struct.pack("<II", 0x184D2A50, 3) + b"abc" + zstandard.compress(b"7\n")),
    # A header with all its parts.
    "header": ("gzip", head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + member[10:]),
    # One coding upon the other.
    "two": ("gzip,br", brotli.compress(member)),
    # More than the limit from few bytes.
    "large": ("gzip", gzip.compress(b"1 " * 50_000, mtime=0)),
    # Cut before its checksum, and bytes behind the end.
    "truncated": ("gzip", member[:-6]),
    "trailing": ("deflate", zlib.compress(NUMBERS) + b"xyz"),
    # Not compressed at all.
    "plain": ("gzip", NUMBERS),
})


# --- states -------------------------------------------------------------------------------------------------------


def state(data, *options):
    """Content of a state, to which the target adds the checksum."""
    program = pathlib.Path(__file__).parent.parent / "target" / "debug" / "describe-api"
    command = [program, "describe", "--format", "state", *options]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout[:-32]


MARKS = b"cohort,mark,weight\na,41,1\na,55.5,2\nb,X,1\nb,,1\na,70,1\n,-3e2,1\n"
GROUPED = ("--column", "mark", "--group-by", "cohort", "--absent", "X")
write("state", {
    "numbers": ("statistics=all", state(b"[5, 6.5, null, -1e3]")),
    "sums": ("", state(b"[5, 6.5, 1e300]", "--statistics", "scipy")),
    "groups": ("totals=true&statistics=all", state(MARKS, *GROUPED)),
    "columns": ("overall=1", state(MARKS, "--column", "mark", "--column", "weight", "--invalid", "missing")),
    # More distinct values than the limit of the program that makes the state: bins.
    "bins": ("statistics=median", state(b"1 2 3 4 5 6 7 8 9.123", "--max-distinct", "4")),
    "frequencies": ("compare=true", state(MARKS, *GROUPED, "--weights", "weight")),
    "reliability": ("statistics=all", state(MARKS, *GROUPED, "--weights", "weight", "--weight-type", "reliability")),
    # Warnings about titles and notes.
    "warnings": ("", state(b"Marks of 2024\n\n" + MARKS + b"\nSource: the board\n", *GROUPED)),
    "publication": ("publish=ofqual&group_by=x", state(MARKS, *GROUPED)),
})


# --- options ------------------------------------------------------------------------------------------------------


def options(name, *lines):
    folder = CORPUS / "options"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(line + "\n" for line in lines))


# Every statistic, of groups that are compared.
options("compared", "statistics=all", "column=mark", "group_by=cohort", "compare=true", "overall=true", "absent=X", "baseline=cohort:a")
options("weighted", "statistics=all", "column=mark", "weights=weight", "weight_type=frequency", "invalid=missing", "confidence=0.99")
# Parameters of statistics.
options("parameters", "statistics=trimmed_mean", "statistics=winsorized_mean", "statistics=mad", "trim=0.25", "quantiles=0.05", "quantiles=1",
        "quantile_method=hazen", "ddof=0", "bias=false", "maximum=100", "absent=X", "column=mark")
options("bins", "bins=5", "range=0", "range=100", "boundaries=A:40", "boundaries=B:50", "absent=X", "column=mark")
options("convention", "convention=excel", "statistics=all", "absent=X", "column=mark", "group_by=day")
options("axes", "axis=1", "nan_policy=omit", "kurtosis=pearson")
# Each format of answers.
for name in ("ndjson", "csv", "markdown", "html", "xlsx", "ods", "state"):
    options(name, "format=" + name, "group_by=cohort", "column=mark", "column=weight", "absent=X")
options("chart", "format=svg", "chart=box", "group_by=cohort", "column=mark", "absent=X")
# Rules of publication.
options("published", "suppress_below=2", "round_counts=5", "decimals=1", "rounding=half_even", "withhold=true", "group_by=cohort", "overall=true",
        "statistics=all", "absent=X", "column=mark")
# How a table is written.
options("spelling", "delimiter=,", "decimal=.", "thousands=blank", "strip=%", "missing=X", "skip_rows=0", "skip_end=1", "max_rows=3", "header=true")
options("stamp", "stamp=true", "absent=X", "column=mark")
# Unknown names, blank values, values that are not allowed or contradict each other.
options("refused", "columm=mark", "ddof=-1", "bins=", "trim=0.5", "compare=true", "quantiles=two", "axis=1", "axis=0", "confidence=1e400")
