"""databases.py PROGRAM: statements of `sql`, run by PostgreSQL, DuckDB, ClickHouse and Spark, and their results by `finish`.

The answer of a database must be the bytes that `describe` gives of the same table as CSV; a result that is not exact must be refused.
Dialects of databases that cannot run here are parsed, and their integers compared with the certificate's bound.
"""

import csv
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import chdb.session
import duckdb
import sqlglot
from pyspark.sql import SparkSession

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
RESERVED = pathlib.Path(__file__).resolve().parents[2] / "crates/describe-sql/src/reserved.rs"
DIALECTS = ["postgres", "duckdb", "sqlserver", "spark", "trino", "bigquery", "snowflake", "clickhouse"]
# What each dialect computes with, and the largest magnitude that it holds.
INTEGERS = {
    "duckdb": ("HUGEINT", 2**127 - 1),
    "sqlserver": ("DECIMAL(38, 0)", 10**38 - 1),
    "spark": ("DECIMAL(38, 0)", 10**38 - 1),
    "trino": ("DECIMAL(38, 0)", 10**38 - 1),
    "bigquery": ("BIGNUMERIC", 2**255 // 10**38),
    "snowflake": ("DECIMAL(38, 0)", 10**38 - 1),
    "clickhouse": ("toInt256", 2**255 - 1),
}
SUMS = ["mean", "variance", "skewness", "kurtosis", "minmax", "missing", "std", "sem", "cv", "range", "sum", "ci_mean", "jarque_bera"]
ALL = ["all"]


def run(*arguments, text=None):
    return subprocess.run([PROGRAM, *arguments], input=text, capture_output=True, text=True)


def statement(dialect, *arguments):
    made = run("sql", "--dialect", dialect, "--table", "marks", *arguments)
    assert made.returncode == 0, made.stderr
    return made.stdout


class Duckdb:
    """Rows as CSV by Python."""

    types = {"decimal": "DECIMAL(30,6)", "wide": "DECIMAL(38,9)", "narrow": "DECIMAL(5,2)", "double": "DOUBLE", "integer": "BIGINT", "text": "VARCHAR"}

    def __init__(self):
        self.connection = duckdb.connect()

    def load(self, kind, rows):
        self.connection.execute(f"CREATE OR REPLACE TABLE marks (cohort VARCHAR, mark {self.types[kind]})")
        self.connection.execute("INSERT INTO marks VALUES " + values(rows, kind))

    def load_doubles(self, numbers):
        self.connection.execute("CREATE OR REPLACE TABLE marks (mark DOUBLE)")
        self.connection.executemany("INSERT INTO marks VALUES (?)", [[number] for number in numbers])

    def load_columns(self, names, rows):
        self.connection.execute("CREATE OR REPLACE TABLE marks (" + ", ".join(f'"{name}" BIGINT' for name in names) + ")")
        self.connection.execute("INSERT INTO marks VALUES " + integers(rows))

    def keywords(self):
        return {word for word, in self.connection.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()}

    def query(self, text):
        cursor = self.connection.execute(text)
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([[column[0] for column in cursor.description], *cursor.fetchall()])
        return out.getvalue()


class Clickhouse:
    """Rows as its own CSV and JSON."""

    types = {"decimal": "Decimal(30,6)", "wide": "Decimal(38,9)", "narrow": "Decimal(5,2)", "double": "Float64", "integer": "Int64", "text": "String"}
    formats = ["CSVWithNames", "JSONEachRow"]

    def __init__(self):
        self.session = chdb.session.Session()
        self.queries = 0

    def load(self, kind, rows):
        self.session.query("DROP TABLE IF EXISTS marks")
        self.session.query(f"CREATE TABLE marks (cohort Nullable(String), mark Nullable({self.types[kind]})) ENGINE = Memory")
        self.session.query("INSERT INTO marks VALUES " + values(rows, kind))

    def load_doubles(self, numbers):
        self.session.query("DROP TABLE IF EXISTS marks")
        self.session.query("CREATE TABLE marks (mark Nullable(Float64)) ENGINE = Memory")
        self.session.query("INSERT INTO marks VALUES " + ", ".join("(NULL)" if number is None else f"({number!r})" for number in numbers))

    def load_columns(self, names, rows):
        self.session.query("DROP TABLE IF EXISTS marks")
        self.session.query("CREATE TABLE marks (" + ", ".join(f"`{name}` Nullable(Int64)" for name in names) + ") ENGINE = Memory")
        self.session.query("INSERT INTO marks VALUES " + integers(rows))

    def query(self, text):
        self.queries += 1
        return str(self.session.query(text, self.formats[self.queries % 2]))


class Postgres:
    """Rows as psql prints them with --csv."""

    types = {"decimal": "NUMERIC(30,6)", "wide": "NUMERIC(38,9)", "narrow": "NUMERIC(5,2)", "double": "DOUBLE PRECISION", "integer": "BIGINT", "text": "TEXT"}

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="describe-sql-")
        binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[-1]
        self.user = []
        if os.getuid() == 0:
            # The server refuses to run as root.
            shutil.chown(self.folder, "postgres")
            self.user = ["runuser", "-u", "postgres", "--"]
        self.control = [*self.user, str(binaries / "pg_ctl"), "--pgdata", f"{self.folder}/data", "--silent"]
        self.psql = [*self.user, str(binaries / "psql"), "--host", self.folder, "--dbname", "postgres", "--csv", "--quiet", "--no-psqlrc"]
        self.psql += ["--set", "ON_ERROR_STOP=1"]
        subprocess.run([*self.control, "initdb", "--options", "--auth=trust --encoding=UTF8 --locale=C"], check=True, cwd="/", stdout=subprocess.DEVNULL)
        # No address: a socket in the folder.
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        log = ["--log", f"{self.folder}/log", "--wait", "--options", options]
        subprocess.run([*self.control, "start", *log], check=True, cwd="/")

    def load(self, kind, rows):
        self.query(f"DROP TABLE IF EXISTS marks; CREATE TABLE marks (cohort TEXT, mark {self.types[kind]}); INSERT INTO marks VALUES " + values(rows, kind))

    def load_doubles(self, numbers):
        literals = ", ".join("(NULL)" if number is None else f"('{number!r}')" for number in numbers)
        self.query(f"DROP TABLE IF EXISTS marks; CREATE TABLE marks (mark DOUBLE PRECISION); INSERT INTO marks VALUES {literals}")

    def load_columns(self, names, rows):
        columns = ", ".join(f'"{name}" BIGINT' for name in names)
        self.query(f"DROP TABLE IF EXISTS marks; CREATE TABLE marks ({columns}); INSERT INTO marks VALUES " + integers(rows))

    def keywords(self):
        return set(self.query("SELECT word FROM pg_get_keywords()").split()[1:])

    def query(self, text):
        done = subprocess.run(self.psql, input=text, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def stop(self):
        subprocess.run([*self.control, "stop", "--mode", "immediate"], check=True, cwd="/")
        shutil.rmtree(self.folder)


class Spark:
    """Rows as its own JSON lines, by two executors of two threads each that are processes of their own."""

    types = {"decimal": "DECIMAL(30,6)", "wide": "DECIMAL(38,9)", "narrow": "DECIMAL(5,2)", "double": "DOUBLE", "integer": "BIGINT", "text": "STRING"}

    def __init__(self):
        builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("describe")
        settings = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "4"}
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")

    def load(self, kind, rows):
        texts = [(cohort, None if mark is None else str(mark)) for cohort, mark in rows]
        self.session.createDataFrame(texts, "cohort STRING, mark STRING").createOrReplaceTempView("texts")
        self.session.sql(f"SELECT cohort, CAST(mark AS {self.types[kind]}) AS mark FROM texts").createOrReplaceTempView("marks")

    def load_doubles(self, numbers):
        self.session.createDataFrame([[number] for number in numbers], "mark DOUBLE").createOrReplaceTempView("marks")

    def load_columns(self, names, rows):
        self.session.createDataFrame(rows, ", ".join(f"`{name}` BIGINT" for name in names)).createOrReplaceTempView("marks")

    def query(self, text):
        return "\n".join(self.session.sql(text.rstrip().removesuffix(";")).toJSON().collect())

    def stop(self):
        self.session.stop()


