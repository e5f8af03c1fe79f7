#!/usr/bin/env python3
"""Small requests to three servers: the service with keys, limits, metrics and logs on; a constant answer behind the usual layers
of an axum service in production (examples/stack.rs); and the same answer of a bare handler (examples/bare.rs). Prints Markdown,
and records the figures. Measured as by benches/service.py, with its ROUNDS, ROUND_SECONDS, PROFILE and FIGURES.
"""

import statistics
import subprocess
import sys
import tempfile
from urllib.request import Request, urlopen

import figures as documented
from service import CLIENT_CORE, CONNECTIONS, PROGRAMS, ROUND_SECONDS, ROUNDS, SERVER_CORE, TWO, Server
from service import bare, interleaved, ours, prepare, ratio, requests_per_second

# Above any rate that is reached, so that the limit is counted, but refuses nobody.
RATE = "1000000/s"


def stack(body):
    return Server("usual stack", [PROGRAMS / "examples" / "stack", "PORT", body])


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    prepare("bare", "stack")
    command = [PROGRAMS / "describe-api", "key", "new", "--id", "bench"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    key = "X-API-Key: " + made.stderr.split()[-1]
    with tempfile.NamedTemporaryFile("w") as keys:
        keys.write(made.stdout)
        keys.flush()
        with ours(API_KEYS_FILE=keys.name, RATE_LIMIT=RATE) as our:
            answer = urlopen(Request(f"{our.url}?{TWO}", headers=dict([key.split(": ")]))).read().decode()
            with stack(answer) as usual, bare(answer) as floor:
                cases = {
                    "ours": lambda: requests_per_second(our, TWO, key),
                    "stack": lambda: requests_per_second(usual, TWO),
                    "bare": lambda: requests_per_second(floor, TWO),
                }
                figures = interleaved(ROUNDS, cases)
    median = {name: statistics.median(values) for name, values in figures.items()}
    print(f"{documented.processor()}, servers on core {SERVER_CORE}, {CONNECTIONS} connections from core {CLIENT_CORE}\n")
    print(f"| GET of 2 numbers, requests a second on one core (median of {ROUNDS} runs of {ROUND_SECONDS} s) | |")
    print("|---|---:|")
    print(f"| describe-api with keys, limits, metrics and logs | {median['ours']:,.0f} |")
    print(f"| constant answer behind axum's usual layers | {median['stack']:,.0f} |")
    print(f"| bare axum handler | {median['bare']:,.0f} |")
    print(f"| describe-api against the usual layers | {ratio(figures, 'ours', 'stack'):.2f}x |")
    print(f"| describe-api against bare axum | {ratio(figures, 'ours', 'bare'):.0%} |")
    documented.record(
        "stack",
        {
            "stack_settings": f"{ROUNDS=} {ROUND_SECONDS=}",
            "guarded_get_2_requests_per_second": median["ours"],
            "stack_get_2_requests_per_second": median["stack"],
            "guarded_get_2_times_stack": ratio(figures, "ours", "stack"),
            "guarded_get_2_percent_of_bare": round(100 * ratio(figures, "ours", "bare")),
        },
    )


if __name__ == "__main__":
    main()
