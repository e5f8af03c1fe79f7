"""compare.py PROGRAM FOLDER [-v]
Describes every table below FOLDER with PROGRAM, and compares with exact arithmetic, pandas and DuckDB.

* Which columns are numeric: with the documented rule, and with pandas' read_csv and DuckDB's read_csv_auto, both with their
  defaults.
* Number of values, missing ones, minimum, maximum, mean, variance (ddof=1), skewness and kurtosis (as pandas defines them):
  equal to the last bit to figures computed by integers from the decimals as the file has them, which Python's csv module
  reads; and within 1e-9 of pandas' and DuckDB's.

Each difference needs a rule of rules.py, where it is counted; one without a rule fails the test. With -v all differences are
listed."""

import collections
import concurrent.futures
import os
import pathlib
import sys

import exact
import readings
import rules

ENDINGS = (".csv", ".csv.gz", ".tsv", ".dat")


def compare(program, path):
    """The warnings of the answer, the number of columns whose figures are exact, and the differences of one file."""
    answer = readings.describe(program, path)
    if answer.refusal:
        return set(), 0, rules.of_refusal(answer)
    table = exact.table(path, answer.source)
    found = rules.of_answer(answer, table)
    if not found:
        found += rules.of_peer(answer, table, "pandas", readings.pandas_reading(path))
        found += rules.of_peer(answer, table, "DuckDB", readings.duckdb_reading(path))
    return answer.warnings, len(answer.described), found


def main():
    program, folder, *flags = sys.argv[1:]
    paths = sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.name.endswith(ENDINGS))
    kinds, files, told, columns, unexplained = collections.Counter(), {}, collections.Counter(), 0, []
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(compare, [program] * len(paths), paths)
        for path, (warnings, described, found) in zip(paths, results):
            place = os.path.relpath(path, folder)
            told.update(warnings)
            columns += described
            for rule, text in found:
                kinds[rule] += 1
                files.setdefault(rule, {})[place] = text
                if rule is None or "-v" in flags:
                    unexplained += [f"{rule or 'UNEXPLAINED'}: {place}: {text}"]
    print("\n".join(unexplained))
    for rule, why in rules.RULES.items():
        if rule in kinds:
            print(f"{kinds[rule]:5} in {len(files[rule]):4} files  {rule}: {why}")
    print("warnings, by files:", ", ".join(f"{code} {count}" for code, count in sorted(told.items())))
    print(f"{len(paths)} files with {columns} numeric columns: {kinds[None]} differences without a rule")
    if kinds[None] or not columns:
        sys.exit(1)


main()