def values(rows, kind):
    def literal(value):
        if value is None:
            return "NULL"
        return f"'{value}'" if kind == "text" else str(value)

    return ", ".join(f"({literal(None) if cohort is None else repr(cohort)}, {literal(mark)})" for cohort, mark in rows)


def integers(rows):
    return ", ".join(str(tuple(row)) for row in rows)


def reserved_words():
    return {word.lower() for word in re.findall('"([A-Z_]+)"', RESERVED.read_text())}


def table(rows):
    """The rows as `describe` reads them; with a third column, since it leaves out records that are blank as a whole."""
    out = io.StringIO()
    csv.writer(out).writerows([("cohort", "mark", "row"), *((cohort or "", "" if mark is None else mark, "r") for cohort, mark in rows)])
    return out.getvalue()


def marks(kind, count, seed):
    draw = random.Random(seed)
    plain = {
        "decimal": lambda: f"{draw.randrange(-200, 200)}.{draw.randrange(1000):03}",
        "narrow": lambda: f"{draw.randrange(0, 100)}.{draw.randrange(100):02}",
        "double": lambda: repr(round(draw.uniform(-100, 100), 2)),
        "integer": lambda: str(draw.randrange(-10**6, 10**6)),
        "text": lambda: draw.choice(["X", " 55.5 ", "1e2", "abs", "70", ""]),
    }[kind]
    return [(draw.choice(["2023", "2024", "ü, b", None]), draw.choice([None, "-9", *(plain() for _ in range(12))])) for _ in range(count)]


