#!/usr/bin/env python3
"""Figures of reports against those of the JSON answer: figures.py PROGRAM

Each statistic of each result, of its boundaries and of its comparisons must stand in the HTML, the XLSX and the ODS under the
headings of its group and name, and the scalars in the CSV. HTML shows it as its value rounded half up to the places shown.
"""

import csv
import io
import json
import pathlib
import re
import sys
import tempfile
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser

import odf.opendocument
import odf.table
import openpyxl

from cases import CASES, COLUMN, COMMON, described, reports, write_candidates

STATISTICS = "mean,std,median,quartiles,minmax,variance,skewness,kurtosis,boundaries"
SCALARS = ["nobs", "mean", "std", "median", "variance", "skewness", "kurtosis", "missing"]
# Statistics by the headings of reports and workbooks.
HEADINGS = {
    "Number of values": "nobs",
    "Mean": "mean",
    "Standard deviation": "std",
    "Median": "median",
    "Lower quartile": "lower",
    "Upper quartile": "upper",
    "Minimum": "min",
    "Maximum": "max",
    "Variance": "variance",
    "Skewness": "skewness",
    "Kurtosis": "kurtosis",
    "Missing": "missing",
    "Absent, code X": "absent_X",
    "Absent, code Q": "absent_Q",
    "Count": "count",
    "Percent": "percent",
    "Count at or above": "cumulative_count",
    "Cumulative percent": "cumulative_percent",
    "Difference of means": "difference",
    "Lower limit of the interval": "low",
    "Upper limit of the interval": "high",
}
NUMBER = r"[+−-]?[0-9][0-9,]*(?:\.[0-9]+)?"


def expected(answer):
    """Each figure by what it is about: the values of its group, the grade, the group it is compared with, and its name."""
    figures = {}
    for result in answer["results"]:
        about = frozenset(result.get("group", {}).values())
        found = {name: result.get(name) for name in SCALARS}
        lower, _, upper = result["quartiles"] or [None] * 3
        least, greatest = result["minmax"] or [None] * 2
        found |= {"lower": lower, "upper": upper, "min": least, "max": greatest}
        found |= {f"absent_{code}": count for code, count in result["absent"].items()}
        figures |= {(about, None, None, name): value for name, value in found.items()}
        for row in result["boundaries"] or []:
            for name in "count", "percent", "cumulative_count", "cumulative_percent":
                figures[about, row["grade"], None, name] = row[name]
    for pair in answer.get("comparisons", []):
        a, b = (frozenset(pair[side].values()) for side in "ab")
        ci = pair["ci"] or {"low": None, "high": None}
        found = {"difference": pair["difference"], "low": ci["low"], "high": ci["high"]}
        figures |= {(a, None, b, name): value for name, value in found.items()}
    return figures


