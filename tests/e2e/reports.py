#!/usr/bin/env python3
"""Reports in a real browser: reports.py PROGRAM FOLDER

Each is asked of the service by a form, and written by the command. axe-core, of FOLDER/node_modules, looks for what keeps people from
reading it, on wide and narrow screens, light and dark; what is printed must have all headings and charts.
"""

import base64
import io
import pathlib
import re
import sys
import tempfile
import unicodedata
import urllib.parse

import pypdf

from browser import browsing, check_screens, devtools

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "output"))
from cases import described, reports, write_candidates

WIDTHS = 1280, 375
# Figures have a chart for wide screens and paper and one for narrow screens.
PRINTED = "th, caption, figcaption, .chart:not(.narrow) text"
HAVE_ROOM = "return [...document.querySelectorAll('figure')].every(one => one.querySelector('svg').parentElement.offsetHeight > 0)"


def check_served(browser, server, path, options):
    """The report as the service sends it, whose Content-Security-Policy must not get in its way."""
    query = urllib.parse.urlencode(options | {"format": "html"}, doseq=True)
    form = f'<form method="post" enctype="multipart/form-data" action="{server}/prod/stats?{query}"><input type="file" name="file"><button>'
    page = path.with_name("form.html")
    page.write_text(f"<!DOCTYPE html>{form}")
    browser.open(page.as_uri())
    browser.type("input", str(path))
    browser.click("button")
    browser.find("main h1")
    complaints = browser.complaints()
    assert not complaints, complaints


def check_print(browser):
    browser.script("document.querySelectorAll('details').forEach(one => one.open = false)")
    texts = browser.script("return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)", PRINTED)
    printed = devtools(browser, "Page.printToPDF", preferCSSPageSize=True, printBackground=False)
    pages = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["data"]))).pages
    # Fonts join letters, such as ff; the compatible form of Unicode takes them apart.
    written = unicodedata.normalize("NFKC", "".join(re.sub(r"\s", "", page.extract_text()) for page in pages))
    missing = {word for text in texts for word in unicodedata.normalize("NFKC", text).split() if word not in written}
    assert texts and not missing, f"{missing} are not printed"


def check(browser, program, server, axe, path):
    for name, options in reports():
        try:
            check_served(browser, server, path, options)
            # No script runs in what is served, and axe-core is one.
            page = path.with_name("report.html")
            page.write_bytes(described(program, path, "html", options))
            browser.open(page.as_uri())
            browser.script("document.querySelectorAll('details').forEach(one => one.open = true)")
            check_screens(browser, axe, name, WIDTHS)
            assert browser.script(HAVE_ROOM)
            check_print(browser)
        except AssertionError as error:
            raise AssertionError(name, *error.args) from None


def main(program, tools):
    axe = pathlib.Path(tools, "node_modules/axe-core/axe.min.js").read_text()
    with browsing(program, []) as (browser, server), tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "candidates.csv")
        write_candidates(path)
        check(browser, program, server, axe, path)
    print("the reports work in a browser")


if __name__ == "__main__":
    main(*sys.argv[1:])
