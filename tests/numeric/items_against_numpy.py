#!/usr/bin/env python3
"""Compares the item analysis of a running service with numpy and scipy on random tests.

    python3 items_against_numpy.py http://127.0.0.1:8000/prod [ROUNDS]

Needs numpy and scipy. The coefficients are written here from their definitions, with numpy's covariances, correlations and inverse.
"""

import json
import math
import random
import sys
import urllib.error
import urllib.parse
import urllib.request

import numpy as np
from scipy import stats


def ask(base, rows, options):
    text = "".join(",".join(row) + "\n" for row in rows)
    url = f"{base}/items?{urllib.parse.urlencode(options)}"
    request = urllib.request.Request(url, data=text.encode(), headers={"Content-Type": "text/csv"})
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.read().decode()}\n{options}\n{text}")


def same(found, wanted, context, tolerance=1e-9):
    if wanted is None or not math.isfinite(wanted):
        assert found is None, f"{found} is not null: {context}"
        return
    close = found is not None and math.isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)
    assert close, f"{found} is not {wanted}: {context}"


def alpha(marks):
    k = marks.shape[1]
    variance = marks.sum(axis=1).var(ddof=1)
    if k < 2 or variance < 1e-12:
        return None
    return k / (k - 1) * (1 - marks.var(axis=0, ddof=1).sum() / variance)


def correlation(a, b):
    if a.var() < 1e-12 or b.var() < 1e-12:
        return None
    return np.corrcoef(a, b)[0, 1]


def between(marks, low, high):
    """Mean marks of the candidates from the share `low` to `high` by total; candidates with one total share their marks."""
    n = len(marks)
    totals = marks.sum(axis=1).round(6)
    shared = np.array([marks[totals == total].mean(axis=0) for total in totals])
    shared = shared[np.argsort(totals, kind="stable")]
    places = np.arange(n)
    taken = np.clip(np.minimum(places + 1, high * n) - np.maximum(places, low * n), 0, None)
    return (shared * taken[:, None]).sum(axis=0) / taken.sum()


def check_test(test, marks, context):
    k = marks.shape[1]
    total = marks.sum(axis=1)
    same(test["mean"], total.mean(), f"mean {context}")
    same(test["std"], total.std(ddof=1), f"std {context}")
    reliability = alpha(marks)
    same(test["alpha"], reliability, f"alpha {context}")
    if reliability is None:
        return
    same(test["measurement_error"], total.std(ddof=1) * math.sqrt(max(0, 1 - reliability)), f"error {context}", 1e-6)
    covariances = np.cov(marks, rowvar=False)
    variance = covariances.sum()
    off = covariances - np.diag(np.diag(covariances))
    lambda_2 = (off.sum() + math.sqrt(k / (k - 1) * (off**2).sum())) / variance
    same(test["lambda_2"], lambda_2, f"lambda-2 {context}")
    if marks.var(axis=0).min() > 1e-12:
        r = np.corrcoef(marks, rowvar=False)
        mean = (r.sum() - k) / (k * (k - 1))
        if 1 + (k - 1) * mean > 1e-6:
            same(test["standardised_alpha"], k * mean / (1 + (k - 1) * mean), f"standardised {context}", 1e-7)
    if np.linalg.cond(covariances) < 1e5:
        errors = 1 / np.diag(np.linalg.inv(covariances))
        same(test["lambda_6"], 1 - errors.sum() / variance, f"lambda-6 {context}", 1e-8)
    half = correlation(marks[:, ::2].sum(axis=1), marks[:, 1::2].sum(axis=1))
    if half is not None and half > -0.999999:
        same(test["split_half"], 2 * half / (1 + half), f"split-half {context}", 1e-7)


