#!/usr/bin/env python3
"""The way of a figure from a benchmark into the documents, and that a figure which went another way is noticed."""

import importlib.util
import json
import os
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Before the module is loaded, which reads it.
FILE = Path(tempfile.mkdtemp()) / "figures.json"
os.environ["FIGURES"] = str(FILE)
sys.path.insert(0, str(ROOT / "benches"))
sys.dont_write_bytecode = True

import figures  # noqa: E402


def script(name):
    """A program of benches/ as a module."""
    loader = SourceFileLoader(name.replace("-", "_"), str(ROOT / "benches" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


library, update_docs = script("library"), script("update-docs")
# As divan printed it, with settings that make no sense of the figures.
TABLE = (ROOT / "tests" / "docs" / "divan.txt").read_text()
KNOWN = {"rate_per_second": 88470, "wait_seconds": 0.2, "day": "2026-01-31"}
SECTION = "## Compared with the original\n{}\n## Licence\n"


class Library(unittest.TestCase):
    def test_medians_are_the_third_column(self):
        medians = library.medians(TABLE)
        for name, median in {("push_marks", ""): 6.224e-3, ("get_two_numbers", "fast"): 16.67e-6, ("csv_marks_by_quote", "general"): 550.6e-3}.items():
            self.assertAlmostEqual(medians[name] / median, 1)

    def test_all_figures_of_the_library_are_found(self):
        named = library.named(library.medians(TABLE))
        self.assertEqual(len(named), len(library.ONE_WAY) + 2 * len(library.TWO_WAYS))
        self.assertTrue(all(value > 0 for value in named.values()), named)
        documented = json.loads((ROOT / "benches" / "figures.json").read_text())
        self.assertLessEqual(set(named), set(documented))

    def test_a_benchmark_that_is_gone_is_noticed(self):
        with self.assertRaises(KeyError):
            library.named(library.medians(TABLE.replace("push_marks", "push_others")))


class Record(unittest.TestCase):
    def setUp(self):
        FILE.unlink(missing_ok=True)

    def test_figures_are_merged_with_their_day_and_three_digits(self):
        figures.record("service", {"a_seconds": 0.47123, "b_per_second": 88_470.4})
        figures.record("bulk", {"a_seconds": 2.0, "bulk_settings": "ROUNDS=1"})
        found = json.loads(FILE.read_text())
        self.assertEqual([found["a_seconds"], found["b_per_second"], found["bulk_settings"]], [2, 88500, "ROUNDS=1"])
        self.assertRegex(found["service_measured_on"], r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(found["service_measured_on"], found["bulk_measured_on"])

    def test_figures_of_two_processors_do_not_mix(self):
        FILE.write_text('{"processor": "another"}')
        with self.assertRaises(SystemExit):
            figures.record("service", {"a_seconds": 1.0})


class Documents(unittest.TestCase):
    def problems(self, text):
        return update_docs.problems("README.md", text, KNOWN)

    def test_figures_are_written_anew(self):
        text = "1<!-- rate_per_second --> and 7.25<!-- wait_seconds --> s on `?`<!-- day -->"
        written = update_docs.updated(text, KNOWN)
        self.assertEqual(written, "88,470<!-- rate_per_second --> and 0.2<!-- wait_seconds --> s on `2026-01-31`<!-- day -->")
        self.assertEqual(self.problems(written), [])

    def test_a_whole_run_leaves_what_it_does_not_measure(self):
        known = {"processor": "one", "growth_seconds": 5, "renamed_seconds": 4, "wait_seconds": 0.3}
        texts = ["5<!-- growth_seconds --> s", "0.3<!-- wait_seconds --> s"]
        measured = {"processor": "one", "wait_seconds": 0.2}
        self.assertEqual(update_docs.adopted(measured, known, texts), {**measured, "growth_seconds": 5})
        other = {**measured, "processor": "another"}
        self.assertEqual(update_docs.adopted(other, known, texts), other)

    def test_what_differs_from_the_file_is_noticed(self):
        for text in ("88,471<!-- rate_per_second -->", "`2026-02-01`<!-- day -->", "1<!-- unknown -->", "<!-- day -->", "fast<!-- day -->"):
            self.assertEqual(len(self.problems(text)), 1, text)

    def test_measured_numbers_want_a_key(self):
        for text in ("it takes 5 ns", "0.3 µs more", SECTION.format("| GET of 2 numbers | fast |"), SECTION.format("it takes 5 s or so")):
            self.assertEqual(len(self.problems(text)), 1, text)
        self.assertEqual(self.problems(SECTION.format("| GET | 0.2<!-- wait_seconds --> s |") + "a timeout of 30 s"), [])


if __name__ == "__main__":
    unittest.main()
