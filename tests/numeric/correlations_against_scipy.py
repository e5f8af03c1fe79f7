#!/usr/bin/env python3
"""Compares the correlations of a running service with scipy on random tables.

    python3 correlations_against_scipy.py http://127.0.0.1:8000/prod [ROUNDS]

Needs numpy and scipy. The standard errors of Bonett and Wright (2000), which scipy does not have, are written here.
"""

import json
import math
import random
import sys
import urllib.error
import urllib.parse
import urllib.request
import warnings

import numpy as np
from scipy import stats

COLUMNS = ["a", "b", "c"]
PAIRS = [(0, 1), (0, 2), (1, 2)]


def ask(base, rows, confidence):
    text = "".join(",".join(row) + "\n" for row in [COLUMNS, *rows])
    options = {"correlations": ",".join(COLUMNS), "confidence": confidence}
    url = f"{base}/stats?{urllib.parse.urlencode(options)}"
    request = urllib.request.Request(url, data=text.encode(), headers={"Content-Type": "text/csv"})
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)["correlations"]
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.read().decode()}\n{options}\n{text}")


def same(found, wanted, context, tolerance=1e-9):
    close = found is not None and math.isclose(found, wanted, rel_tol=tolerance, abs_tol=1e-12)
    assert close, f"{found} is not {wanted}: {context}"


def check_interval(found, r, error, confidence, context):
    z = stats.norm.ppf((1 + float(confidence)) / 2)
    limits = [r, r] if abs(r) == 1 else [math.tanh(math.atanh(r) + sign * z * error) for sign in (-1, 1)]
    for name, limit in zip(("low", "high"), limits, strict=True):
        # Near 1 and -1 the doubles of numpy have few digits of atanh.
        same(found[name], limit, (name, context), 1e-9 + 1e-13 / max(1 - abs(r), 1e-12))


def check_pair(found, x, y, confidence):
    n, context = len(x), (found, x.tolist(), y.tolist())
    assert found["nobs"] == n, context
    members = ("pearson", "spearman", "kendall")
    if n < 2 or len(set(x)) < 2 or len(set(y)) < 2:
        assert all(found[member] is None for member in members), context
        return
    pearson, spearman = stats.pearsonr(x, y), stats.spearmanr(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Of two records scipy divides by 0.
        kendall = stats.kendalltau(x, y, method="asymptotic" if n > 2 else "auto")
    same(found["pearson"]["r"], pearson.statistic, context)
    same(found["spearman"]["r"], spearman.statistic, context)
    same(found["kendall"]["tau_b"], kendall.statistic, context)
    if n < 3:
        assert all(found[member]["p"] is None for member in members), context
    else:
        # The t of a coefficient near 1 has few digits in doubles.
        for member, expected in (("pearson", pearson), ("spearman", spearman)):
            near = max(1 - expected.statistic**2, 1e-15)
            same(found[member]["p"], expected.pvalue, context, 1e-9 + 1e-13 * n / near)
        same(found["kendall"]["p"], kendall.pvalue, context)
    if n < 4:
        assert all(found[member]["ci"] is None for member in members), context
        return
    interval = pearson.confidence_interval(float(confidence))
    if abs(pearson.statistic) < 1 - 1e-9:
        same(found["pearson"]["ci"]["low"], interval.low, context, 1e-7)
        same(found["pearson"]["ci"]["high"], interval.high, context, 1e-7)
    r = found["spearman"]["r"]
    check_interval(found["spearman"]["ci"], r, math.sqrt((1 + r * r / 2) / (n - 3)), confidence, context)
    assert (found["kendall"]["ci"] is None) == (n < 5), context
    if n > 4:
        check_interval(found["kendall"]["ci"], found["kendall"]["tau_b"], math.sqrt(0.437 / (n - 4)), confidence, context)


def table(draw):
    """Rows of three columns: marks with ties, or numbers that hardly repeat, more or less alike, some of them missing."""
    count = draw.choice([1, 2, 3, 4, 5, 6, 8, 12, 30, 100, 400])
    places, spread = draw.choice([0, 1, 4]), draw.choice([1, 3, 20, 1000])
    alike, missing = draw.choice([0, 0.5, 0.99, 1]), draw.choice([0, 0, 0.2])
    rows = []
    for _ in range(count):
        common = draw.gauss(0, spread)
        sign = draw.choice([1, 1, -1]) if alike < 1 else 1
        cells = [common, sign * (alike * common + (1 - alike) * draw.gauss(0, spread)), draw.gauss(5, spread)]
        rows.append(["" if draw.random() < missing else f"{cell:.{places}f}" for cell in cells])
    # A row of empty cells is no record.
    return [row for row in rows if any(row)]


def main():
    base, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    compared = 0
    for seed in range(rounds):
        draw = random.Random(seed)
        rows = table(draw)
        if not rows:
            continue
        confidence = draw.choice(["0.95", "0.8", "0.999"])
        found = ask(base, rows, confidence)
        for pair, (a, b) in zip(found, PAIRS, strict=True):
            assert (pair["a"], pair["b"]) == (COLUMNS[a], COLUMNS[b])
            both = [(float(row[a]), float(row[b])) for row in rows if row[a] and row[b]]
            check_pair(pair, np.array([x for x, _ in both]), np.array([y for _, y in both]), confidence)
            compared += 1
    print(f"{compared} pairs of columns have the correlations of scipy")


if __name__ == "__main__":
    main()