def check_items(items, marks, maxima, context):
    total = marks.sum(axis=1)
    upper, lower = between(marks, 0.73, 1), between(marks, 0, 0.27)
    bands = [between(marks, band / 5, (band + 1) / 5) for band in range(5)]
    for place, item in enumerate(items):
        mark, maximum = marks[:, place], maxima[place]
        what = f"{item['item']} {context}"
        same(item["facility"], 100 * mark.mean() / maximum, f"facility {what}")
        same(item["std"], mark.std(ddof=1), f"std {what}")
        same(item["discrimination"], correlation(mark, total - mark), f"discrimination {what}")
        same(item["item_total"], correlation(mark, total), f"item-total {what}")
        others = np.delete(marks, place, axis=1)
        same(item["alpha_without"], alpha(others) if others.shape[1] > 1 else None, f"alpha without {what}")
        same(item["upper_facility"], 100 * upper[place] / maximum, f"upper {what}")
        same(item["lower_facility"], 100 * lower[place] / maximum, f"lower {what}")
        for band, figure in zip(bands, item["bands"]):
            same(figure, 100 * band[place] / maximum, f"band {what}")
        if total.var() > 1e-12:
            same(item["effective_weight"], 100 * np.cov(mark, total)[0, 1] / total.var(ddof=1), f"weight {what}")


def marks_of_a_test(base, chance, generator):
    n, k = chance.randint(2, 300), chance.randint(1, 12)
    maxima = [chance.choice([1, 1, 2, 3, 6, 10]) for _ in range(k)]
    ability = generator.normal(0, 1, n)
    slope = [chance.choice([1.2, 0.6, 0, -0.5]) for _ in range(k)]
    share = 1 / (1 + np.exp(-(np.outer(ability, slope) - generator.normal(0, 1, k))))
    marks = generator.binomial(maxima, share).astype(float)
    if chance.random() < 0.3:
        marks = np.minimum(marks + generator.integers(0, 2, marks.shape) / 2, maxima)
    answered = generator.random(marks.shape) > chance.choice([0, 0, 0.1])
    names = [f"Q{item + 1}" for item in range(k)]
    rows = [names] + [
        [f"{mark:g}" if is_answered else "" for mark, is_answered in zip(*row)] for row in zip(marks, answered)
    ]
    rows = [[f"c{place}", *row] for place, row in enumerate(rows)]
    options = {"items": f"Q1..Q{k}", "maxima": ",".join(f"{name}:{most}" for name, most in zip(names, maxima))}
    context = f"of {n} candidates, {options}"
    result = ask(base, rows, options)["results"][0]
    zero = np.where(answered, marks, 0)
    check_test(result["test"], zero, context)
    check_items(result["items"], zero, maxima, context)
    complete = marks[answered.all(axis=1)]
    if len(complete) > 1:
        result = ask(base, rows, options | {"unanswered": "complete"})["results"][0]
        assert result["candidates"] == len(complete)
        check_test(result["test"], complete, f"complete {context}")
        check_items(result["items"], complete, maxima, f"complete {context}")
    items = ask(base, rows, options | {"unanswered": "pairwise"})["results"][0]["items"]
    for place, item in enumerate(items):
        own = answered[:, place]
        if own.sum() > 1:
            rest = zero[own].sum(axis=1) - zero[own, place]
            same(item["discrimination"], correlation(zero[own, place], rest), f"pairwise {context}")


def answers_of_a_test(base, chance, generator):
    n, k = chance.randint(5, 200), chance.randint(2, 8)
    answers = generator.choice(list("ABCD"), (n, k))
    key = generator.choice(list("ABCD"), k)
    right = generator.random((n, k)) < 0.4
    answers = np.where(right, key, answers)
    rows = [[f"Q{item + 1}" for item in range(k)], *answers.tolist()]
    items = ask(base, rows, {"items": f"Q1..Q{k}", "key": ",".join(key)})["results"][0]["items"]
    scored = (answers == key).astype(float)
    for place, item in enumerate(items):
        rest = scored.sum(axis=1) - scored[:, place]
        for choice in item["choices"]:
            gave = answers[:, place] == choice["choice"]
            context = f"{choice} of {item['item']}, {n} candidates"
            assert choice["count"] == gave.sum() and choice["key"] == (choice["choice"] == key[place]), context
            if 0 < gave.sum() < n and rest.var() > 1e-12:
                same(choice["point_biserial"], stats.pointbiserialr(gave, rest).statistic, context)


def main():
    base = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    chance, generator = random.Random(20), np.random.default_rng(20)
    for _ in range(rounds):
        marks_of_a_test(base, chance, generator)
        answers_of_a_test(base, chance, generator)
    print(f"{2 * rounds} item analyses agree with numpy and scipy")


if __name__ == "__main__":
    main()
