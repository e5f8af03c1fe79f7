#!/usr/bin/env python3
"""Compares every figure beside the six with numpy, scipy and mpmath on random data.

    python3 statistics_against_scipy.py http://127.0.0.1:8000/prod [ROUNDS]

Figures agree to 1e-9 (relative, or absolute near zero): the references' own rounding is the difference. Student's t is
held to 1e-12 against mpmath. Shares and trims are dyadic, so that numpy's positions are exact, too; where numpy's bins
hold other counts than ours, exact fractions must say that ours are right.
"""

import bisect
import json
import math
import random
import sys
import urllib.parse
import urllib.request
import warnings
from fractions import Fraction

import mpmath
import numpy as np
from scipy import stats

METHODS = [
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
]  # fmt: skip
RULES = ["auto", "fd", "sturges", "doane", "scott", "rice", "sqrt"]

checked = 0


def ask(base, body, content_type, **options):
    query = urllib.parse.urlencode(options, doseq=True)
    request = urllib.request.Request(f"{base}/stats?{query}", body.encode(), {"Content-Type": content_type})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def describe(base, texts, **options):
    return ask(base, " ".join(texts), "text/plain", **options)


def same(found, wanted, context, tolerance=1e-9):
    """Equal shapes, close figures; null where the reference has no finite number."""
    global checked
    checked += 1
    wanted = wanted.tolist() if hasattr(wanted, "tolist") else wanted
    if isinstance(wanted, (list, tuple)):
        assert isinstance(found, list) and len(found) == len(wanted), f"{context}: {found} is not {wanted}"
        for one, other in zip(found, wanted):
            same(one, other, context, tolerance)
        return
    if wanted is None or not math.isfinite(wanted):
        assert found is None, f"{context}: {found} is not {wanted}"
        return
    near = found is not None and math.isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)
    assert near, f"{context}: {found} is not {wanted}"


def numbers(chance, least=1, positive=False):
    kind = chance.randrange(4)
    low = 1 if positive else -20
    if kind == 0:
        texts = [str(chance.randint(max(low, 0), 100)) for _ in range(chance.randint(least, 60))]
    elif kind == 1:
        texts = [f"{chance.randint(low, 40) / 2}" for _ in range(chance.randint(least, 60))]
    elif kind == 2:
        texts = [f"{max(0.01, chance.gauss(60, 15)):.2f}" for _ in range(chance.randint(least, 200))]
    else:
        texts = [repr(chance.uniform(0.001 if positive else -1e3, 1e3)) for _ in range(chance.randint(least, 60))]
    return texts


def quantiles(base, chance):
    texts = numbers(chance)
    data = np.array([float(text) for text in texts])
    shares = sorted({chance.randint(0, 64) / 64 for _ in range(5)})
    method = chance.choice(METHODS)
    names = "median,quartiles,iqr,deciles,quantiles"
    answer = describe(base, texts, statistics=names, quantiles=",".join(map(str, shares)), quantile_method=method)
    context = f"{method} of {texts}"
    for row, share in zip(answer["quantiles"], shares):
        assert row["q"] == share
        same(row["value"], np.quantile(data, share, method=method), f"{share} {context}")
    quartiles = np.quantile(data, [0.25, 0.5, 0.75], method=method)
    same(answer["quartiles"], quartiles, context)
    same(answer["median"], quartiles[1], context)
    same(answer["iqr"], quartiles[2] - quartiles[0], context)
    if method in ("linear", "weibull", "hazen", "median_unbiased", "normal_unbiased"):
        same(answer["deciles"], np.quantile(data, np.arange(1, 10) / 10, method=method), context)


