#!/usr/bin/env python3
"""How fast the page calculates in Chromium, beside the program on one core and DuckDB in the same browser: page.py PROGRAM FOLDER

FOLDER has node_modules with @duckdb/duckdb-wasm; without FOLDER DuckDB is left out. Medians of 3 runs, in seconds; all
runs of the page are printed, the first of which may wait for the hash of a large file that has just been chosen. A text of 358 MB, one of
20 million decimals and a workbook of 300,000 rows are made in a temporary folder.
"""

import functools
import http.server
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests/e2e"))
from browser import GIVE_UP, Browser, choose_file, first_match, start, wait

RUNS = 3
PEER = """<!doctype html><script type="importmap">{"imports":{"apache-arrow":"/node_modules/apache-arrow/Arrow.dom.mjs","flatbuffers":"/node_modules/flatbuffers/mjs/flatbuffers.js","tslib":"/node_modules/tslib/tslib.es6.mjs"}}</script>
<input type="file" id="file">"""
# Loads DuckDB and lets it answer one question about a file: milliseconds.
ASK_DUCKDB = """
const [sql, done] = arguments;
(async () => {
  const began = performance.now();
  const duckdb = await import("/duckdb.mjs");
  const worker = new Worker("/node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js");
  const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await db.instantiate(location.origin + "/node_modules/@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
  const file = document.querySelector("#file").files[0];
  await db.registerFileHandle(file.name, file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
  const connection = await db.connect();
  const answer = await connection.query(sql);
  const text = JSON.stringify(answer.toArray().map((row) => row.toJSON()), (_, value) => (typeof value === "bigint" ? Number(value) : value));
  await db.terminate();
  done([performance.now() - began, text]);
})().catch((error) => done([0, String(error)]));
"""


def make_files(folder):
    draw = random.Random(1)
    marks = "".join(f"{draw.choice('2345')},{draw.randrange(10**6, 10**7)},{draw.randrange(0, 201) / 2}\n" for _ in range(200_000))
    lines = [f"202{line}\n" for line in marks.splitlines()]
    pathlib.Path(folder, "marks.csv").write_text("cohort,candidate,mark\n" + "".join(lines) * 100)
    decimals = "".join(f"{draw.random()!r}\n" for _ in range(200_000))
    pathlib.Path(folder, "decimals.txt").write_text(decimals * 100)
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{2022 + row % 4}</v></c><c r="B{row}"><v>{draw.randrange(0, 201) / 2}</v></c></row>' for row in range(2, 300_002)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/%s" Target="%s"/></Relationships>'
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>cohort</t></is></c><c r="B1" t="inlineStr"><is><t>mark</t></is></c></row>'
    with zipfile.ZipFile(pathlib.Path(folder, "marks.xlsx"), "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        out.writestr("_rels/.rels", relation % ("officeDocument", "xl/workbook.xml"))
        out.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
        out.writestr("xl/_rels/workbook.xml.rels", relation % ("worksheet", "worksheets/sheet1.xml"))
        out.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{head}{rows}</sheetData></worksheet>')


def native(program, path, options):
    """Seconds of the program on one core, as a whole process."""
    flags = [flag for name, value in options for flag in (f"--{name.replace('_', '-')}", value)]
    began = time.perf_counter()
    subprocess.run(["taskset", "-c", "0", program, "describe", path, "--threads", "1", "--format", "html", *flags], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


# Starts the task of a page and tells its milliseconds, from the click to the report.
CLICK = """
const done = arguments[0]; const status = document.querySelector("#status"); status.textContent = "";
const began = performance.now();
new MutationObserver((_, observer) => { if (/ready$/.test(status.textContent)) { observer.disconnect(); done(performance.now() - began); } }).observe(status, {childList: true, subtree: true, characterData: true});
document.querySelector("#show").click();
"""


def in_page(browser, server, path, options):
    browser.open(f"{server}/")
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    choose_file(browser, path)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    for name, value in options:
        browser.click(f"#{ {'column': 'column', 'group_by': 'group1'}[name] } option[value={value}]")
    times = [browser.send("/execute/async", script=CLICK, args=[]) / 1000 for _ in range(RUNS)]
    return statistics.median(times), times


def main(program, modules=None):
    driver, service = start("chromedriver", "--port=0"), start(program, "--port", "0", "--log-format", "json")
    server = first_match(service, r'"page":"(http://[^"]+)/"')
    port = first_match(driver, r"started successfully on port (\d+)")
    browser = Browser(f"http://127.0.0.1:{port}")
    browser.send("/timeouts", script=300_000)
    try:
        with tempfile.TemporaryDirectory() as folder:
            make_files(folder)
            for name, options in [("marks.csv", [("column", "mark")]), ("marks.csv", [("column", "mark"), ("group_by", "cohort")]), ("decimals.txt", []), ("marks.xlsx", [("column", "mark")])]:
                path = f"{folder}/{name}"
                alone = statistics.median(native(program, path, options) for _ in range(RUNS))
                here, times = in_page(browser, server, path, options)
                print(f"{name} {options}: {os.path.getsize(path) / 1e6:.0f} MB, program {alone:.2f}, page {here:.2f} ({here / alone:.2f} times) {[round(t, 2) for t in times]}")
            if modules:
                print(peer(browser, modules, folder))
    finally:
        browser.close()
        for process in driver, service:
            process.send_signal(signal.SIGTERM)
            process.wait(GIVE_UP)


def peer(browser, modules, folder):
    """DuckDB's answer about the marks by cohort, its first one."""
    root = pathlib.Path(modules).resolve()
    (root / "peer.html").write_text(PEER)
    (root / "duckdb.mjs").write_text((root / "node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser.mjs").read_text())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=root))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    sql = "SELECT cohort, count(mark), min(mark), max(mark), avg(mark), var_samp(mark), skewness(mark), kurtosis(mark) FROM 'marks.csv' GROUP BY cohort ORDER BY 1"
    times = []
    for _ in range(RUNS):
        browser.open(f"http://127.0.0.1:{web.server_port}/peer.html")
        browser.type("#file", f"{folder}/marks.csv")
        spent, text = browser.send("/execute/async", script=ASK_DUCKDB, args=[sql])
        times.append(spent / 1000)
    web.shutdown()
    return f"DuckDB, marks.csv by cohort, first answer: {statistics.median(times):.2f} {text[:200]}"


if __name__ == "__main__":
    main(*sys.argv[1:])
