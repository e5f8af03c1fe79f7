#!/usr/bin/env python3
"""Whole processes side by side: the service, a bare axum handler, and the FastAPI original. Prints Markdown, and records
the figures (benches/figures.py).

Servers have core 0 to themselves, whoever asks has core 1. Runs are interleaved (A B C, A B C, …), so that a slow minute
of the machine hurts all alike; figures are medians, ratios are medians of the ratios within a round. Every server runs as
it comes, with one line of log a request where that is its default; the logs go to /dev/null.

Shorter or longer, by environment variable:

  ROUNDS=5             rounds of requests
  ROUND_SECONDS=5      seconds of one run of requests
  POST_NUMBERS=20000000  how many numbers the large body has
  POST_ROUNDS=3        how often it is sent
  START_RUNS=20        starts to the first answer
  PROFILE=release      cargo's profile of the program; dev tries the benchmarks out
  FIGURES=path         where the figures go; needed with other settings than those of the documents
"""

import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import figures as documented

ROUNDS = int(os.environ.get("ROUNDS", 5))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", 5))
POST_NUMBERS = int(os.environ.get("POST_NUMBERS", 20_000_000))
POST_ROUNDS = int(os.environ.get("POST_ROUNDS", 3))
START_RUNS = int(os.environ.get("START_RUNS", 20))
PROFILE = os.environ.get("PROFILE", "release")

SERVER_CORE, CLIENT_CORE = "0", "1"
CONNECTIONS = "16"

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "describe-api"
FASTAPI_VENV = ROOT / "target" / "fastapi-venv"
PROGRAMS = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / ("debug" if PROFILE == "dev" else PROFILE)

TWO = "numbers=5&numbers=6"
HUNDRED = "&".join(f"numbers={i * 37 % 1001 / 10}" for i in range(100))


# --- what has to be there -------------------------------------------------------------------------------------------


def prepare(*examples):
    """The tools of a measurement, and the release builds of the program and of peers that are examples."""
    if (os.cpu_count() or 1) < 2:
        sys.exit("This needs two cores: one for the server, one for who asks.")
    missing = {"wrk": "wrk", "curl": "curl", "taskset": "util-linux", "time": "time"}
    packages = [package for command, package in missing.items() if not shutil.which(command)]
    if packages:
        subprocess.run([ROOT / "scripts/debian-packages", *packages], check=True)
    peers = [part for example in examples for part in ("--example", example)]
    command = ["cargo", "build", "--quiet", "--locked", "--profile", PROFILE, "--bin", "describe-api", *peers]
    subprocess.run(command, cwd=ROOT, check=True)


