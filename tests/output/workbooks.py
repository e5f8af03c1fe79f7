#!/usr/bin/env python3
"""Workbooks of the describe command and of other programs: workbooks.py COMMAND

What the command writes is read back, XLSX by openpyxl, ODS by odfpy, its XML and, where it is installed, LibreOffice: each must be
what the Analysis Function asks of accessible spreadsheets. What xlwt writes as XLS is described by the command, and compared with exact fractions.
"""

import datetime
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from fractions import Fraction

import odf.dc
import odf.opendocument
import odf.style
import odf.table
import openpyxl
import xlwt

OPTIONS = "--column mark --group-by cohort --absent X --overall --boundaries A:75,B:60 --compare true --statistics all".split()
GRADES = [f"Boundaries_{figure}" for figure in ("count", "percent", "cumulative_count")]
SHEETS = ["Cover", "Contents", "Notes", "Results", "Boundaries_cumulative_percent", "Comparisons", "Histogram", "Frequencies", *GRADES]
# Tables that would tell more than the boundaries are withheld.
PUBLISHED = ["Cover", "Contents", "Notes", "Results", "Boundaries_cumulative_percent", "Comparisons", *GRADES]
# Columns that say what a row is about, of sheets whose number of them is not 1.
LABELS = {"Histogram": 3, "Frequencies": 2, "Comparisons": 2, **dict.fromkeys(["Boundaries_cumulative_percent", *GRADES], 2)}
CONTACT = "Statistics team, statistics@example.org"


def written(command, form, *more):
    arguments = [command, "describe", "examples/marks.csv", *OPTIONS, "--contact", CONTACT, "--format", form, *more]
    return subprocess.run(arguments, check=True, capture_output=True).stdout


