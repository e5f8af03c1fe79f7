"""What schemathesis must be told of this service: bodies that no JSON schema describes, compression, agreed behaviour.

No check is disabled. `positive_data_acceptance` knows statuses alone and would forbid every refusal of a request that a schema
allows; in its place `refusals_are_agreed` forbids those whose reason is not in `AGREED`.
"""

import collections
import gzip
import io
import json
import random
import zipfile
import zlib

import brotli
import schemathesis
import zstandard
from hypothesis import strategies as st
from schemathesis.transport.serialization import serialize_binary

# The errors that a request may have although the document allows it: their type, of one option or of all, and why no schema
# says it.
AGREED = {
    # Options and one another.
    ("conflict", None): "a chart in a format without charts",
    ("options_together", None): "an option that needs another one",
    ("missing_option", "statistics"): "a statistic that needs an option",
    ("repeated", None): "a column or a grade that is named twice",
    ("out_of_range", "range"): "bounds in the wrong order",
    ("not_a_table", None): "an option of tables beside numbers",
    ("too_many_results", "chart"): "a chart of more results than it has room for",
    ("axis", "axis"): "an axis beside data that are not nested",
    ("not_for_format", None): "an option that leaves out records, beside JSON or Parquet",
    # Texts with a grammar that their descriptions tell.
    ("literal_error", "boundaries"): "grades with their lowest marks",
    ("boundaries", "grade_boundaries"): "a table of boundaries with its columns, for every group with marks",
    ("literal_error", "crosstab"): "two columns",
    ("literal_error", "correlations"): "at least two columns",
    ("literal_error", "bins"): "a number or a rule as one text",
    ("int_parsing", "decimals"): "decimal places, or names of statistics with theirs",
    ("literal_error", "decimals"): "names of statistics with their decimal places",
    ("out_of_range", "decimals"): "names of statistics with their decimal places",
    ("out_of_range", "bins"): "a number of bins or a rule for it",
    ("literal_error", "delimiter"): "one ASCII character or a word",
    ("literal_error", "encoding"): "the label of an encoding",
    ("literal_error", "comment"): "one ASCII character that has no other meaning",
    ("literal_error", "escape"): "one ASCII character that has no other meaning",
    ("literal_error", "skip_rows"): "a number or a word as one text",
    ("literal_error", "skip_end"): "a number or a word as one text",
    ("literal_error", "strip"): "signs that are not part of a number",
    ("literal_error", "maxima"): "a word, or items with their maximum marks",
    # Options and the data.
    ("items", None): "items, maximum marks or a key that do not fit this table",
    ("unknown_column", None): "a column that this table does not have",
    ("unknown_group", None): "a group that this table does not have",
    ("unknown_sheet", None): "a sheet that this workbook does not have",
    ("missing_value", None): "a missing value with nan_policy=raise",
    ("weight", None): "a weight that is not one",
    # The data.
    ("ragged_row", None): "rows of different lengths",
    ("unequal_lengths", None): "columns of different lengths",
    ("different_file", None): "files whose columns differ",
    ("float_parsing", None): "a text in a column that is asked for by name",
    ("category", None): "a text that is not in the order of categories",
    ("missing", None): "a table without records",
    ("file", None): "bytes that are not a Parquet file",
    ("parquet", None): "bytes that are not a Parquet file",
    ("state", None): "bytes that are not a state",
    ("states", None): "texts that are not base64",
    ("other_operation", None): "files that are not states",
    ("nested_state", None): "a state of nested arrays",
    ("small_groups", None): "a state of a small group, with a threshold of suppression",
    ("state_without_frequencies", None): "a statistic that sums do not give, of states of sums",
    ("state_option", None): "an option of reading other than the state was made with",
    ("different_state", None): "states of other columns or options",
    ("A state must be asked for before the data: give format=state in the URL.", None): "format=state behind the data of a body",
    # Databases.
    ("statement", None): "names that SQL cannot have, or neither scale nor text",
    ("sql_result", None): "rows that are not the result of a statement",
    ("sql_without_values", None): "a statistic that sums do not give",
}

# --- bodies -----------------------------------------------------------------------------------------------------------

HEADINGS = ("cohort", "mark", "weight")


def table(seed):
    """Rows of cohort, mark and weight."""
    draw = random.Random(repr(seed))
    marks = [str(draw.randrange(-100, 101)), "55.5", "-0.0", "1e3", "", "NA"]
    count = draw.randrange(1, 9)
    return [(draw.choice(["2023", "2024", "", "ü"]), draw.choice(marks), draw.choice("12")) for _ in range(count)]


def delimited(rows, delimiter=","):
    return "".join(delimiter.join(row) + "\n" for row in [HEADINGS, *rows]).encode()


def lines(rows):
    return "".join(json.dumps(dict(zip(HEADINGS, row, strict=True))) + "\n" for row in rows).encode()