def large_body():
    """A JSON array of decimals with 17 significant digits, either sign; made once, the same on every machine."""
    path = CACHE / f"decimals-{POST_NUMBERS}.json"
    if path.exists():
        return path
    print(f"making {path} …", file=sys.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    rng = random.Random(1)
    with unfinished.open("w") as out:
        left, separator = POST_NUMBERS, "["
        while left:
            count = min(left, 100_000)
            out.write(separator + ",".join(f"{rng.uniform(-100, 100):.17g}" for _ in range(count)))
            left, separator = left - count, ","
        out.write("]")
    unfinished.rename(path)
    return path


# --- servers --------------------------------------------------------------------------------------------------------


class Server:
    """A process on core 0, listening on a port of its own, until the end of the `with`."""

    def __init__(self, name, command, env=None, cwd=None):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.name = name
        self.url = f"http://127.0.0.1:{self.port}/prod/stats"
        command = [str(part).replace("PORT", str(self.port)) for part in command]
        env = {key: value.replace("PORT", str(self.port)) for key, value in (env or {}).items()}
        # taskset becomes the server, so the process id is the server's.
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command],
            env={**os.environ, **env},
            cwd=cwd,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        deadline = time.monotonic() + 30
        while True:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                sys.exit(f"{self.name} did not start")
            time.sleep(0.02)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def peak_memory(self):
        """Peak resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024 / 1e6


def ours(**settings):
    settings = {"HOST": "127.0.0.1", "PORT": "PORT", "BASE_PATH": "/prod", **settings}
    return Server("describe-api", [PROGRAMS / "describe-api"], settings)


def bare(body):
    return Server("bare axum", [PROGRAMS / "examples" / "bare", "PORT", body])


def fastapi():
    command = [FASTAPI_VENV / "bin" / "uvicorn", "app:app", "--workers", "1", "--port", "PORT"]
    return Server("FastAPI + scipy", command, cwd=ROOT / "benches" / "fastapi")


# --- measurements ---------------------------------------------------------------------------------------------------


def requests_per_second(server, query, *fields):
    command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_SECONDS}s"]
    command += [part for field in fields for part in ("-H", field)]
    seen = subprocess.run([*command, f"{server.url}?{query}"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in seen or "Socket errors" in seen:
        sys.exit(f"{server.name} failed requests:\n{seen}")
    return float(re.search(r"^Requests/sec:\s+([\d.]+)", seen, re.MULTILINE)[1])


def interleaved(rounds, cases):
    """Runs all cases once a round; returns the figures of each case."""
    figures = {name: [] for name in cases}
    for _ in range(rounds):
        for name, run in cases.items():
            figures[name].append(run())
    return figures


def ratio(figures, over, under):
    return statistics.median(a / b for a, b in zip(figures[over], figures[under], strict=True))


def small_requests():
    with ours() as our:
        answer_2 = urlopen(f"{our.url}?{TWO}").read().decode()
        answer_100 = urlopen(f"{our.url}?{HUNDRED}").read().decode()
        with bare(answer_2) as bare_2, bare(answer_100) as bare_100, fastapi() as original:
            cases = {
                "ours 2": lambda: requests_per_second(our, TWO),
                "bare 2": lambda: requests_per_second(bare_2, TWO),
                "ours 100": lambda: requests_per_second(our, HUNDRED),
                "bare 100": lambda: requests_per_second(bare_100, HUNDRED),
                "original 2": lambda: requests_per_second(original, TWO),
            }
            figures = interleaved(ROUNDS, cases)
    median = {name: statistics.median(values) for name, values in figures.items()}
    print(f"| GET, requests a second on one core (median of {ROUNDS} runs of {ROUND_SECONDS} s) | 2 numbers | 100 numbers |")
    print("|---|---:|---:|")
    print(f"| describe-api | {median['ours 2']:,.0f} | {median['ours 100']:,.0f} |")
    print(f"| bare axum handler, same bytes | {median['bare 2']:,.0f} | {median['bare 100']:,.0f} |")
    print(f"| FastAPI original | {median['original 2']:,.0f} | |")
    print(f"| describe-api against bare axum | {ratio(figures, 'ours 2', 'bare 2'):.0%} | {ratio(figures, 'ours 100', 'bare 100'):.0%} |")
    print(f"| describe-api against FastAPI | {ratio(figures, 'ours 2', 'original 2'):.0f}x | |")
    print()
    documented.record(
        "service",
        {
            "get_2_requests_per_second": median["ours 2"],
            "original_get_2_requests_per_second": median["original 2"],
            "get_2_times_original": ratio(figures, "ours 2", "original 2"),
            "get_2_percent_of_bare": round(100 * ratio(figures, "ours 2", "bare 2")),
            "get_100_percent_of_bare": round(100 * ratio(figures, "ours 100", "bare 100")),
        },
    )


def post(start, path, memory):
    """Seconds that one POST to a fresh server takes, on the wall."""
    with start() as server:
        # The first request loads what a server loads lazily; it is not what is measured here.
        urlopen(f"{server.url}?{TWO}").read()
        command = ["taskset", "-c", CLIENT_CORE, "curl", "-sS", "--request", "POST", "--upload-file", str(path)]
        command += ["--header", "Content-Type: application/json", "--header", "Expect:", "--write-out", r"\n%{http_code} %{time_total}"]
        seen = subprocess.run([*command, server.url], check=True, capture_output=True, text=True).stdout
        answer, status_and_time = seen.rsplit("\n", 1)
        status, seconds = status_and_time.split()
        if status != "200" or json.loads(answer)["nobs"] != POST_NUMBERS:
            sys.exit(f"{server.name} answered {status}: {answer[:500]}")
        memory.append(server.peak_memory())
        return float(seconds)


def large_post():
    path = large_body()
    our_memory, original_memory = [], []
    cases = {
        "ours": lambda: post(ours, path, our_memory),
        "original": lambda: post(fastapi, path, original_memory),
    }
    figures = interleaved(POST_ROUNDS, cases)
    size = path.stat().st_size / 1e6
    print(f"| POST of {POST_NUMBERS:,} decimals of 17 digits, {size:,.0f} MB of JSON (median of {POST_ROUNDS}) | seconds | MB/s | peak memory, MB |")
    print("|---|---:|---:|---:|")
    for label, name, memory in (("describe-api", "ours", our_memory), ("FastAPI + scipy", "original", original_memory)):
        seconds = statistics.median(figures[name])
        print(f"| {label} | {seconds:.3g} | {size / seconds:,.0f} | {max(memory):,.1f} |")
    print(f"| describe-api against FastAPI | {ratio(figures, 'original', 'ours'):.1f}x | | |")
    print()
    documented.record(
        "service",
        {
            "post_decimals_millions": POST_NUMBERS / 1e6,
            "post_decimals_megabytes": size,
            "post_decimals_seconds": statistics.median(figures["ours"]),
            "post_decimals_memory_megabytes": max(our_memory),
            "original_post_decimals_seconds": statistics.median(figures["original"]),
            "original_post_decimals_memory_megabytes": max(original_memory),
            "post_decimals_times_original": ratio(figures, "original", "ours"),
        },
    )


def start():
    seen = subprocess.run(
        [ROOT / "scripts/first-answer", PROGRAMS / "describe-api", str(START_RUNS)], check=True, capture_output=True, text=True
    )
    print(f"From exec to the first answer: {seen.stdout.strip()}")
    # "4.8 ms (median of 20; 4.6 to 5.3)"
    documented.record("service", {"first_answer_milliseconds": float(seen.stdout.split()[0])})


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    prepare("bare")
    subprocess.run([ROOT / "scripts/python-tools", FASTAPI_VENV, "benches/fastapi/requirements.txt"], check=True)
    documented.record("service", {"service_settings": f"{ROUNDS=} {ROUND_SECONDS=} {POST_NUMBERS=} {POST_ROUNDS=}"})
    print(f"{documented.processor()}, servers on core {SERVER_CORE}, {CONNECTIONS} connections from core {CLIENT_CORE}\n", flush=True)
    small_requests()
    sys.stdout.flush()
    large_post()
    sys.stdout.flush()
    start()


if __name__ == "__main__":
    main()
