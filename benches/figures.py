"""The figures that the benchmarks measure, as numbers in one file from which the documents take them.

The file is benches/figures.json, or the one that FIGURES names. A key ends with the unit of its figure, so that a
document needs nothing but the number. Each part (service, bulk, library) also writes when it was measured, and with which settings.
"""

import datetime
import json
import os
import platform
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = Path(os.environ.get("FIGURES") or ROOT / "benches" / "figures.json")


def processor():
    info = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    return found[1] if found else platform.machine()


def instruction_set():
    """The widest vectors of the processor, as far as the program uses them."""
    flags = set(re.search(r"^flags\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text() + "\nflags : none", re.MULTILINE)[1].split())
    widest = [("avx512bw", "AVX-512"), ("avx2", "AVX2"), ("sse4_2", "SSE4.2")]
    return next((name for flag, name in widest if flag in flags), "baseline")


def load():
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def significant(value):
    """Three significant digits; a text as it is."""
    if isinstance(value, str):
        return value
    rounded = float(f"{value:.3g}")
    return int(rounded) if rounded == int(rounded) else rounded


def record(part, figures):
    """Merges the figures of a part into the file."""
    known = load()
    if known.get("processor", processor()) != processor():
        raise SystemExit(f"{FILE} has figures of another processor, {known['processor']}; measure all with benches/run")
    known["processor"] = processor()
    known["processor_cores"] = os.cpu_count()
    known["processor_vectors"] = instruction_set()
    known[f"{part}_measured_on"] = datetime.date.today().isoformat()
    known.update({key: significant(value) for key, value in figures.items()})
    FILE.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")