def moments(base, chance):
    texts = numbers(chance, least=2)
    data = np.array([float(text) for text in texts])
    ddof = chance.randint(0, 1)
    confidence = chance.choice([0.5, 0.9, 0.95, 0.99, 0.999])
    trim = chance.choice([0, 0.0625, 0.125, 0.25, 0.375])
    names = "sum,std,sem,cv,range,mad,mode,distinct,trimmed_mean,winsorized_mean,ci_mean,jarque_bera,outliers"
    answer = describe(base, texts, statistics=names, ddof=ddof, confidence=confidence, trim=trim)
    context = f"of {texts}"
    same(answer["sum"], math.fsum(data), f"sum {context}")
    same(answer["std"], np.std(data, ddof=ddof), f"std {context}")
    same(answer["sem"], stats.sem(data, ddof=ddof), f"sem {context}")
    if abs(data.mean()) > 1e-6:
        same(answer["cv"], stats.variation(data, ddof=ddof) * np.sign(data.mean()), f"cv {context}")
    same(answer["range"], np.ptp(data), f"range {context}")
    same(answer["mad"], stats.median_abs_deviation(data), f"mad {context}")
    values, counts = np.unique(data, return_counts=True)
    modes = values[counts == counts.max()]
    assert answer["mode"]["count"] == counts.max() and answer["mode"]["total"] == len(modes)
    same(answer["mode"]["values"], modes[:20], f"mode {context}")
    assert answer["distinct"] == len(values)
    same(answer["trimmed_mean"], stats.trim_mean(data, trim), f"trimmed {context}")
    same(answer["winsorized_mean"], stats.mstats.winsorize(data, (trim, trim)).mean(), f"winsorized {context}")
    if np.ptp(data) > 0:
        interval = stats.t.interval(confidence, len(data) - 1, data.mean(), stats.sem(data, ddof=ddof))
        same([answer["ci_mean"]["low"], answer["ci_mean"]["high"]], list(interval), f"interval {context}")
        test = stats.jarque_bera(data)
        same(answer["jarque_bera"]["statistic"], test.statistic, f"Jarque-Bera {context}")
        same(answer["jarque_bera"]["p"], test.pvalue, f"Jarque-Bera's p {context}")
    first, third = np.quantile(data, [0.25, 0.75])
    fences = [first - 1.5 * (third - first), third + 1.5 * (third - first)]
    same([answer["outliers"]["lower_fence"], answer["outliers"]["upper_fence"]], fences, f"fences {context}")


def means(base, chance):
    texts = numbers(chance, positive=True)
    data = np.array([float(text) for text in texts])
    if data.min() <= 0:
        return
    answer = describe(base, texts, statistics="geometric_mean,harmonic_mean")
    same(answer["geometric_mean"], stats.gmean(data), f"geometric {texts}", 1e-12)
    same(answer["harmonic_mean"], stats.hmean(data), f"harmonic {texts}", 1e-12)


def histograms(base, chance):
    texts = numbers(chance)
    data = np.array([float(text) for text in texts])
    bins = chance.choice([*RULES, chance.randint(1, 30)])
    options = {"bins": bins}
    bounds = None
    if chance.random() < 0.3:
        low = chance.randint(-10, 40)
        bounds = (low, low + chance.randint(0, 60))
        options["range"] = "{},{}".format(*bounds)
    answer = describe(base, texts, statistics="histogram", **options)["histogram"]
    counts, edges = np.histogram(data, bins=bins, range=bounds)
    context = f"{options} {texts}"
    same(answer["edges"], edges, context)
    if answer["counts"] != counts.tolist():
        exact = [Fraction(text) for text in texts]
        low, high = (Fraction(bounds[0]), Fraction(bounds[1])) if bounds else (min(exact), max(exact))
        if low == high:
            low, high = low - Fraction(1, 2), high + Fraction(1, 2)
        size = len(counts)
        wanted = [0] * size
        for value in exact:
            if low <= value <= high:
                wanted[min(int((value - low) * size / (high - low)), size - 1)] += 1
        assert answer["counts"] == wanted, context


# Percentile ranks in each stanine, by their lower ends.
STANINES = [0, 4, 11, 23, 40, 60, 77, 89, 96]


def mark_tables(base, chance):
    texts = numbers(chance)
    data = np.array([float(text) for text in texts])
    ddof = chance.randint(0, 1)
    marks = sorted({chance.choice(texts) for _ in range(3)} | {"12.25"}, key=float)
    answer = describe(base, texts, statistics="mark_table,percentile_ranks", ddof=ddof, percentile_ranks=",".join(marks))
    context = f"marks of {texts}"
    for row, mark in zip(answer["percentile_ranks"], marks, strict=True):
        same(row["rank"], stats.percentileofscore(data, float(mark), kind="mean"), f"{mark} {context}")
    values, counts = np.unique(data, return_counts=True)
    rows = answer["mark_table"]
    same([row["mark"] for row in rows], values, context)
    assert [row["count"] for row in rows] == counts.tolist(), context
    percentages = counts / len(data) * 100
    same([row["percent"] for row in rows], percentages, context)
    same([row["cumulative_percent"] for row in rows], np.cumsum(percentages), context)
    # The average rank of equal values is half above the middle of theirs.
    ranks = (np.unique(stats.rankdata(data, method="average")) - 0.5) / len(data) * 100
    same([row["percentile_rank"] for row in rows], ranks, context)
    exact = [Fraction(int(below + above), 2 * len(data)) * 100 for below, above in
             zip(np.cumsum(counts) - counts, np.cumsum(counts))]  # fmt: skip
    assert [row["stanine"] for row in rows] == [bisect.bisect_right(STANINES, rank) for rank in exact], context
    if np.ptp(data) > 0 and len(data) > ddof:
        scores = stats.zscore(data, ddof=ddof)
        of_value = {value: score for value, score in zip(data, scores)}
        same([row["z_score"] for row in rows], [of_value[value] for value in values], context)
        same([row["t_score"] for row in rows], [50 + 10 * of_value[value] for value in values], context)
    else:
        assert all(row["z_score"] is None and row["t_score"] is None for row in rows), context


