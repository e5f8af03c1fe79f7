#!/usr/bin/env python3
"""Reads workbooks back that the describe command wrote: workbooks.py COMMAND

XLSX by openpyxl, ODS by its XML. Each must be what the Analysis Function asks of accessible spreadsheets.
"""

import io
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile

import openpyxl

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


def main():
    command = sys.argv[1]
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
    print("4 workbooks read back")


main()