class Tables(HTMLParser):
    """Captions and rows of the tables of a page; a cell is its text and the value of its `data` element."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.data, self.text = [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append(["", []])
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("caption", "th", "td"):
            self.text, self.value = "", None
        elif tag == "data":
            self.value = dict(attributes)["value"]

    def handle_data(self, text):
        if self.text is not None:
            self.text += text

    def handle_endtag(self, tag):
        if tag == "caption":
            self.tables[-1][0] = self.text
        elif tag in ("th", "td"):
            self.tables[-1][1][-1].append((self.text, self.value))
        elif tag == "data":
            self.data.append((self.value, self.text))
        if tag in ("caption", "th", "td"):
            self.text = None


def check_shown(value, text):
    """The values of a `data` element against its text."""
    for one, shown in zip(value.split(), re.findall(NUMBER, text), strict=True):
        shown = Decimal(shown.replace("−", "-").replace(",", ""))
        rounded = Decimal(one).quantize(Decimal(1).scaleb(shown.as_tuple().exponent), ROUND_HALF_UP)
        assert rounded == shown, (value, text, rounded)


def html_tables(page):
    parsed = Tables(page)
    for value, text in parsed.data:
        if text != "<0.0001":
            check_shown(value, text)
    for caption, rows in parsed.tables:
        yield caption.removesuffix(" (continued)"), [[number(text, value) for text, value in row] for row in rows]


def number(text, value):
    """A number where a cell shows one, else its text. Labels such as years are compared as texts."""
    if value is not None:
        return float(value) if " " not in value else value
    return float(text.replace(",", "")) if re.fullmatch("[0-9]{1,3}(,[0-9]{3})*", text) else text


def xlsx_tables(data):
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        yield sheet["A1"].value, [list(row) for row in sheet.iter_rows(values_only=True)]


def ods_tables(data):
    for sheet in odf.opendocument.load(io.BytesIO(data)).spreadsheet.getElementsByType(odf.table.Table):
        rows = []
        for row in sheet.getElementsByType(odf.table.TableRow):
            rows.append([])
            for cell in row.getElementsByType(odf.table.TableCell):
                value = cell.getAttribute("value")
                repeated = int(cell.getAttribute("numbercolumnsrepeated") or 1)
                rows[-1] += [str(cell) if value is None else float(value)] * repeated
        yield rows[0][0], rows


def shown_label(cell):
    """The text of a label: a year is a number in a workbook."""
    return f"{cell:g}" if isinstance(cell, float | int) else cell


def group(cell):
    """The values of a group that a label names; the total over a group column has none."""
    text = shown_label(cell)
    return frozenset(() if text == "All" else text.split(", "))


def figures_of(tables):
    """The cells of the tables by what they are about. A figure may stand in several tables."""
    found = {}
    for title, rows in tables:
        if not title.startswith("Table "):
            continue
        statistic = re.fullmatch(rf"Table \d+: (.+?)(?: of |: ){COLUMN}( .*)?", title)
        start = next(place for place, row in enumerate(rows) if len([cell for cell in row if cell not in (None, "")]) > 1)
        headings = [shown_label(cell) for cell in rows[start]]
        for row in rows[start + 1 :]:
            # The table of one result has the names of its statistics in the first column.
            named = {row[0]: row[1]} if headings == ["Column", COLUMN] else dict(zip(headings, row))
            about = frozenset().union(*(group(named[key]) for key in ("Subject", "Cohort", "Group") if key in named))
            other = group(named["Compared with"]) if "Compared with" in named else None
            for heading, cell in named.items():
                if heading in HEADINGS:
                    key = about, named.get("Grade"), other, HEADINGS[heading]
                elif heading.startswith("Change since "):
                    key = about | {headings[headings.index("All") - 1]}, None, about | {heading.split()[-1]}, "difference"
                elif statistic and statistic[1] in HEADINGS and (heading == "All" or heading.isdigit()):
                    key = about | group(heading), named.get("Grade"), other, HEADINGS[statistic[1]]
                else:
                    continue
                found.setdefault(key, []).append(cell)
    return found


def check_figures(form, tables, figures):
    found = figures_of(tables)
    for key, value in figures.items():
        assert key in found, (form, "lacks", key, value)
        for cell in found[key]:
            agree = isinstance(cell, str) if value is None else cell == value
            assert agree, (form, key, value, cell)
    unknown = [key for key in found if key not in figures]
    assert not unknown, (form, "has", unknown)


def check_csv(data, answer):
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(rows) == len(answer["results"]), len(rows)
    for row, result in zip(rows, answer["results"]):
        least, greatest = result["minmax"] or [None] * 2
        values = {name: result[name] for name in SCALARS} | {"min": least, "max": greatest}
        values |= {f"absent_{code}": count for code, count in result["absent"].items()}
        for name, value in values.items():
            shown = row[name]
            agree = value == float(shown) if re.fullmatch("-?[0-9.e+-]+", shown) else value is None
            assert agree, ("csv", result.get("group"), name, value, shown)
        for name, value in result.get("group", {}).items():
            assert row[name] == value, (row, result["group"])


def check_two_columns(program, path):
    """Tables of a second column need names of their own: no spreadsheet opens a workbook that has one twice."""
    options = COMMON | CASES["six"] | {"column": [COLUMN, "UMS %"]}
    names = openpyxl.load_workbook(io.BytesIO(described(program, path, "xlsx", options))).sheetnames
    book = odf.opendocument.load(io.BytesIO(described(program, path, "ods", options)))
    assert names == [sheet.getAttribute("name") for sheet in book.spreadsheet.getElementsByType(odf.table.Table)], names
    assert len({name.lower() for name in names}) == len(names), names


def main(program):
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "candidates.csv")
        write_candidates(path)
        check_two_columns(program, path)
        for name, options in reports():
            options |= {"statistics": STATISTICS}
            answer = json.loads(described(program, path, "json", options))
            figures = expected(answer)
            try:
                check_figures("html", html_tables(described(program, path, "html", options).decode()), figures)
                check_figures("xlsx", xlsx_tables(described(program, path, "xlsx", options)), figures)
                check_figures("ods", ods_tables(described(program, path, "ods", options)), figures)
                check_csv(described(program, path, "csv", options).decode(), answer)
            except AssertionError as error:
                raise AssertionError(name, *error.args) from None
            count += len(figures)
    print(f"{count} figures of reports agree")


if __name__ == "__main__":
    main(sys.argv[1])
