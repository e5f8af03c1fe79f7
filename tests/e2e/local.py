#!/usr/bin/env python3
"""The page with the engine in it, in a real browser: local.py PROGRAM

Whatever is calculated in the browser is compared with the bytes that the service answers to the same form, and every request of
the browser is counted: after the page is loaded there must be none.
"""

import email.generator
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

from browser import GIVE_UP, MARKS, Browser, choose_file, file_of, first_match, preview, show_results, start, wait

# What the page asks the service for when it calculates there, and the module for when it calculates here.
FORMATS = ["html", "xlsx", "ods", "csv"]


def requests_of(server):
    """The requests that the service has answered so far, without those of this script."""
    with urllib.request.urlopen(f"{server}/metrics") as answer:
        text = answer.read().decode()
    counts = re.findall(r'^http_server_request_duration_seconds_count\{(.*?)\} (\d+)', text, re.M)
    return sum(int(count) for labels, count in counts if "/metrics" not in labels)


def form(fields, path):
    """A body of a form, and its type."""
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    file = pathlib.Path(path)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\nContent-Type: text/csv\r\n\r\n'
    return b"".join([*parts, head.encode(), file.read_bytes(), f"\r\n--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def answer_of(server, format, fields, path):
    body, kind = form(fields, path)
    request = urllib.request.Request(f"{server}/prod/stats?format={format}", body, {"Content-Type": kind})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def without_time(data):
    """An answer without the time at which it was made. The parts of a workbook carry it as well."""
    return re.sub(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ?)?", b"", data)


def saved(browser):
    """Keeps what the page saves, instead of saving it."""
    browser.script(
        "window.saved = []; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { blob.arrayBuffer().then((bytes) => window.saved.push([...new Uint8Array(bytes)])); return make(blob); };"
    )


def check_local(browser, server):
    """The way of the page, without a request, and with the bytes of the service."""
    browser.open(f"{server}/prod/")
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    assert browser.text("#where") == "Calculated in this browser. Your data do not leave this computer."
    time.sleep(1)
    before = requests_of(server)
    choose_file(browser, MARKS)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    browser.click("#group1 option[value=cohort]")
    show_results(browser)
    report = browser.script("return document.querySelector('#report').innerText")
    assert "mark by cohort" in report and "2023" in report
    saved(browser)
    fields = [("column", "mark"), ("group_by", "cohort"), ("absent", "X")]
    names = {"xlsx": "Excel", "ods": "ODS", "csv": "CSV"}
    for count, (format, name) in enumerate(names.items(), 1):
        browser.script("for (const button of document.querySelectorAll('#files button')) if (button.textContent === arguments[0]) button.click()", name)
        wait(browser, f"window.saved.length === {count}", f"{name} is not saved")
        ours = bytes(browser.script(f"return window.saved[{count - 1}]"))
        theirs = answer_of(server, format, fields, MARKS)
        print(format, len(ours), len(theirs), ours == theirs)
    browser.click("#example")
    wait(browser, "document.querySelector('#source').textContent.includes('300 rows')", "the example has no preview")
    after = requests_of(server)
    print("requests", after - before - 3)


def main(program):
    service = start(program, "--port", "0", "--log-format", "json")
    driver = start("chromedriver", "--port=0")
    try:
        server = first_match(service, r'"page":"(http://[^"]+)/"')
        port = first_match(driver, r"started successfully on port (\d+)")
        browser = Browser(f"http://127.0.0.1:{port}")
        try:
            check_local(browser, server)
            print(browser.complaints())
        finally:
            browser.close()
    finally:
        for process in service, driver:
            process.send_signal(signal.SIGTERM)
            process.wait(GIVE_UP)


if __name__ == "__main__":
    main(sys.argv[1])
