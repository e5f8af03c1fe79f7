#!/usr/bin/env python3
"""The page with the engine in it, in a real browser: local.py PROGRAM

Whatever is calculated in the browser is compared with the bytes that the service answers to the same form, and every request of
the browser is counted: after the page is loaded there must be none.
"""

import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request
import uuid
import zipfile

from browser import MARKS, browsing, choose_file, file_of, preview, show_results, wait

HERE = "Calculated in this browser. Your data do not leave this computer."
# What can be taken away, and the text of its button.
FORMATS = {"html": "Report (HTML)", "xlsx": "Excel", "ods": "ODS", "csv": "CSV"}
# The time of day in an answer.
CLOCK = re.compile(rb"\d\d:\d\d(:\d\d)?")


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


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def answer_of(server, format, fields, path):
    body, kind = form(fields, path)
    request = urllib.request.Request(f"{server}/prod/stats?format={format}", body, {"Content-Type": kind})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def saved(browser):
    """Keeps what the page saves, instead of saving it."""
    browser.script(
        "window.saved = []; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { blob.arrayBuffer().then((bytes) => window.saved.push([...new Uint8Array(bytes)])); return make(blob); };"
    )


def click_text(browser, css, text):
    """Clicks the button with this text."""
    found = "[...document.querySelectorAll(arguments[0])].find((button) => button.textContent === arguments[1])"
    assert browser.script(f"const button = {found}; button?.click(); return Boolean(button)", css, text), text


def take(browser, name, count):
    """The bytes of what the button saves, the last of `count`."""
    click_text(browser, "#files button", name)
    wait(browser, f"window.saved.length === {count}", f"{name} is not saved")
    return bytes(browser.script(f"return window.saved[{count - 1}]"))


def check_here(browser, server):
    """The way of the page without a request, and with the bytes of the service."""
    browser.open(f"{server}/prod/")
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    assert browser.text("#where") == HERE, browser.text("#where")
    assert browser.text("#file-hint").endswith(f" For Parquet, calculate on {server.removeprefix('http://')}."), browser.text("#file-hint")
    # Once the engine has answered, everything is loaded.
    choose_file(browser, MARKS)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    before = requests_of(server)
    browser.script("document.querySelector('#status').textContent = ''")
    choose_file(browser, MARKS)
    wait(browser, "document.querySelector('#status').textContent.startsWith('Preview ready')", "no preview")
    browser.click("#group1 option[value=cohort]")
    show_results(browser)
    report = browser.text("#report")
    assert "mark by cohort" in report and "2023" in report, report
    saved(browser)
    answers = {format: take(browser, name, count) for count, (format, name) in enumerate(FORMATS.items(), 1)}
    browser.click("#example")
    wait(browser, "document.querySelector('#results').hidden", "the example is not opened")
    wait(browser, "document.querySelector('#source').textContent.includes('300 rows')", "the example has no preview")
    asked = requests_of(server) - before
    assert asked == 0, f"{asked} requests"
    fields = [("column", "mark"), ("group_by", "cohort"), ("absent", "X")]
    for format, answer in answers.items():
        assert same_but_time(format, answer, answer_of(server, format, fields, MARKS)), format