def check_xlsx(data, sheets=SHEETS):
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == sheets, book.sheetnames
    assert book.properties.title.startswith("mark by cohort, 2021 to 2024")
    assert book.properties.language == "en-GB", book.properties.language
    links = [cell.hyperlink.location for cell in book["Contents"]["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in sheets[2:]], links
    headings = {cell.value: cell.style for cell in book["Cover"]["A"] if cell.font.sz == 14}
    assert headings and set(headings.values()) == {"Heading 1"}, headings
    for sheet in book.worksheets:
        assert sheet["A1"].style == "Title", (sheet.title, sheet["A1"].style)
        assert len(sheet.tables) == (sheet.title != "Cover"), sheet.title
        for table in sheet.tables.values():
            assert table.headerRowCount == 1
            assert table.ref == f"A{header_row(sheet)}:{sheet.dimensions.split(':')[1]}", (sheet.title, table.ref)
    check_sheets(book, {sheet.title: sheet.freeze_panes for sheet in book.worksheets})
    return book


def header_row(sheet):
    """Row of the headings: the one that is printed on every page."""
    return int(sheet.print_title_rows.split(":")[0].strip("$"))


def check_sheets(book, corners):
    """What holds for both formats, as openpyxl reads it of XLSX, and of ODS that LibreOffice has converted. `corners` are the first
    cells of the panes that move."""
    cover = [cell.value for cell in book["Cover"]["A"]]
    day = datetime.datetime.now(datetime.timezone.utc)
    made = f"made {day.day} {day:%B %Y}"
    assert cover[1] == f"marks.csv, 300 rows, {made}" and cover[2] == f"Contact: {CONTACT}", cover
    assert any(line.startswith("Made with the options: ") for line in cover), cover
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges, sheet.title
        title = sheet["A1"]
        assert title.value and title.font.b and title.font.sz == 16, sheet.title
        setup = sheet.page_setup
        assert (setup.orientation, setup.fitToHeight) == ("landscape", 0) and sheet.sheet_properties.pageSetUpPr.fitToPage
        fonts = {(cell.font.name, cell.font.sz) for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None}
        sizes = {12} if sheet.title != "Cover" else {12, 14}
        assert fonts <= {("Arial", size) for size in sizes}, (sheet.title, fonts)
        if sheet.title != "Cover":
            check_table(sheet, corners[sheet.title])


def check_table(sheet, corner):
    header = header_row(sheet)
    assert corner == f"{'ABCDE'[LABELS.get(sheet.title, 1)]}{header + 1}", (sheet.title, corner)
    headings = [cell.value for cell in sheet[header]]
    assert all(headings) and len({heading.lower() for heading in headings}) == len(headings)
    assert not any("_" in heading or heading in ("nobs", "std", "min") for heading in headings), headings
    for column in sheet.iter_cols(min_row=header):
        heading, *cells = column
        assert heading.font.b and heading.alignment.horizontal in ("left", "right"), heading.value
        for cell in cells:
            assert cell.value is not None, (sheet.title, cell.coordinate)
            assert cell.alignment.horizontal == heading.alignment.horizontal, (sheet.title, cell.coordinate, cell.value)
            if heading.alignment.horizontal == "right":
                text = "fewer than 5", "[c]", "[x]", "[z]", "<0.0001"
                # Several modes are a list.
                is_list = heading.value == "Mode" and ", " in str(cell.value)
                assert isinstance(cell.value, (int, float)) or cell.value in text or is_list, (sheet.title, cell.coordinate, cell.value)
                if isinstance(cell.value, (int, float)):
                    assert cell.number_format.replace("\\", "").startswith(("#,##0", "0.000E+00", "+#")), cell.number_format
            elif heading.value == "cohort" and cell.value != "All":
                assert cell.value in range(2021, 2025) and cell.number_format == "0", (cell.value, cell.number_format)


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
    book = odf.opendocument.load(io.BytesIO(data))
    assert [str(one) for one in book.meta.getElementsByType(odf.dc.Language)] == ["en-GB"]
    named = [style.getAttribute("name") for style in book.styles.getElementsByType(odf.style.Style)]
    assert {"Title", "Heading"} <= set(named), named
    for sheet in book.spreadsheet.getElementsByType(odf.table.Table):
        assert sheet.getElementsByType(odf.table.TableCell)[0].getAttribute("stylename") == "Title"
    if soffice := shutil.which("soffice"):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "book.ods")
            file.write_bytes(data)
            convert = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx", "--outdir", folder, file]
            subprocess.run(convert, check=True, capture_output=True)
            check_sheets(openpyxl.load_workbook(file.with_suffix(".xlsx")), corners(archive.read("settings.xml")))


def corners(settings):
    """First cells of the panes that move, by sheet. LibreOffice leaves them out when it converts without a window."""
    config = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
    [tables] = ET.fromstring(settings).iter(config + "config-item-map-named")
    found = {}
    for entry in tables:
        items = {item.get(config + "name"): int(item.text) for item in entry}
        assert (items["HorizontalSplitMode"], items["VerticalSplitMode"]) == (2, 2)
        found[entry.get(config + "name")] = f"{'ABCDE'[items['HorizontalSplitPosition']]}{items['VerticalSplitPosition'] + 1}"
    return found


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
    results = book["Results"]
    rows = list(results.iter_rows(min_row=header_row(results), values_only=True))
    row = dict(zip(rows[0], rows[2], strict=True))
    assert (row["cohort"], row["Number of values"], row["Mean"]) == (2022, 78, 53.34615384615385), row
    held = check_xlsx(written(command, "xlsx", "--publish", "ofqual", "--range", "0,100"), PUBLISHED)
    cells = [cell for line in held["Boundaries_count"].iter_rows(values_only=True) for cell in line]
    explained = [line[0] for line in held["Notes"].iter_rows(values_only=True)]
    for shorthand in ["fewer than 5", "[c]", "[z]"]:
        assert shorthand in cells, shorthand
    assert "[c]" in explained and "[z]" in explained and "[x]" not in explained, explained
    check_ods(written(command, "ods"))
    check_ods(written(command, "ods", "--publish", "ofqual"), PUBLISHED)
    print("4 workbooks read back, 2 of xlwt described")


main()