def comparisons(base, chance):
    groups = [numbers(chance, least=2) for _ in range(2)]
    data = [np.array([float(text) for text in texts]) for texts in groups]
    if min(np.ptp(one) for one in data) == 0:
        return
    confidence = chance.choice([0.9, 0.95, 0.99])
    table = "g,x\n" + "".join(f"{name},{text}\n" for name, texts in zip("ab", groups) for text in texts)
    options = {"column": "x", "group_by": "g", "confidence": confidence}
    options.update({"compare": "true"} if chance.random() < 0.5 else {"baseline": "a"})
    (answer,) = ask(base, table, "text/csv", **options)["comparisons"]
    assert (answer["a"], answer["b"]) == ({"g": "b"}, {"g": "a"})
    b, a = data
    test = stats.ttest_ind(a, b, equal_var=False)
    interval = test.confidence_interval(confidence)
    context = f"{groups}"
    same(answer["difference"], a.mean() - b.mean(), context)
    same(answer["t"], test.statistic, context)
    same(answer["df"], test.df, context)
    same(answer["p"], test.pvalue, context)
    same([answer["ci"]["low"], answer["ci"]["high"]], [interval.low, interval.high], context)
    same(answer["se"], math.hypot(stats.sem(a), stats.sem(b)), context)
    squares = (len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)
    pooled = math.sqrt(squares / (len(a) + len(b) - 2))
    same(answer["cohens_d"], (a.mean() - b.mean()) / pooled, context)
    same(answer["variance_ratio"], a.var(ddof=1) / b.var(ddof=1), context)


def newcombe(a, b):
    """Newcombe's hybrid score interval of the difference of two shares, from the intervals of Wilson of scipy."""
    (p, one), (q, other) = [(x / n, stats.binomtest(x, n).proportion_ci(0.95, method="wilson")) for x, n in (a, b)]
    low, high = math.hypot(p - one.low, other.high - q), math.hypot(one.high - p, q - other.low)
    return [100 * (p - q - low), 100 * (p - q + high)]


def outcomes(base, chance):
    order = chance.sample("ABCDEF", chance.randint(2, 6))
    names = [f"g{number}" for number in range(chance.choice([2, 3, 5, 40]))]
    skew = chance.choice([1, 1, 3])
    records = [(chance.choice(names), order[int(len(order) * chance.random() ** skew)]) for _ in range(chance.randint(1, 1500))]
    table = "g,c\n" + "".join(f"{group},{category}\n" for group, category in records)
    answer = ask(base, table, "text/csv", categories="c", order=",".join(order), group_by="g", compare="true", overall="true")
    context = f"{order} {records}"
    found, counts = stats.contingency.crosstab(*zip(*records), levels=(None, order))
    groups = [str(group) for group in found[0]]
    *results, whole = answer["results"]
    assert [result["group"]["g"] for result in results] == groups, context
    for result, row in zip([*results, whole], [*counts, counts.sum(axis=0)], strict=True):
        rows = result["categories"]
        assert [row["category"] for row in rows] == order, context
        assert [row["count"] for row in rows] == row.tolist(), context
        assert [row["cumulative_count"] for row in rows] == np.cumsum(row).tolist(), context
        same([row["percent"] for row in rows], 100 * row / row.sum(), context)
        same([row["cumulative_percent"] for row in rows], 100 * np.cumsum(row) / row.sum(), context)
    for change, a, b in zip(answer["changes"], counts[1:], counts):
        for place, row in enumerate(change["categories"]):
            (x, n), (y, m) = ((int(one[place]), int(one.sum())) for one in (a, b))
            same(row["change"], 100 * (x / n - y / m), context)
            same([row["ci"]["low"], row["ci"]["high"]], newcombe((x, n), (y, m)), context)
            (x, y) = (int(one[: place + 1].sum()) for one in (a, b))
            same(row["cumulative_change"], 100 * (x / n - y / m), context)
            ci = row["cumulative_ci"]
            same([ci["low"], ci["high"]], newcombe((x, n), (y, m)), context)
    (test,) = answer["homogeneity"]
    occurring = counts[:, counts.sum(axis=0) > 0]
    assert [test["groups"], test["categories"]] == list(occurring.shape), context
    if min(occurring.shape) < 2:
        assert test["statistic"] is None and test["df"] is None and test["p"] is None, context
        return
    wanted = stats.chi2_contingency(occurring, correction=False)
    same(test["statistic"], wanted.statistic, context)
    assert test["df"] == wanted.dof, context
    same(test["least_expected"], wanted.expected_freq.min(), context)
    same(test["p"], wanted.pvalue, context)
    mpmath.mp.dps = 40
    exact = mpmath.gammainc(mpmath.mpf(test["df"]) / 2, mpmath.mpf(test["statistic"]) / 2, regularized=True)
    # The statistic of the answer is rounded, which a small p feels.
    assert abs(test["p"] / exact - 1) < 1e-12 + 2e-16 * test["statistic"], f"{test} is not {exact}"


