"""Reports that the tests of output ask for: made-up candidates, and the options of one, of six and of 48 results."""

import csv
import itertools
import random
import subprocess

SUBJECTS = ["Art and design", "Biology", "Chemistry", "English literature", "French", "Geography", "Mathematics", "Physics"]
COHORTS = range(2021, 2027)
COLUMN = "Raw mark"
HEADER = ["Candidate No", "Cohort", "Subject", "Gender", COLUMN, "UMS %", "Entry fee"]
BOUNDARIES = "A:70,B:60,C:50,D:40"
COMMON = {"column": COLUMN, "absent": "X,Q", "boundaries": BOUNDARIES}
CASES = {
    "one": {},
    "six": {"group_by": ["Cohort"], "compare": "true", "overall": "true"},
    "48": {"group_by": ["Subject", "Cohort"], "totals": "true", "compare": "true"},
}
RULES = "none", "ofqual"


def reports():
    """Name, rules and options of each report."""
    for (name, options), rules in itertools.product(CASES.items(), RULES):
        yield f"{name}, {rules}", COMMON | options | {"publish": rules}


def write_candidates(path):
    """A hundred candidates of each subject and cohort, some of them absent (X), under query (Q) or without a mark."""
    made = random.Random(20301030)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        cells = itertools.product(range(100), COHORTS, SUBJECTS)
        for number, (_, cohort, subject) in enumerate(cells, 1):
            mark = min(100, max(0, round(made.gauss(50 + 2 * SUBJECTS.index(subject) + cohort - 2021, 15))))
            [shown] = made.choices(["X", "Q", "", mark], [3, 1, 2, 94])
            ums = min(100.0, mark * 0.95 + made.random() * 5)
            fee = made.choice([42.5, 48.75, 51.99])
            writer.writerow([f"{number:06}", cohort, subject, made.choice("FM"), shown, f"{ums:.1f}", f"{fee:.2f}"])


def arguments(options):
    """The options as the command line writes them."""
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            yield from ["--" + name.replace("_", "-"), one]


def described(program, path, form, options):
    command = [program, "describe", path, "--format", form, *arguments(options)]
    return subprocess.run(command, check=True, capture_output=True).stdout
