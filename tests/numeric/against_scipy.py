#!/usr/bin/env python3
"""Compares a running service with scipy.stats.describe on random data.

    python3 against_scipy.py http://127.0.0.1:8000/prod [ROUNDS]

Needs numpy and scipy. Figures agree to 1e-9 (relative, or absolute near zero): scipy's own rounding is the difference.
"""

import json
import math
import random
import sys
import urllib.parse
import urllib.request
import warnings

import numpy as np
from scipy import stats

NAMES = ["mean", "variance", "skewness", "kurtosis"]


def ask(base, body, content_type, options):
    url = f"{base}/stats"
    if options:
        url += "?" + urllib.parse.urlencode(options)
    request = urllib.request.Request(url, data=body.encode(), headers={"Content-Type": content_type})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def get(base, numbers, options):
    query = urllib.parse.urlencode([("numbers", number) for number in numbers] + list(options.items()))
    with urllib.request.urlopen(f"{base}/stats?{query}") as response:
        return json.load(response)


def same(found, wanted):
    """Equal shapes, close figures; null where scipy has NaN, an infinity or a masked value."""
    if isinstance(found, list):
        return len(found) == len(wanted) and all(same(a, b) for a, b in zip(found, wanted))
    if isinstance(wanted, list):
        return False
    if wanted is None or not math.isfinite(wanted):
        return found is None
    return found is not None and math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)


def plain(value):
    """Lists and floats; None where the value is masked."""
    return value.tolist() if hasattr(value, "tolist") else value


def check(answer, data, options, context):
    axis = options.get("axis", "0")
    arguments = {
        "axis": None if axis == "none" else int(axis),
        "ddof": int(options.get("ddof", 1)),
        "bias": options.get("bias", "true") == "true",
        "nan_policy": options.get("nan_policy", "propagate"),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = stats.describe(np.array(data, dtype=float), **arguments)
    nobs = plain(wanted.nobs)
    if isinstance(nobs, list) and len(set(nobs)) == 1:
        nobs = nobs[0]
    pairs = [("nobs", answer["nobs"], nobs)]
    pairs.append(("minmax", answer["minmax"], [plain(extreme) for extreme in wanted.minmax]))
    pairs += [(name, answer[name], plain(getattr(wanted, name))) for name in NAMES]
    wrong = [f"  {name}: {found} is not {expected}" for name, found, expected in pairs if not same(found, expected)]
    if wrong:
        sys.exit("\n".join([f"{context} {options} {data}", *wrong]))


def random_options(chance, nested):
    options = {}
    if chance.random() < 0.5:
        options["ddof"] = str(chance.randint(0, 2))
    if chance.random() < 0.5:
        options["bias"] = chance.choice(["true", "false"])
    if chance.random() < 0.5:
        options["nan_policy"] = chance.choice(["propagate", "omit"])
    if nested and chance.random() < 0.7:
        options["axis"] = chance.choice(["0", "1", "none"])
    return options


def main():
    base = sys.argv[1].rstrip("/")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    chance = random.Random(1)

    def number():
        return chance.choice([chance.randint(0, 100), round(chance.gauss(60, 15), 2), chance.uniform(-1e3, 1e3)])

    for _ in range(rounds):
        # At least as many numbers as leave every figure defined with ddof=2.
        flat = [number() for _ in range(chance.randint(5, 40))]
        options = random_options(chance, nested=False)
        texts = [repr(value) for value in flat]
        check(get(base, texts, options), flat, options, "GET")
        check(ask(base, " ".join(texts), "text/plain", options), flat, options, "text")
        check(ask(base, json.dumps(flat), "application/json", options), flat, options, "JSON")
        width, height = chance.randint(4, 8), chance.randint(4, 8)
        rows = [[number() for _ in range(width)] for _ in range(height)]
        options = random_options(chance, nested=True)
        check(ask(base, json.dumps(rows), "application/json", options), rows, options, "nested")
        # With at most one missing value a row and a column.
        for k in range(min(width, height)):
            if chance.random() < 0.4:
                rows[k][k] = None
        body = json.dumps({"numbers": rows, **options})
        data = [[math.nan if value is None else value for value in row] for row in rows]
        check(ask(base, body, "application/json", {}), data, options, "missing")
    print(f"{rounds} rounds agree with scipy {__import__('scipy').__version__}")


if __name__ == "__main__":
    main()
