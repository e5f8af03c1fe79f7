#!/usr/bin/env python3
"""Workbooks of the describe command and of other programs: workbooks.py COMMAND

What the command writes is read back, XLSX by openpyxl, ODS by its XML: each must be what the Analysis Function asks of
accessible spreadsheets. What xlwt writes as XLS is described by the command, and compared with exact fractions.
"""

import datetime
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from fractions import Fraction

import openpyxl
import xlwt

OPTIONS = "--column mark --group-by cohort --absent X --overall --boundaries A:75,B:60 --compare true --statistics all".split()
SHEETS = ["cover", "contents", "notes", "results", "histogram", "frequencies", "boundaries", "comparisons"]
# Tables that would tell more than the boundaries are withheld.
PUBLISHED = ["cover", "contents", "notes", "results", "boundaries", "comparisons"]


def written(command, form, *more):
    arguments = [command, "describe", "examples/marks.csv", *OPTIONS, "--format", form, *more]
    return subprocess.run(arguments, check=True, capture_output=True).stdout


def check_xlsx(data, sheets=SHEETS):
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == sheets, book.sheetnames
    assert book.properties.title.startswith("Descriptive statistics of mark")
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges, sheet.title
        assert sheet["A1"].value, sheet.title
        assert len(sheet.tables) == (sheet.title != "cover"), sheet.title
        for table in sheet.tables.values():
            assert table.headerRowCount == 1
            assert table.ref == f"A3:{sheet.dimensions.split(':')[1]}", (sheet.title, table.ref, sheet.dimensions)
            headings = [cell.value for cell in sheet[3]]
            assert all(headings) and len({heading.lower() for heading in headings}) == len(headings)
    links = [cell.hyperlink.location for cell in book["contents"]["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in sheets[2:]], links
    return book


def check_ods(data, sheets=SHEETS):
    archive = zipfile.ZipFile(io.BytesIO(data))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    for name in archive.namelist()[1:]:
        ET.fromstring(archive.read(name))
    content = ET.fromstring(archive.read("content.xml"))
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    assert [sheet.get(table + "name") for sheet in content.iter(table + "table")] == sheets
    ranges = list(content.iter(table + "database-range"))
    assert len(ranges) == len(sheets) - 1 and all(one.get(table + "contains-header") == "true" for one in ranges)
    assert not list(content.iter(table + "covered-table-cell"))
    assert sum(1 for _ in content.iter(table + "table-header-rows")) == len(sheets) - 1


def xls_records():
    """Records of a name, a day that repeats, a mark or a code, and a score with up to six decimal places."""
    names = ["Zoë", "Жанна", "日本", "😀 Ann", "O'Brien", "x" * 300]
    for number in range(3000):
        day = datetime.date(1999, 12, 30) + datetime.timedelta(days=number % 5)
        mark = "ABS" if number % 11 == 0 else None if number % 13 == 0 else number * number % 101
        yield names[number % 6] + str(number % 700), day, mark, str(Fraction(number * 37 % 9973) / 10 ** (number % 7))


def xls_book(records, **settings):
    """The records as xlwt writes them: shared texts in several records, numbers of four bytes beside each other, merged
    cells, and a formula whose result nobody stored."""
    book = xlwt.Workbook(**settings)
    book.add_sheet("Cover").write(0, 0, "Marks of all centres")
    sheet = book.add_sheet("Märks Ж")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for column, name in enumerate(["centre", "name", "day", "mark", "score", "total"]):
        sheet.write(0, column, name)
    for row, (name, day, mark, score) in enumerate(records, 1):
        if row % 3 == 1:
            sheet.write_merge(row, row + 2, 0, 0, f"centre {row % 4}")
        sheet.write(row, 1, name)
        sheet.write(row, 2, day, date)
        sheet.write(row, 3, mark)
        sheet.write(row, 4, float(Fraction(score)))
        sheet.write(row, 5, xlwt.Formula(f"D{row + 1}+E{row + 1}"))
    book.add_sheet("Hidden").visibility = 1
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def exact(values):
    """Count, mean, variance, least and greatest value, each the double nearest to the exact one."""
    values = [Fraction(value) for value in values]
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return [len(values), *map(float, [mean, variance, min(values), max(values)])]


def check_xls(command):
    """Descriptions of what xlwt wrote, by the day and by the merged cells."""
    records = list(xls_records())
    for settings in [{}, {"style_compression": 2}]:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "marks.xls")
            file.write_bytes(xls_book(records, **settings))
            for group in ["day", "centre", "name"]:
                options = f"--column mark --column score --group-by {group} --absent ABS --overall --format json".split()
                answer = json.loads(subprocess.run([command, "describe", file, *options], check=True, capture_output=True).stdout)
                assert (answer["source"]["format"], answer["source"]["sheet"]) == ("xls", "Märks Ж"), answer["source"]
                compare_xls(records, group, answer)


def compare_xls(records, group, answer):
    expected = {}
    for number, (name, day, mark, score) in enumerate(records):
        key = {"day": day.isoformat(), "centre": f"centre {(number - number % 3 + 1) % 4}", "name": name}[group]
        for column, value in [("mark", mark), ("score", score)]:
            if value not in (None, "ABS"):
                expected.setdefault((column, key), []).append(value)
                expected.setdefault((column, None), []).append(value)
    found = {}
    for result in answer["results"]:
        if result["nobs"]:
            figures = [result["nobs"], result["mean"], result["variance"], *result["minmax"]]
            found[(result["column"], result.get("group", {}).get(group))] = figures
    assert found.keys() == expected.keys(), (group, list(found.keys() ^ expected.keys())[:3])
    for key, values in expected.items():
        if len(values) > 1:
            assert found[key] == exact(values), (key, found[key], exact(values))


def main():
    command = sys.argv[1]
    check_xls(command)
    book = check_xlsx(written(command, "xlsx"))
    rows = list(book["results"].iter_rows(min_row=3, values_only=True))
    row = dict(zip(rows[0], rows[2], strict=True))
    assert (row["cohort"], row["nobs"], row["mean"]) == ("2022", 78, 53.34615384615385), row
    held = check_xlsx(written(command, "xlsx", "--publish", "ofqual", "--range", "0,100"), PUBLISHED)
    cells = [cell for line in held["boundaries"].iter_rows(values_only=True) for cell in line]
    assert "fewer than 5" in cells and "[c]" in cells
    assert any(line[0] == "[c]" for line in held["notes"].iter_rows(values_only=True))
    check_ods(written(command, "ods"))
    check_ods(written(command, "ods", "--publish", "ofqual"), PUBLISHED)
    print("4 workbooks read back, 2 of xlwt described")


main()
