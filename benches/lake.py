#!/usr/bin/env python3
"""lake.py LAKE [ROWS]: describe-lake on Parquet beside DuckDB and polars, which add doubles, on the same cores.

Needs duckdb and polars: `pip install duckdb polars`. Prints the least wall time of three runs of each, process start included.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

LAKE = str(pathlib.Path(sys.argv[1]).resolve())
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
FILES = 8
RUNS = 3

WRITE = """
import duckdb
for part in range({files}):
    duckdb.sql(f'''COPY (SELECT (hash(i) // 7 % 1000)::INT AS cohort, (hash(i) % 10001)::DOUBLE / 100 AS mark
        FROM range({rows} // {files} * {{part}}, {rows} // {files} * ({{part}} + 1)) t(i)) TO '{folder}/{{part}}.parquet' ''')
"""
DUCKDB = """
import duckdb
duckdb.sql('''SELECT cohort, count(mark), min(mark), max(mark), avg(mark), var_samp(mark), skewness(mark), kurtosis(mark)
    FROM '{folder}/*.parquet' GROUP BY cohort''').fetchall()
"""
POLARS = """
import polars as pl
mark = pl.col('mark')
pl.scan_parquet('{folder}/*.parquet').group_by('cohort').agg(mark.count(), mark.min().alias('a'), mark.max().alias('b'),
    mark.mean().alias('c'), mark.var().alias('d'), mark.skew().alias('e'), mark.kurtosis().alias('f')).collect()
"""


def least(command):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


with tempfile.TemporaryDirectory() as folder:
    names = {"folder": folder, "rows": ROWS, "files": FILES}
    subprocess.run([sys.executable, "-c", WRITE.format(**names)], check=True)
    peers = {
        "describe-lake": [LAKE, "describe", folder, "--column", "mark", "--group-by", "cohort"],
        "DuckDB": [sys.executable, "-c", DUCKDB.format(**names)],
        "polars": [sys.executable, "-c", POLARS.format(**names)],
    }
    print(f"{ROWS:,} rows in {FILES} Parquet files, 1,000 groups, least of {RUNS} runs")
    for name, command in peers.items():
        print(f"{least(command):7.3f} s  {name}")
