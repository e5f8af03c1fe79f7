#!/usr/bin/env python3
"""Writes made-up exam results as CSV: marks.py [ROWS] > FILE. The same rows for the same number, on every machine.

examples/marks.csv is `marks.py 300`; the benchmarks take ten million.
"""

import sys

SUBJECTS = ["Biology", "English", "French", "Geography", "History", "Mathematics"]


def numbers(seed=1):
    """Whole numbers below 2**31: Park and Miller's generator (1988), the same everywhere."""
    while True:
        seed = seed * 48271 % 2147483647
        yield seed


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    draw = numbers()
    write = sys.stdout.write
    write("candidate,centre,cohort,subject,mark\n")
    for row in range(rows):
        centre = 10000 + next(draw) % 4000
        cohort = 2021 + next(draw) % 4
        subject = SUBJECTS[next(draw) % 6]
        # Three draws make a bell; one in fifty is blank or an absence.
        mark = sum(next(draw) % 34 for _ in range(3)) + next(draw) % 2
        absence = next(draw) % 100
        text = "" if absence == 0 else "X" if absence == 1 else str(mark)
        write(f"{1000000 + row},{centre},{cohort},{subject},{text}\n")


main()
