"""The reference: cells of a file by Python's csv module, and figures of decimals by integers of any length."""

import bz2
import collections
import csv
import dataclasses
import decimal
import fractions
import gzip
import io
import re

# The documented grammar of numbers and the documented texts of missing values.
LITERAL = re.compile(r"([+\u2212-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+\u2212-]?[0-9]+))?")
MISSING = {"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", ".", "#N/A"}
# Longer numbers are read as the nearest double, and as its shortest decimal.
MAX_DIGITS = 38


@dataclasses.dataclass
class Table:
    """Names of the columns as they are documented to be, how often each text occurs in each column, and what a difference may
    come from."""

    names: list
    columns: list
    rows: int
    header: list
    # First record of the file, and the records behind the table.
    first: list
    notes: list
    # Number of lines without any cell, and of records of delimiters alone.
    blank_lines: int
    blank_records: int
    # Columns with blanks around a cell.
    padded: set


def text_of(path):
    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:3] == b"BZh":
        data = bz2.decompress(data)
    for encoding in ("utf-8-sig", "windows-1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")


def table(path, source):
    """The table where `source` of an answer says that it is."""
    csv.field_size_limit(1 << 30)
    raw = list(csv.reader(io.StringIO(text_of(path), newline=""), delimiter=source["delimiter"]))
    blank_records = sum(len(record) > 1 and not any(map(str.strip, record)) for record in raw)
    padded = {at for record in raw for at, cell in enumerate(record) if cell != cell.strip()}
    records = [[cell.strip() for cell in record] for record in raw]
    records = [record for record in records if any(record)]
    first = records[0]
    end = len(records) - source["skipped_end"]
    records, notes = records[source["skipped_rows"] : end], records[end:]
    header = records.pop(0) if source["header_row"] else []
    names = list(header)
    width = max([len(names), *(last_filled(record) for record in records)]) if names else max(map(len, records))
    if names and len(names) + 1 == width and all(len(record) == width for record in records):
        names.insert(0, "")
    columns = [collections.Counter(record[at] if at < len(record) else "" for record in records) for at in range(width)]
    names += [""] * (width - len(names))
    return Table(
        named(names), columns, len(records), header, first, notes, sum(not record for record in raw), blank_records, padded
    )


def last_filled(record):
    return max((at for at, cell in enumerate(record, 1) if cell), default=0)


def named(header):
    """An empty name is column_N, a repeated one name_2."""
    names, seen = [], collections.Counter()
    for at, name in enumerate(header, 1):
        name = name or f"column_{at}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def number(text):
    """(digits, exponent) of a number, or None."""
    match = LITERAL.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return None
    digits = int(match[2] + match[3] or "0")
    exponent = int((match[4] or "0").replace("\u2212", "-")) - len(match[3])
    if len(str(digits).strip("0")) > MAX_DIGITS:
        return number(format(float(text.replace("\u2212", "-")), ".17g"))
    return (-digits if match[1] in ("-", "\u2212") else digits), exponent


def has_leading_zeros(column):
    """Whether a column is an identifier rather than a number: 007."""
    return any(re.fullmatch(r"0[0-9]+", text) for text in column)


def is_numeric(column):
    """Whether all cells are numbers or missing, and one is a number."""
    return all(text in MISSING or number(text) for text in column) and any(map(number, column))


def figures(column):
    """n, number of missing cells, and the figures of a numeric column, each the double nearest to the exact value."""
    values = [(number(text), count) for text, count in column.items() if text not in MISSING]
    scale = min(exponent for (_, exponent), _ in values)
    values = [(digits * 10 ** (exponent - scale), count) for (digits, exponent), count in values]
    n = sum(count for _, count in values)
    s1, s2, s3, s4 = (sum(value**power * count for value, count in values) for power in (1, 2, 3, 4))
    unit = fractions.Fraction(10) ** scale
    # Central moments times powers of n: m2 = M2 / n^2, m3 = M3 / n^3, m4 = M4 / n^4.
    m2 = n * s2 - s1 * s1
    m3 = n * n * s3 - 3 * n * s1 * s2 + 2 * s1**3
    m4 = n**3 * s4 - 4 * n * n * s1 * s3 + 6 * n * s1 * s1 * s2 - 3 * s1**4
    found = {
        "min": min(value for value, _ in values) * unit,
        "max": max(value for value, _ in values) * unit,
        "mean": s1 * unit / n,
        "variance": m2 * unit * unit / (n * (n - 1)) if n > 1 else None,
        "skewness": None,
        "kurtosis": None,
    }
    if n > 2 and m2:
        found["skewness"] = root(fractions.Fraction(m3 * m3 * n * (n - 1), m2**3 * (n - 2) ** 2), m3 < 0)
    if n > 3 and m2:
        g2 = fractions.Fraction(m4, m2 * m2) - 3
        found["kurtosis"] = fractions.Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    missing = sum(count for text, count in column.items() if text in MISSING)
    return n, missing, {name: None if value is None else float(value) for name, value in found.items()}


def root(square, negative):
    with decimal.localcontext(prec=80, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX):
        value = (decimal.Decimal(square.numerator) / decimal.Decimal(square.denominator)).sqrt()
    return -value if negative else value
