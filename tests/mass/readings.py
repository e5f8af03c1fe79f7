"""What the three programs make of a file: describe-api, pandas and DuckDB, each in the same terms."""

import dataclasses
import json
import math
import subprocess
import warnings

import duckdb
import pandas

NUMBER, BOOLEAN, TIME, TEXT, EMPTY = "number", "boolean", "time", "text", "empty"
FIGURES = ("min", "max", "mean", "variance", "skewness", "kurtosis")


@dataclasses.dataclass
class Column:
    """A column as a program read it: its kind and, of numbers, its counts and figures (None if undefined)."""

    name: str
    kind: str
    n: int = 0
    missing: int = 0
    figures: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Reading:
    """A file as a program read it: its columns, or why it was refused."""

    columns: list = dataclasses.field(default_factory=list)
    rows: int = 0
    refusal: str = ""


@dataclasses.dataclass
class Answer:
    """A file as describe-api answered it: the described columns and the skipped ones by name, or why it was refused."""

    described: dict = dataclasses.field(default_factory=dict)
    skipped: dict = dataclasses.field(default_factory=dict)
    source: dict = dataclasses.field(default_factory=dict)
    warnings: set = dataclasses.field(default_factory=set)
    rows: int = 0
    refusal: str = ""


def describe(program, path):
    """The answer of describe-api, with pandas' definitions of skewness and kurtosis."""
    command = [program, "describe", path, "--type", "csv", "--format", "json", "--convention", "pandas"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        return Answer(refusal=done.stderr.strip())
    answer = json.loads(done.stdout)
    described = {}
    for result in answer["results"]:
        figures = {name: result[name] for name in FIGURES[2:]}
        figures["min"], figures["max"] = result["minmax"]
        described[result["column"]] = Column(result["column"], NUMBER, result["nobs"], result["missing"], figures)
    skipped = {column["column"]: (column["row"], column["value"]) for column in answer.get("skipped", [])}
    codes = {warning["code"] for warning in answer.get("warnings", [])}
    return Answer(described, skipped, answer["source"], codes, answer["rows"])


def pandas_reading(path):
    """read_csv with its defaults; only the digits of numbers are read as exactly as a double can have them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pandas.read_csv(path, float_precision="round_trip")
    except (ValueError, UnicodeError) as error:
        return Reading(refusal=str(error))
    return Reading([pandas_column(str(name), frame.iloc[:, at]) for at, name in enumerate(frame)], len(frame))


def pandas_column(name, values):
    n = int(values.count())
    column = Column(name, TEXT, n, len(values) - n)
    if n == 0:
        column.kind = EMPTY
    elif pandas.api.types.is_bool_dtype(values):
        column.kind = BOOLEAN
    elif pandas.api.types.is_numeric_dtype(values):
        column.kind = NUMBER
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figures = values.min(), values.max(), values.mean(), values.var(), values.skew(), values.kurt()
        column.figures = {key: None if pandas.isna(figure) else float(figure) for key, figure in zip(FIGURES, figures)}
    return column


def duckdb_reading(path):
    """read_csv_auto with its defaults."""
    connection = duckdb.connect(config={"threads": 1})
    try:
        connection.execute("create table t as from read_csv_auto(?)", [path])
        types = dict(connection.execute("select name, type from pragma_table_info('t')").fetchall())
        rows = asked(connection, ["count(*)"])[0]
        counts = asked(connection, [f"count({quoted(name)})" for name in types])
        columns = [Column(name, duckdb_kind(types[name], n), n, rows - n) for name, n in zip(types, counts)]
        add_duckdb_figures(connection, [column for column in columns if column.kind == NUMBER])
        return Reading(columns, rows)
    except duckdb.Error as error:
        return Reading(refusal=str(error))
    finally:
        connection.close()


def asked(connection, expressions):
    return connection.execute(f"select {', '.join(expressions)} from t").fetchone()


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def duckdb_kind(type_name, n):
    if n == 0:
        return EMPTY
    if type_name == "VARCHAR":
        return TEXT
    if type_name == "BOOLEAN":
        return BOOLEAN
    if type_name.startswith(("DATE", "TIME")):
        return TIME
    if type_name in ("INTEGER", "BIGINT", "UBIGINT", "HUGEINT", "FLOAT", "DOUBLE"):
        return NUMBER
    raise ValueError(f"DuckDB's type {type_name} is not known here")


def add_duckdb_figures(connection, columns):
    calls = dict(zip(FIGURES, ("min", "max", "avg", "var_samp", "skewness", "kurtosis")))
    try:
        expressions = [f"{call}({quoted(column.name)})" for column in columns for call in calls.values()]
        values = asked(connection, expressions) if columns else ()
    except duckdb.OutOfRangeException:
        # A column with infinities fails the whole query.
        if len(columns) > 1:
            for column in columns:
                add_duckdb_figures(connection, [column])
        return
    for at, column in enumerate(columns):
        of_column = values[at * len(calls) : (at + 1) * len(calls)]
        column.figures = {
            figure: None if value is None or math.isnan(value) else float(value) for figure, value in zip(calls, of_column)
        }
