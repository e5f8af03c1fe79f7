#!/usr/bin/env python3
"""The statement of `describe-api sql` beside the database's own var_samp, in DuckDB and ClickHouse: marks with two decimal places in
1,000 groups. Prints Markdown, and records the figures. ROWS, ROUNDS and FIGURES as in benches/bulk; run it by make bench-sql, which
installs the databases.
"""

import os
import statistics
import subprocess
import sys
import time

import chdb.session
import duckdb

import figures as documented

ROWS = int(os.environ.get("ROWS", 16_000_000))
ROUNDS = int(os.environ.get("ROUNDS", 5))
OWN = "SELECT cohort, var_samp(mark) FROM marks GROUP BY cohort"
# Every group has every mark, in an order without runs.
DUCKDB = f"""CREATE TABLE marks AS SELECT (i * 7919 % 1000)::INTEGER AS cohort, ((i * 104729 % 10007) / 100)::DECIMAL(18, 2) AS mark
FROM range({ROWS}) AS t(i)"""
CLICKHOUSE = f"""CREATE TABLE marks ENGINE = Memory AS
SELECT toInt32(number * 7919 % 1000) AS cohort, toDecimal64((number * 104729 % 10007) / 100, 2) AS mark FROM numbers({ROWS})"""


def statement(program, dialect):
    options = ["--table", "marks", "--column", "mark", "--group-by", "cohort", "--scale", "2"]
    return subprocess.run([program, "sql", "--dialect", dialect, *options], check=True, capture_output=True, text=True).stdout


def seconds(query, text):
    begin = time.perf_counter()
    assert query(text)
    return time.perf_counter() - begin


def measure(query, ours):
    """Medians of both statements, in turns."""
    times = {ours: [], OWN: []}
    for _ in range(ROUNDS + 1):
        for text, taken in times.items():
            taken.append(seconds(query, text))
    # The first round warms up.
    return [statistics.median(taken[1:]) for taken in times.values()]


def main():
    [_, program] = sys.argv
    of_duckdb = duckdb.connect()
    of_duckdb.execute(DUCKDB)
    of_clickhouse = chdb.session.Session()
    of_clickhouse.query(CLICKHOUSE)
    databases = {
        "duckdb": lambda text: of_duckdb.execute(text).fetchall(),
        "clickhouse": lambda text: of_clickhouse.query(text.rstrip().rstrip(";"), "CSVWithNames").bytes(),
    }
    print(f"{documented.processor()}, {os.cpu_count()} cores, {ROWS:,} rows, 1,000 groups, median of {ROUNDS}\n")
    print("| database | statement of `sql` | `var_samp` | |\n|---|---:|---:|---:|")
    taken = {"sql_settings": f"{ROWS=} {ROUNDS=}"}
    for name, query in databases.items():
        ours, own = measure(query, statement(program, name))
        print(f"| {name} | {ours:.2f} s | {own:.2f} s | {ours / own:.1f}x |")
        taken |= {f"sql_{name}_seconds": ours, f"sql_{name}_var_samp_seconds": own, f"sql_{name}_times_var_samp": ours / own}
    documented.record("sql", taken)


if __name__ == "__main__":
    main()
