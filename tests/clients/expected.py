"""What is sent through each client, and what must come back, by the definitions of other programs: none of it is computed by
the service.
"""

import csv
import io
import statistics

import numpy
import openpyxl
import pandas
import scipy.stats

# The numbers in Microsoft's documentation of SKEW and KURT.
NUMBERS = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7]
EXCEL_SKEW = 0.359543071
EXCEL_KURT = -0.151799637

QUERY = [5, 6, 7.5]
NESTED = [[1, 2.5, 4], [3, 4, 9.25]]

TABLE = """candidate,cohort,mark
Ann,2023,41
Bob,2023,55.5
Cid,2023,ABS
Dan,2023,
Eve,2024,49
Fay,2024,70
Guy,2024,58
"""
# Marks of the groups of a publication: 3 are too few, 7 are rounded to 5, and 12 to 10.
PUBLISHED = {"Art": [40, 50, 61], "Biology": [41, 44, 47, 50, 53, 56, 59], "Chemistry": [*range(57, 69)]}


def published_table():
    rows = [f"{subject},{mark}\n" for subject, marks in PUBLISHED.items() for mark in marks]
    return "subject,mark\n" + "".join(rows)


def workbook():
    """The table as XLSX."""
    book = openpyxl.Workbook()
    for name, cohort, mark in csv.reader(io.StringIO(TABLE)):
        number = float(mark) if mark.replace(".", "").isdigit() else mark or None
        book.active.append([name, cohort, number])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def marks(cohort=None):
    rows = csv.DictReader(io.StringIO(TABLE))
    return [float(row["mark"]) for row in rows if row["mark"] not in ("", "ABS") and cohort in (None, row["cohort"])]


def conventions():
    """Skewness, kurtosis and quartiles of `NUMBERS` for each convention."""
    n = len(NUMBERS)
    biased = scipy.stats.skew(NUMBERS), scipy.stats.kurtosis(NUMBERS)
    sample = scipy.stats.skew(NUMBERS, bias=False), scipy.stats.kurtosis(NUMBERS, bias=False)
    assert abs(sample[0] - EXCEL_SKEW) < 1e-9 and abs(sample[1] - EXCEL_KURT) < 1e-9
    # e1071's type 3: the moments of the numbers over powers of the sample's standard deviation.
    shrink = (n - 1) / n
    r = biased[0] * shrink**1.5, (biased[1] + 3) * shrink**2 - 3
    series = pandas.Series(NUMBERS)
    of_pandas = series.skew(), series.kurt()
    stata = biased[0], scipy.stats.kurtosis(NUMBERS, fisher=False)

    def quartiles(method):
        return [float(q) for q in numpy.quantile(NUMBERS, [0.25, 0.5, 0.75], method=method)]

    shapes_and_methods = {
        "scipy": (biased, "linear"),
        "excel": ((EXCEL_SKEW, EXCEL_KURT), "linear"),
        "sas": (sample, "averaged_inverted_cdf"),
        "spss": (sample, "weibull"),
        "r": (r, "linear"),
        "stata": (stata, "averaged_inverted_cdf"),
        "minitab": (sample, "weibull"),
        "pandas": (of_pandas, "linear"),
        "duckdb": (sample, "linear"),
    }
    return {
        name: [float(shape[0]), float(shape[1]), quartiles(method)] for name, (shape, method) in shapes_and_methods.items()
    }


def answers():
    """For each use of a client its result."""
    query = scipy.stats.describe(QUERY)
    columns = scipy.stats.describe(NESTED, axis=0)
    rows = scipy.stats.describe(NESTED, axis=1)
    cohorts = [
        ["2023", 2, statistics.fmean(marks("2023")), statistics.variance(marks("2023")), 1, 1],
        ["2024", 3, statistics.fmean(marks("2024")), statistics.variance(marks("2024")), 0, 0],
    ]
    return {
        # Repeated numbers in a URL: nobs, minmax, mean, variance, skewness, kurtosis.
        "query": [3, [5, 7.5], *map(float, (query.mean, query.variance, query.skewness, query.kurtosis))],
        # A POST with each convention: skewness, kurtosis, quartiles.
        "conventions": conventions(),
        # Nested arrays by columns and by rows: means, variances.
        "columns": [columns.mean.tolist(), columns.variance.tolist()],
        "rows": [rows.mean.tolist(), rows.variance.tolist()],
        # The table as CSV by cohort: cohort, nobs, mean, variance, missing, absent.
        "csv": cohorts,
        # The same as JSON records.
        "records": cohorts,
        # The workbook as an upload: nobs, mean, median, absent.
        "workbook": [5, statistics.fmean(marks()), statistics.median(marks()), 1],
        # With publish=ofqual: subject, nobs, mean, and why nobs is withheld.
        "published": [
            ["Art", None, None, "fewer than 5"],
            ["Biology", 5, statistics.fmean(PUBLISHED["Biology"]), None],
            ["Chemistry", 10, statistics.fmean(PUBLISHED["Chemistry"]), None],
        ],
        # A missing value with nan_policy=raise: status, place of the first error, number of errors.
        "problem": [422, ["body", "numbers", 1], 1],
    }


def difference(expected, found, place):
    """The first difference between two results, or None. Numbers may differ by what their sources round."""
    if isinstance(expected, dict):
        if not isinstance(found, dict) or set(expected) != set(found):
            return f"{place}: {expected!r} expected, {found!r} found"
        pairs = [(expected[key], found[key], f"{place}.{key}") for key in expected]
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(expected) != len(found):
            return f"{place}: {expected!r} expected, {found!r} found"
        pairs = [(one, other, f"{place}[{index}]") for index, (one, other) in enumerate(zip(expected, found))]
    elif isinstance(expected, float) and type(found) in (int, float):
        tolerance = 1e-9 if expected in (EXCEL_SKEW, EXCEL_KURT) else 1e-12 * max(1, abs(expected))
        return None if abs(expected - found) <= tolerance else f"{place}: {expected!r} expected, {found!r} found"
    else:
        equal = expected == found and isinstance(expected, bool) == isinstance(found, bool)
        return None if equal else f"{place}: {expected!r} expected, {found!r} found"
    return next((text for pair in pairs if (text := difference(*pair))), None)