def weighted(base, chance):
    texts = numbers(chance, least=2)
    data = np.array([float(text) for text in texts])
    counts = [chance.randint(0, 5) for _ in texts]
    if sum(counts) < 2:
        return
    table = "x,w\n" + "".join(f"{text},{count}\n" for text, count in zip(texts, counts))
    answer = ask(base, table, "text/csv", column="x", weights="w", statistics="all")["results"][0]
    repeated = [text for text, count in zip(texts, counts) for _ in range(count)]
    wanted = describe(base, repeated, statistics="all")
    del answer["column"]
    assert answer == wanted, f"{answer} is not {wanted}"

    weights = np.array([chance.choice([chance.randint(1, 8), chance.randint(1, 64) / 16]) for _ in texts])
    table = "x,w\n" + "".join(f"{text},{float(weight)!r}\n" for text, weight in zip(texts, weights))
    names = "scipy,std,median,quartiles"
    options = {"column": "x", "weights": "w", "weight_type": "reliability", "statistics": names}
    answer = ask(base, table, "text/csv", **options)["results"][0]
    context = f"{texts} {weights}"
    mean = np.average(data, weights=weights)
    total = weights.sum()
    moment = [(weights * (data - mean) ** power).sum() / total for power in range(5)]
    assert answer["nobs"] == len(data)
    same(answer["mean"], mean, context)
    variance = moment[2] * total / (total - (weights**2).sum() / total)
    same(answer["variance"], variance, context)
    same(answer["std"], math.sqrt(variance), context)
    if np.ptp(data) > 0:
        same(answer["skewness"], moment[3] / moment[2] ** 1.5, context)
        same(answer["kurtosis"], moment[4] / moment[2] ** 2 - 3, context)
    wanted = np.quantile(data, [0.25, 0.5, 0.75], method="inverted_cdf", weights=weights)
    same(answer["quartiles"], wanted, context)
    same(answer["median"], wanted[1], context)


def conventions(base, chance):
    texts = numbers(chance, least=4)
    data = np.array([float(text) for text in texts])
    if np.ptp(data) == 0:
        return
    n = len(data)
    biased = (stats.skew(data), stats.kurtosis(data))
    adjusted = (stats.skew(data, bias=False), stats.kurtosis(data, bias=False))
    by_sample = (biased[0] * ((n - 1) / n) ** 1.5, (biased[1] + 3) * ((n - 1) / n) ** 2 - 3)
    wanted = {
        "scipy": (*biased, "linear"),
        "excel": (*adjusted, "linear"),
        "sas": (*adjusted, "averaged_inverted_cdf"),
        "spss": (*adjusted, "weibull"),
        "r": (*by_sample, "linear"),
        "stata": (biased[0], biased[1] + 3, "averaged_inverted_cdf"),
        "minitab": (*adjusted, "weibull"),
        "pandas": (*adjusted, "linear"),
        "duckdb": (*adjusted, "linear"),
    }
    for name, (skewness, kurtosis, method) in wanted.items():
        answer = describe(base, texts, statistics="variance,skewness,kurtosis,quartiles", convention=name)
        context = f"{name} {texts}"
        same(answer["variance"], data.var(ddof=1), context)
        same(answer["skewness"], skewness, context)
        same(answer["kurtosis"], kurtosis, context)
        same(answer["quartiles"], np.quantile(data, [0.25, 0.5, 0.75], method=method), context)