class Databases(unittest.TestCase):
    maxDiff = 4000
    makers = {"postgres": Postgres, "duckdb": Duckdb, "clickhouse": Clickhouse, "spark": Spark}

    @classmethod
    def setUpClass(cls):
        cls.running = {name: make() for name, make in cls.makers.items()}

    @classmethod
    def tearDownClass(cls):
        for database in cls.running.values():
            getattr(database, "stop", lambda: None)()

    def finish(self, result, statistics, *options):
        return run("finish", "--format=csv", "--overall", "--statistics", ",".join(statistics), *options, text=result)

    def described(self, rows, statistics, *options):
        done = run("describe", "--type=csv", "--column=mark", "--group-by=cohort", "--format=csv", "--overall", "--statistics", ",".join(statistics), *options, text=table(rows))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_every_database_gives_the_bytes_of_the_program(self):
        for kind, scale in [("decimal", 3), ("decimal", 6), ("narrow", 2), ("double", 2), ("integer", 0)]:
            rows = marks(kind, 400, f"{kind} {scale}")
            expected = self.described(rows, SUMS, "--absent=-9")
            everything = self.described(rows, ALL, "--absent=-9")
            for name, database in self.running.items():
                database.load(kind, rows)
                for form, statistics, wanted, options in [([], SUMS, expected, []), (["--by-value"], ALL, everything, [])]:
                    with self.subTest(name, kind=kind, scale=scale, form=form):
                        text = statement(name, "--column=mark", "--group-by=cohort", f"--scale={scale}", "--absent=-9", *form)
                        done = self.finish(database.query(text), statistics, *options)
                        self.assertEqual((done.stderr, done.stdout), ("", wanted))

    def test_words_are_names_of_columns(self):
        """A column for each reserved word, and for each keyword of two databases: its values tell it from a literal or a function."""
        words = sorted(reserved_words().union(*(database.keywords() for database in self.running.values() if hasattr(database, "keywords"))))
        sums = {word: 10 + place for place, word in enumerate(words)}
        rows = [[1, *sums.values()], [2, *(9 for _ in words)]]
        for name, database in self.running.items():
            database.load_columns(["row id", *words], rows)
            for start in range(0, len(words), 40):
                part = words[start : start + 40]
                with self.subTest(name, words=part):
                    text = statement(name, *(f"--column={word}" for word in part), "--scale=0", "--absent=9")
                    done = run("finish", "--format=csv", "--statistics=sum", text=database.query(text))
                    found = {row["column"]: float(row["sum"]) for row in csv.DictReader(io.StringIO(done.stdout))}
                    self.assertEqual(found, {word: sums[word] for word in part}, done.stderr)
            for word in ["null", "true", "user", "current_date", "order", "group", "case", "default"]:
                with self.subTest(name, group=word):
                    text = statement(name, "--column=row id", f"--group-by={word}", "--scale=0", "--by-value")
                    done = run("finish", "--format=csv", "--statistics=sum", text=database.query(text))
                    found = {row[word] for row in csv.DictReader(io.StringIO(done.stdout))}
                    self.assertEqual(found, {"9", str(sums[word])}, done.stderr)

    def test_numbers_that_no_decimal_holds_are_counted(self):
        """With casts that give NULL; a dialect without them refuses by itself."""
        for value in ["nan", "inf", "-inf", "1e17", "1e19", "1e300"]:
            for name, database in self.running.items():
                database.load_doubles([float(value), 1.5, None])
                for form in [[], ["--by-value"]]:
                    with self.subTest(name, value=value, form=form):
                        done = self.finish(database.query(statement(name, "--column=mark", "--scale=2", *form)), ["mean"])
                        # Wider decimals hold the smaller ones; fourth powers and figures have their limits, too.
                        if (name, value) in [("postgres", "1e17"), ("postgres", "1e19"), ("clickhouse", "1e17")]:
                            self.assertEqual(done.returncode, 0, done.stderr)
                        elif (name, value, form) == ("clickhouse", "1e19", []):
                            self.assertIn("too large for the integers of clickhouse", done.stderr)
                        elif (name, value) == ("postgres", "1e300"):
                            self.assertEqual(done.returncode, 0 if form else 1, done.stderr)
                        elif (name, value) == ("clickhouse", "1e19"):
                            self.assertEqual(done.returncode, 0, done.stderr)
                        else:
                            self.assertIn("1 cell of the column 'mark' is not a decimal with 2 places", done.stderr)

    def test_every_scale_has_the_values_of_its_digits(self):
        for scale in [0, 5, 9]:
            for digits in [1, 9, 12, 17]:
                if digits > 17 - scale:
                    continue
                values = [("a", f"{'9' * digits}.{'1' * scale}".rstrip(".")), ("a", "-1"), ("b", "3")]
                for name, database in self.running.items():
                    with self.subTest(name, scale=scale, digits=digits):
                        database.load("wide", values)
                        text = statement(name, "--column=mark", "--group-by=cohort", f"--scale={scale}")
                        try:
                            result = database.query(text)
                        except Exception as error:
                            # Fourth powers that its integers do not hold.
                            self.assertGreater(2 * 10 ** (4 * (digits + scale)), INTEGERS[name][1], error)
                            continue
                        done = self.finish(result, SUMS)
                        if done.returncode == 0:
                            self.assertEqual(done.stdout, self.described(values, SUMS))
                        else:
                            self.assertIn("too large for the integers", done.stderr)

    def test_an_empty_table_has_no_records(self):
        for name, database in self.running.items():
            database.load("integer", [("a", "5")])
            for form in [[], ["--by-value"], ["--group-by=cohort"]]:
                with self.subTest(name, form=form):
                    text = statement(name, "--column=mark", "--scale=0", *form)
                    done = run("finish", text=database.query(text.replace("FROM marks", "FROM (SELECT * FROM marks WHERE 1 = 0) marks")))
                    # Some clients write nothing at all.
                    self.assertRegex(done.stderr, "the table has no records|there is nothing to describe")

    def test_texts_are_counted(self):
        rows = marks("text", 300, "texts")
        expected = self.described(rows, ALL, "--absent=X,-9", "--invalid=missing")
        for name, database in self.running.items():
            with self.subTest(name):
                database.load("text", rows)
                text = statement(name, "--column=mark", "--group-by=cohort", "--text", "--absent=X", "--absent=-9", "--invalid=missing")
                done = self.finish(database.query(text), ALL)
                self.assertEqual(done.stdout, expected, done.stderr)
                refused = self.finish(database.query(statement(name, "--column=mark", "--text")), ["mean"])
                self.assertRegex(refused.stderr, "the text '(X|abs)' in the column 'mark', which is not a number; make the statement with --absent")
                self.assertEqual(refused.returncode, 1)

    def test_cells_that_the_scale_does_not_hold_are_refused(self):
        for kind, rows in [("decimal", [("a", "1.234"), ("a", "5")]), ("double", [("a", "0.1"), ("a", repr(1 / 3))]), ("decimal", [("a", "0.000001")])]:
            for name, database in self.running.items():
                for form in [[], ["--by-value"]]:
                    with self.subTest(name, rows=rows, form=form):
                        database.load(kind, rows)
                        text = statement(name, "--column=mark", "--scale=2", *form)
                        done = self.finish(database.query(text), ["mean"])
                        self.assertEqual(done.returncode, 1, done.stdout)
                        self.assertIn("1 cell of the column 'mark' is not a decimal with 2 places", done.stderr)

    def test_texts_are_not_cut_to_numbers(self):
        rows = [("a", "1.234"), ("a", "5")]
        for name, database in self.running.items():
            database.load("text", rows)
            for form in [[], ["--by-value"]]:
                with self.subTest(name, form=form):
                    try:
                        result = database.query(statement(name, "--column=mark", "--scale=2", *form))
                    except Exception:
                        continue
                    done = self.finish(result, ["mean"])
                    self.assertIn("with --text if the column has texts", done.stderr)

    def test_the_certificate_is_neither_wrong_nor_timid(self):
        for name, database in self.running.items():
            capacity = INTEGERS.get(name, (None, 10**80))[1]
            for count in [1, 2, 7]:
                edge = round((capacity / count) ** 0.25)
                for size, must_hold in [(edge * 5 // 9, True), (edge - edge // 1000, True), (edge + edge // 1000, None), (edge * 2, None), (edge * 1000, None)]:
                    if size >= 2**63:
                        continue
                    rows = [("a", str(size - (i % 3) * (-1) ** i)) for i in range(count)] + [("b", "5"), ("b", "6")]
                    with self.subTest(name, count=count, size=size):
                        database.load("integer", rows)
                        text = statement(name, "--column=mark", "--group-by=cohort", "--scale=0")
                        try:
                            result = database.query(text)
                        except Exception as error:
                            # The database itself refused: it must have had a reason.
                            self.assertIsNone(must_hold, error)
                            continue
                        done = self.finish(result, SUMS)
                        if must_hold:
                            self.assertEqual(done.returncode, 0, done.stderr)
                        if done.returncode == 0:
                            self.assertEqual(done.stdout, self.described(rows, SUMS))
                        else:
                            self.assertRegex(done.stderr, "too large for the integers|is not a decimal")


class Dialects(unittest.TestCase):
    def test_every_statement_is_one_query_that_its_dialect_parses(self):
        readers = {"sqlserver": "tsql"}
        for dialect in DIALECTS:
            for form in [["--scale=2"], ["--scale=2", "--by-value"], ["--text"]]:
                with self.subTest(dialect, form=form):
                    text = statement(dialect, "--column=mark", "--column=first mark", "--group-by=cohort", "--absent=-9", *form)
                    parsed = sqlglot.parse(text, read=readers.get(dialect, dialect))
                    queries = [query for query in parsed if query is not None and not isinstance(query, sqlglot.exp.Semicolon)]
                    self.assertEqual(len(queries), 1)
                    self.assertIsInstance(queries[0], sqlglot.exp.Query)
                    writes = (sqlglot.exp.Insert, sqlglot.exp.Update, sqlglot.exp.Delete, sqlglot.exp.Create, sqlglot.exp.Drop, sqlglot.exp.Command)
                    self.assertIsNone(queries[0].find(*writes))

    def test_sums_are_of_the_integers_that_the_certificate_knows(self):
        for dialect, (integers, _) in INTEGERS.items():
            with self.subTest(dialect):
                self.assertIn(integers, statement(dialect, "--column=mark", "--scale=2"))

    def test_nothing_that_is_given_becomes_sql(self):
        for name in ["a\"; DROP TABLE marks; --", "a'b", "a`b", "a]b", "a\\b", "a\nb", "", " "]:
            for dialect in DIALECTS:
                with self.subTest(name, dialect=dialect):
                    for arguments in [["--table=marks", f"--column={name}"], [f"--table={name}", "--column=mark"], ["--table=marks", "--column=mark", f"--group-by={name}"]]:
                        self.assertEqual(run("sql", "--dialect", dialect, "--scale=2", *arguments).returncode, 2)
        self.assertEqual(run("sql", "--dialect=duckdb", "--table=marks", "--column=mark", "--scale=2", "--absent=1; DROP TABLE marks").returncode, 2)


class Results(unittest.TestCase):
    """What may come back in place of a result."""

    ROW = {"describe_sql": "version=1&dialect=duckdb&form=sums&scale=0&column=mark", "records": 2, "n_1": 2, "inexact_1": 0}
    ROW |= {"min_1": "5", "max_1": "6", "sum1_1": "11", "sum2_1": "61", "sum3_1": "341", "sum4_1": "1921"}

    def finish(self, *rows):
        return run("finish", "--format=csv", "--statistics=mean", text=json.dumps(rows))

    def test_the_row_itself_is_described(self):
        done = self.finish(self.ROW)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("5.5", done.stdout)

    def test_changed_rows_are_refused(self):
        changes = [{"sum2_1": "60"}, {"min_1": "7"}, {"records": 1}, {"n_1": 3}, {"sum1_1": "NaN"}, {"sum1_1": ""}, {"sum1_1": None}, {"max_1": "1" * 300}]
        changes += [{"sum4_1": "1922"}, {"sum4_1": "1000000000000"}, {"min_1": "4"}, {"n_1": 0, "records": 3}]
        changes += [{"describe_sql": self.ROW["describe_sql"].replace("scale=0", "scale=99")}, {"RECORDS": 2}, {"Sum1_1": "11"}]
        changes += [{"describe_sql": "version=2"}, {"describe_sql": ""}, {"records": -1}, {"n_1": 2**63}, {"sum4_1": [1]}, {"records": 2**64}]
        for change in changes:
            with self.subTest(change):
                done = self.finish(self.ROW | change)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertTrue(done.stderr.startswith("describe-api: "), done.stderr)
        other = self.ROW | {"describe_sql": self.ROW["describe_sql"].replace("mark", "other")}
        self.assertIn("describe_sql", self.finish(self.ROW, other).stderr)
        for text in ["", "[]", "{", "a,b\n1,2\n", "describe_sql\n", "[1]", "describe_sql,describe_sql\na,b\n"]:
            with self.subTest(text):
                done = run("finish", text=text)
                self.assertEqual(done.returncode, 1, done.stdout)

    def test_rows_are_there_once(self):
        self.assertIn("row 2 of the result repeats a row before it", self.finish(self.ROW, self.ROW).stderr)
        grouped = {"describe_sql": self.ROW["describe_sql"] + "&group_by=cohort"}
        rows = [self.ROW | grouped | {"group_1": cohort} for cohort in ["2023", "2024", "2023"]]
        self.assertEqual(self.finish(*rows[:2]).returncode, 0)
        self.assertIn("row 3 of the result repeats a row before it", self.finish(*rows).stderr)
        self.assertIn("in the column 'group_1'", self.finish(self.ROW | grouped).stderr)

    def test_counts_of_values_are_of_decimals(self):
        row = {"describe_sql": "version=1&dialect=duckdb&form=values&scale=1&column=a&column=b", "column_number": 1, "value": "5.0", "records": 3, "inexact": 0}
        other = row | {"column_number": 2}
        self.assertEqual(self.finish(row, other).returncode, 0)
        for value in ["", "5", "-5.5", "5.500", "0E-7"]:
            self.assertEqual(self.finish(row | {"value": value}, other).returncode, 0, value)
        for change in [{"records": 0}, {"value": "7.55"}, {"value": "1e3"}, {"value": "nan"}, {"value": "inf"}, {"value": "NA"}, {"column_number": 3}]:
            with self.subTest(change):
                done = self.finish(row | change, other)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(f"in the column '{next(iter(change))}'", done.stderr)
        missing = self.finish(row, other | {"records": 2}).stderr
        self.assertIn("counts 3 records of the column 'a' and 2 records of the column 'b' in the same group", missing)
        self.assertIn("0 records of the column 'b'", self.finish(row).stderr)
        self.assertIn("repeats", self.finish(row, other, other).stderr)

    def test_empty_texts_and_missing_values_are_two_rows(self):
        row = {"describe_sql": "version=1&dialect=duckdb&form=values&column=a", "column_number": 1, "value": "", "records": 3, "inexact": 0}
        self.assertIn("6", run("finish", "--format=csv", "--statistics=missing", text=json.dumps([row, row])).stdout)
        self.assertIn("row 3 of the result repeats", self.finish(row, row, row).stderr)


if __name__ == "__main__":
    unittest.main()