def archive(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    return buffer.getvalue()


def xlsx(rows):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/%s" Target="%s"/></Relationships>'
    cells = ("".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in [HEADINGS, *rows])
    sheet = "".join(f"<row>{row}</row>" for row in cells)
    return archive(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": relation % ("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relation % ("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
        }
    )


def ods(rows):
    names = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    cells = ("".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row) for row in [HEADINGS, *rows])
    sheet = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="a">{sheet}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    return archive({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


# Media types whose schema is a string, and what writes a table in each.
WRITERS = {
    "text/csv": delimited,
    "text/tab-separated-values": lambda rows: delimited(rows, "\t"),
    "text/plain": lambda rows: " ".join(weight for _, _, weight in rows).encode(),
    "application/x-ndjson": lines,
    "application/octet-stream": delimited,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": xlsx,
    "application/vnd.oasis.opendocument.spreadsheet": ods,
}


def sql_result(seed, media_type):
    """What a database answers to a statement: counts of the marks of a table."""
    recipe = "version=1&dialect=duckdb&form=values&scale=1&column=mark&group_by=cohort"
    # Never without a row: nothing is not compressed.
    counts = collections.Counter([("2023", "5")]) + collections.Counter((cohort, mark) for cohort, mark, _ in table(seed) if mark not in ("1e3", "NA"))
    rows = [(recipe, cohort, 1, mark, count, 0) for (cohort, mark), count in counts.items()]
    names = ("describe_sql", "group_1", "column_number", "value", "records", "inexact")
    if media_type == "application/x-ndjson":
        return "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows).encode()
    return "".join(",".join(map(str, row)) + "\n" for row in [names, *rows]).encode()


# The files of a form.
schemathesis.openapi.format("binary", st.integers(0, 999).map(lambda seed: delimited(table(seed))))


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.serializer("application/vnd.apache.parquet", "application/vnd.describe.state", *WRITERS)
def as_bytes(context, value):
    """The body; of a valid request a table, unless it is the document's own example."""
    case = context.case
    if is_positive(case) and case.operation.path == "/finish":
        return sql_result(value, case.media_type)
    if is_positive(case) and case.media_type in WRITERS and case.meta.phase.name.value != "examples":
        return WRITERS[case.media_type](table(value))
    return serialize_binary(value)


@schemathesis.hook
def map_case(context, case):
    """In valid requests options name columns that the tables have; not always, so that unknown ones are tried as well."""
    if is_positive(case) and case.meta.phase.name.value == "fuzzing":
        for name, known in {"column": ["mark"], "items": ["mark"], "group_by": ["cohort"], "weights": "weight"}.items():
            if case.query.get(name) and len(str(case.query[name])) % 2:
                case.query[name] = known
    return case


# --- compression ------------------------------------------------------------------------------------------------------

CODINGS = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "deflate": zlib.compress,
    "identity": bytes,
}


def compressed(request):
    """Compresses the body of a prepared request as its Content-Encoding says."""
    compress = CODINGS.get(request.headers.get("Content-Encoding"))
    if compress and request.body:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        request.body = compress(body)
        request.prepare_content_length(request.body)
    return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = compressed


# --- checks -----------------------------------------------------------------------------------------------------------


def has_nested_cell(body):
    """Whether a cell of a table is an array or an object, which is a text to the service."""
    parts = body.values() if isinstance(body, dict) else body if isinstance(body, list) else []
    cells = [cell for part in parts for cell in (part.values() if isinstance(part, dict) else part if isinstance(part, list) else [])]
    return any(isinstance(cell, (list, dict)) for cell in cells)


def is_lenient(name, value):
    """Whether a value that the document does not list is accepted by agreement."""
    # A blank option, or Content-Encoding, counts as not given, and so does a blank item of a list, which in a header has commas
    # between its items. Wherever true and false are words, 1 and 0 are, in any case.
    is_blank = value in ([], {}) or any(str(item).strip() == "" for item in (value if isinstance(value, list) else [value]))
    is_blank |= name == "Content-Encoding" and not str(value).strip(" \t,")
    # A list of numbers may be one number.
    is_list_of_one = name in ("quantiles", "percentile_ranks") and isinstance(value, (int, float, str))
    return is_blank or is_list_of_one or (name == "header" and str(value).lower() in ("0", "1", "true", "false"))


def as_sent(value):
    """A value of a query with the nulls in it as the blanks that are sent for them."""
    if isinstance(value, list):
        return [as_sent(item) for item in value]
    return "" if value is None else value


@schemathesis.hook
def filter_case(context, case):
    """Leaves out what is accepted beyond the document."""
    if is_positive(case):
        return True
    members = case.body.items() if isinstance(case.body, dict) else ()
    given = [*((name, as_sent(value)) for name, value in (case.query or {}).items()), *(case.headers or {}).items(), *members]
    if case.operation.path in ("/table", "/items") and has_nested_cell(case.body):
        return False
    # Where the schema is any text, every other value is one too once it is sent.
    if case.media_type in WRITERS and (case.body is None or isinstance(case.body, (int, float, list, dict))):
        return False
    return not any(is_lenient(name, value) for name, value in given)


@schemathesis.check
def refusals_are_agreed(context, response, case):
    """A valid request is refused for an agreed reason only."""
    if not is_positive(case) or response.status_code < 400:
        return
    if response.headers["content-type"][0].startswith("text/html"):
        # The page of the error has no codes; the same request gets them when it asks for them.
        status = response.status_code
        response = case.call(headers={**(case.headers or {}), "Accept": "application/problem+json, */*"})
        assert response.status_code == status, f"{status} as a page, and {response.status_code} as a problem document"
    problem = response.json()
    # Without `errors` it is not the input that was refused.
    for error in problem.get("errors", [{"type": problem["detail"], "loc": []}]):
        option = next((part for part in error["loc"] if isinstance(part, str) and part not in ("query", "body")), None)
        if (error["type"], None) not in AGREED and (error["type"], option) not in AGREED:
            raise AssertionError(f"{error['type']} of {option}: {error.get('msg')}")