def two_sided(t, freedom):
    """The probability of |T| >= t: an incomplete beta function, or to about 1e-60 what its series leaves of 1."""
    t, freedom = mpmath.mpf(t), mpmath.mpf(freedom)
    a = freedom / 2
    if freedom < 50:
        return mpmath.betainc(a, mpmath.mpf(1) / 2, 0, freedom / (freedom + t * t), regularized=True)
    # DLMF 8.17.8
    y = t * t / (freedom + t * t)
    total, term, k = mpmath.mpf(1), mpmath.mpf(1), 0
    while term > total * mpmath.mpf(10) ** -75:
        term *= (a + k + mpmath.mpf(1) / 2) / (k + mpmath.mpf(3) / 2) * y
        total, k = total + term, k + 1
    factor = 2 * mpmath.sqrt(y / mpmath.pi) * mpmath.exp(a * mpmath.log1p(-y))
    return 1 - total * factor * mpmath.exp(mpmath.loggamma(a + mpmath.mpf(1) / 2) - mpmath.loggamma(a))


def student(base, chance):
    """1 and 3 stand there so often that there are as many degrees of freedom as wanted."""
    mpmath.mp.dps = 80
    n = chance.choice([2, 3, 4, 5, 7, 10, 30, 100, 1001, 20_000, 1_000_003, 200_000_000])
    ones = chance.randint(1, n - 1)
    confidence = chance.choice(["0.5", "0.9", "0.95", "0.99", "0.999999", "0.01"])
    table = f"x,w\n1,{ones}\n3,{n - ones}\n"
    options = {"column": "x", "weights": "w", "confidence": confidence, "statistics": "ci_mean"}
    interval = ask(base, table, "text/csv", **options)["results"][0]["ci_mean"]
    mean = mpmath.mpf(3) - mpmath.mpf(2 * ones) / n
    squares = ones * (mean - 1) ** 2 + (n - ones) * (3 - mean) ** 2
    error = mpmath.sqrt(squares / (n - 1) / n)
    # The t within the bounds of 1e-12, so the probability at both must enclose that wanted.
    outside = 1 - mpmath.mpf(confidence)
    rough = (mpmath.mpf(interval["high"]) - mpmath.mpf(interval["low"])) / 2 / error
    # What the doubles of both ends lose of the half width.
    slack = mpmath.mpf(1e-12) + mpmath.mpf(4e-16) * max(abs(interval["low"]), abs(interval["high"])) / (rough * error)
    low, high = two_sided(rough * (1 - slack), n - 1), two_sided(rough * (1 + slack), n - 1)
    assert high <= outside <= low, f"{n} {confidence} {rough}"
    global checked
    checked += 1

    half = chance.choice([10, 1000, 1_000_000])
    shift = chance.choice([0.25, 1, 2, 5]) * chance.choice([1, 1 / math.sqrt(half)])
    table = f"g,x,w\na,1,{half}\na,3,{half}\nb,{1 + shift!r},{half}\nb,{3 + shift!r},{half + 1}\n"
    options = {"column": "x", "weights": "w", "group_by": "g", "compare": "true"}
    (answer,) = ask(base, table, "text/csv", **options)["comparisons"]
    # Beyond that t the reference takes too long.
    if answer["t"] < 13:
        wanted = two_sided(mpmath.mpf(answer["t"]), mpmath.mpf(answer["df"]))
        # The t of the answer is rounded, which a small p feels: its relative error is about t times that of t.
        slack = 1e-12 + 2e-16 * answer["t"] ** 2
        assert abs(answer["p"] / wanted - 1) < slack, f"p={answer['p']} is not {wanted} {table}"


def main():
    base = sys.argv[1].rstrip("/")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    chance = random.Random(1)
    warnings.simplefilter("ignore")
    for part in [quantiles, moments, means, histograms, mark_tables, comparisons, outcomes, weighted, conventions, student]:
        for _ in range(rounds if part is not student else rounds // 4):
            part(base, chance)
    import scipy

    print(f"{checked} figures agree with numpy {np.__version__}, scipy {scipy.__version__}, mpmath {mpmath.__version__}")


if __name__ == "__main__":
    main()