def same_but_time(format, ours, theirs):
    """Whether answers are equal, but for the minute and second in which they were made."""
    if ours == theirs:
        return True
    if format not in ("xlsx", "ods"):
        return CLOCK.sub(b"", ours) == CLOCK.sub(b"", theirs)
    ours, theirs = (zipfile.ZipFile(io.BytesIO(data)) for data in (ours, theirs))
    parts = [CLOCK.sub(b"", file.read(name)) for file in (ours, theirs) for name in file.namelist()]
    return ours.namelist() == theirs.namelist() and parts[: len(parts) // 2] == parts[len(parts) // 2 :]


# Lists the workers that the page begins: whether each hashes, and whether it was ended.
WATCH_WORKERS = """
    window.workers = []; const Real = Worker;
    window.Worker = class extends Real {
      constructor(script) { super(script); window.workers.push(this.entry = {hashes: false, ended: false}); }
      postMessage(message, ports) { this.entry.hashes = !message.pairs; super.postMessage(message, ports ?? []); }
      terminate() { this.entry.ended = true; super.terminate(); }
    };
"""
NO_DATA = "document.querySelector('#status').textContent = ''; document.querySelector('#file').value = ''; document.body.classList.remove('has-data')"


def watch_workers(browser, page):
    """Opens the page, and lists the workers that it begins."""
    browser.open(page)
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    browser.script(WATCH_WORKERS)


def check_hashes(browser, server):
    """A large file is hashed once, beside what else is done with it; with a smaller one there is no second worker."""
    watch_workers(browser, f"{server}/")
    large = file_of("mark\n" + "41.25\n55.5\n" * 900_000, ".csv")
    for path, hashed in (MARKS, 0), (large.name, 1):
        browser.script(NO_DATA)
        choose_file(browser, path)
        wait(browser, "document.body.classList.contains('has-data')", "no preview")
        assert browser.script("return window.workers.filter(({hashes}) => hashes).length") == hashed, "hashing does not begin with the choice of the file"
        show_results(browser)
        show_results(browser)
        workers = browser.script("return window.workers")
        assert sum(worker["hashes"] for worker in workers) == hashed, workers
        assert all(worker["ended"] for worker in workers), workers
        assert hash_of(path) in browser.script("return document.querySelector('#report').textContent")
    saved(browser)
    for count, (format, name) in enumerate(FORMATS.items(), 1):
        answer = take(browser, name, count)
        assert same_but_time(format, answer, answer_of(server, format, [("column", "mark")], large.name)), format
    small = file_of("mark\n7\n", ".csv")
    browser.script(NO_DATA)
    choose_file(browser, f"{large.name}\n{small.name}")
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    show_results(browser)
    report = browser.script("return document.querySelector('#report').textContent")
    assert -1 < report.find(hash_of(large.name)) < report.find(hash_of(small.name)), report


def check_cancel(browser, page):
    """Long work shows its progress, and can be cancelled."""
    table = file_of("cohort,mark\n" + "2025,41.25\n2026,55.5\n" * 20_000_000, ".csv")
    watch_workers(browser, page)
    choose_file(browser, table.name)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    assert "more follow" in browser.text("#source"), browser.text("#source")
    browser.click("#show")
    wait(browser, "!document.querySelector('#activity').hidden", "no progress")
    wait(browser, "/Reading .* of 420 MB/.test(document.querySelector('#activity-text').textContent)", "no bytes")
    browser.click("#cancel")
    wait(browser, "document.querySelector('#status').textContent.startsWith('Cancelled')", "not cancelled")
    assert browser.script("return document.querySelector('#activity').hidden && document.querySelector('#results').hidden")
    assert browser.script("return window.workers.every(({ended}) => ended)")
    show_results(browser)
    assert "40,000,000 rows" in browser.text("#report"), browser.text("#report .origin")
    assert hash_of(table.name) in browser.script("return document.querySelector('#report').textContent")


def check_refusals(browser, page):
    """What the engine cannot read goes to the server if its reader wants that; what is no table is refused here."""
    wrong = file_of("%PDF-1.4 a document", ".pdf")
    browser.open(page)
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    choose_file(browser, wrong.name)
    wait(browser, "document.activeElement.id === 'data-fault'", "no error")
    assert "This is a PDF" in browser.text("#data-fault"), browser.text("#data-fault")
    packed = tempfile.NamedTemporaryFile("wb", suffix=".csv.zst")
    # A frame of Zstandard with one block that is stored as it is.
    text = b"mark\n5\n7\n"
    packed.write(b"\x28\xb5\x2f\xfd\x20" + bytes([len(text)]) + (len(text) << 3 | 1).to_bytes(3, "little") + text)
    packed.flush()
    browser.script("document.body.focus()")
    choose_file(browser, packed.name)
    wait(browser, "document.querySelector('#data-fault').innerText.includes('Zstandard')", "no error")
    click_text(browser, "#data-fault button", browser.text("#elsewhere"))
    wait(browser, "document.body.classList.contains('has-data')", "the server reads it")
    assert browser.text("#where").startswith("Calculated on 127.0.0.1"), browser.text("#where")
    show_results(browser)
    browser.click("#elsewhere")
    assert browser.text("#where") == HERE


def check_offline(browser, program):
    """The page in one file, opened from a disk; also as PowerShell stores what a program prints, and damaged."""
    text = subprocess.run([program, "page"], capture_output=True, text=True, check=True).stdout
    check_copy(browser, file_of(text, ".html"))
    check_copy(browser, file_of(text.replace("\n", "\r\n"), ".html", "utf-16"))
    damaged = file_of(text.replace('id="script" data-bytes="', 'id="script" data-bytes="1'), ".html")
    browser.open(f"file://{damaged.name}")
    wait(browser, "document.querySelector('#where').textContent.includes('damaged')", "no word of the damage")


def check_copy(browser, file):
    preview(browser, f"file://{file.name}")
    assert browser.text("#where") == HERE
    assert "Parquet" not in browser.text("#file-hint"), browser.text("#file-hint")
    assert not browser.script("return [...document.querySelectorAll('.online, #elsewhere')].some((element) => element.offsetParent)")
    browser.click("#group1 option[value=cohort]")
    show_results(browser)
    assert "2023" in browser.text("#report")
    browser.click("#example")
    wait(browser, "document.querySelector('#results').hidden", "the example is not opened")
    wait(browser, "document.querySelector('#source').textContent.includes('300 rows')", "the example has no preview")


def main(program):
    with browsing(program, []) as (browser, server):
        check_here(browser, server)
        check_hashes(browser, server)
        check_cancel(browser, f"{server}/")
        check_refusals(browser, f"{server}/prod/")
        check_offline(browser, program)
        complaints = browser.complaints()
        assert not complaints, complaints
    print("the page calculates in the browser")


if __name__ == "__main__":
    main(sys.argv[1])
