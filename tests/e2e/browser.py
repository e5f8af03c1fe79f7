#!/usr/bin/env python3
"""Clicks through the pages in a real browser: browser.py PROGRAM FOLDER

Chromium is driven by chromedriver through the W3C's WebDriver protocol, which is JSON over HTTP. axe-core, of FOLDER/node_modules, looks
in every state of the page for what keeps people from using it.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ARGUMENTS = """--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking
    --disable-component-update --disable-sync --window-size=1200,1000""".split()
# Colours of the page, as features of media, and a width below which its layout changes; 320 px are those of WCAG 1.4.10.
SCHEMES = ("prefers-color-scheme", "light"), ("prefers-color-scheme", "dark"), ("forced-colors", "active")
WIDTHS = 1200, 320
VIOLATIONS = """
    const [done] = arguments;
    axe.run().then(found => done(found.violations.map(one => [one.id, one.nodes.length, one.nodes[0].html, one.nodes[0].failureSummary])));
"""
# What WebDriver calls an element in JSON.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
GIVE_UP = 60.0
# What WebDriver calls keys.
TAB, ENTER, SPACE = "\ue004", "\ue007", " "

GET = "#operations-statistics-describe_query"
POST = "#operations-statistics-describe_body"
MARKS = os.path.abspath("examples/marks.csv")
MARKS_NAME = "marks.csv"

FIVE_SIX = {"nobs": 2, "minmax": [5, 6], "mean": 5.5, "variance": 0.5, "skewness": 0, "kurtosis": -2}
# What comes of what Swagger UI sends of each type: its example, or the file that is chosen.
BODIES = {
    "application/json": FIVE_SIX,
    "text/plain": FIVE_SIX,
    "text/csv": {"column": "mark", "nobs": 4, "minmax": [41, 70]},
    "text/tab-separated-values": {"column": "column_1", "nobs": 2, "minmax": [1, 2]},
    "multipart/form-data": {"column": "mark", "nobs": 295, "minmax": [9, 93], "absent": {"X": 3}},
    "application/octet-stream": {"column": "mark", "nobs": 295, "minmax": [9, 93], "absent": {"X": 3}},
}


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(json.load(error)["value"]["message"]) from None


def first_match(process, pattern):
    """What the pattern finds in the first line of the output that has it."""
    for line in process.stdout:
        if found := re.search(pattern, line):
            return found[1]
    sys.exit(f"{process.args[0]} said nowhere {pattern}")


def start(*command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class Browser:
    def __init__(self, driver):
        capabilities = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": ARGUMENTS},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        session = ask("POST", f"{driver}/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = f"{driver}/session/{session['sessionId']}"

    def send(self, path, **body):
        return ask("POST", self.session + path, body)

    def open(self, url):
        self.send("/url", url=url)

    def url(self):
        return ask("GET", f"{self.session}/url")

    def script(self, code, *arguments):
        return self.send("/execute/sync", script=code, args=arguments)

    def text(self, css):
        return self.script("return document.querySelector(arguments[0]).innerText", css)

    def all(self, css):
        return [element[ELEMENT] for element in self.send("/elements", using="css selector", value=css)]

    def find(self, css):
        """The first element that a selector finds, once there is one."""
        deadline = time.monotonic() + GIVE_UP
        while not (found := self.all(css)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.url()} has no {css}")
            time.sleep(0.05)
        return found[0]

    def click(self, css):
        self.send(f"/element/{self.find(css)}/click")

    def type(self, css, text):
        self.send(f"/element/{self.find(css)}/value", text=text)

    def write(self, css, text):
        self.send(f"/element/{self.find(css)}/clear")
        self.type(css, text)

    def complaints(self):
        """What went wrong, but for the icon that a browser asks for beside a plain answer."""
        log = [entry["message"] for entry in self.send("/se/log", type="browser") if entry["level"] == "SEVERE"]
        return [message for message in log if "/favicon.ico " not in message]

    def close(self):
        ask("DELETE", self.session)


def devtools(browser, command, **parameters):
    return browser.send("/goog/cdp/execute", cmd=command, params=parameters)


def check_screens(browser, axe, state, widths=WIDTHS):
    """axe-core finds nothing on wide and narrow screens in any colours, and nothing is wider than the screen."""
    browser.script(axe)
    browser.send("/timeouts", script=int(1000 * GIVE_UP))
    for width in widths:
        devtools(browser, "Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
        wide, room = browser.script("const page = document.documentElement; return [page.scrollWidth, page.clientWidth]")
        assert wide <= room, f"{state}: at {width} px the page is {wide} px wide"
        for scheme in SCHEMES:
            devtools(browser, "Emulation.setEmulatedMedia", features=[dict(zip(("name", "value"), scheme, strict=True))])
            assert browser.script("return matchMedia(`(${arguments[0]}: ${arguments[1]})`).matches", *scheme), scheme
            violations = browser.send("/execute/async", script=VIOLATIONS, args=[])
            assert not violations, (state, width, scheme, violations)
    devtools(browser, "Emulation.setEmulatedMedia", features=[])
    devtools(browser, "Emulation.clearDeviceMetricsOverride")


def unfold(browser):
    browser.script("for (const folded of document.querySelectorAll('details')) folded.open = true")


def check_accessibility(browser, server, guarded, axe):
    """Every state of the page, the page of an error and the statement."""
    browser.open(server + "/")
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    check_screens(browser, axe, "nothing is chosen")
    browser.open(server + "/#column=mark&group_by=cohort")
    wait(browser, "!document.querySelector('#linked').hidden", "the settings of a link are not shown")
    check_screens(browser, axe, "settings of a link")
    table = file_of("Results\n\nCandidate No,Cohort,Raw mark\n" + "".join(f"{number:04},{2023 + number % 2},{'X' if number % 9 == 7 else number}\n" for number in range(1, 61)), ".csv")
    preview(browser, server + "/prod/", table.name)
    unfold(browser)
    check_screens(browser, axe, "preview")
    browser.script("for (const box of document.querySelectorAll('#codes input:checked')) box.click()")
    browser.click("#show")
    wait(browser, "document.activeElement.id === 'choices-fault'", "no error")
    assert click_text(browser, "#choices-fault", "See rows")
    check_screens(browser, axe, "cells that are not numbers")
    assert click_text(browser, "#choices-fault", "Count as absent")
    browser.click("#group1 option[value=Cohort]")
    show_results(browser)
    unfold(browser)
    check_screens(browser, axe, "results")
    browser.click("#publish")
    check_screens(browser, axe, "results of earlier settings")
    show_results(browser)
    check_screens(browser, axe, "results for publication")
    for analysis in "outcomes", "items", "correlations":
        browser.click(f"#analysis option[value={analysis}]")
        check_screens(browser, axe, f"fields of {analysis}")
    wrong = file_of("%PDF-1.4 a document", ".pdf")
    choose_file(browser, wrong.name)
    wait(browser, "document.activeElement.id === 'data-fault'", "no error")
    check_screens(browser, axe, "a file that cannot be read")
    # Work under way: shown by hand, since it takes no time here.
    browser.script("document.querySelector('#activity').hidden = false; document.querySelector('#activity-text').textContent = 'Reading'")
    check_screens(browser, axe, "work under way")
    browser.open(guarded + "/")
    wait(browser, "!document.querySelector('#access').hidden", "the page does not ask for a key")
    check_screens(browser, axe, "a key is asked for")
    browser.open(server + "/prod/stats?numbers=5,6&format=html")
    check_screens(browser, axe, "the page of an error")
    for page in "/accessibility", "/prod/accessibility/":
        browser.open(server + page)
        check_screens(browser, axe, page)
    # The refusals themselves are all that the browser may complain about.
    complaints = [text for text in browser.complaints() if not re.search("401|422", text)]
    assert not complaints, complaints


def operation(browser, page, css):
    """Opens the documentation, and an operation in it."""
    browser.open(page)
    browser.click(f"{css} .opblock-summary-control")
    browser.find(f"{css} .execute")


def execute(browser, css):
    """Clicks Execute: the URL and the answer that are shown."""
    browser.click(f"{css} .execute")
    browser.find(f"{css} .live-responses-table .response pre")
    shown = browser.text(f"{css} .live-responses-table .response pre")
    try:
        return browser.text(f"{css} .request-url pre"), json.loads(shown)
    except json.JSONDecodeError:
        raise RuntimeError(f"{css} shows {shown}") from None


def asked(url):
    """The address of a URL and the lists of its query. Swagger UI sends the defaults, too, which change nothing."""
    address, _, query = url.partition("?")
    return address, urllib.parse.parse_qs(query)


def check_advanced(browser, page):
    """The first screen has the common options; a button, which works by keyboard, shows the others of its operation."""
    for css, common, folded in (GET, 4, 20), (POST, 7, 40):
        operation(browser, page, css)
        names = f"[...document.querySelectorAll('{css} tr[data-param-name]')].map((row) => row.dataset.paramName)"
        button = f"{css} button.advanced"
        browser.find(button)
        before = browser.script(f"return {names}")
        assert browser.script("return document.querySelector(arguments[0]).getAttribute('aria-expanded')", button) == "false"
        browser.type(button, ENTER)
        wait(browser, f"document.querySelector('{button}').getAttribute('aria-expanded') === 'true'", "the options are not shown")
        after = browser.script(f"return {names}")
        assert {"statistics", "convention", "format"} <= set(before) and "ddof" not in before and "ddof" in after, before
        assert len(before) <= common and len(after) - len(before) >= folded, (before, after)
        browser.click(button)
        wait(browser, f"{names}.length === {len(before)}", "the options are not folded again")


def check_get(browser, server, page):
    operation(browser, page, GET)
    number = f"{GET} tr[data-param-name=numbers] .json-schema-form-item:nth-of-type"
    url, answer = execute(browser, GET)
    address, query = asked(url)
    assert (address, query["numbers"], answer) == (f"{server}/prod/stats", ["5", "6"], FIVE_SIX), (url, answer)
    browser.write(f"{number}(2) input", "7.25")
    browser.click(f"{GET} tr[data-param-name=convention] option[value=excel]")
    browser.click(f"{GET} .btn-clear")
    url, answer = execute(browser, GET)
    address, query = asked(url)
    assert (query["numbers"], query["convention"]) == (["5", "7.25"], ["excel"]), url
    # Excel's SKEW has no value for two numbers.
    assert (answer["mean"], answer["skewness"]) == (6.125, None), answer


def check_post(browser, server, page, media_types):
    """A body of each type, one after the other; the files last, with options."""
    operation(browser, page, POST)
    body = f"{POST} .opblock-section-request-body"
    options = {}
    for media_type in media_types:
        expected = BODIES[media_type]
        browser.click(f"{body} option[value='{media_type}']")
        if "absent" in expected:
            browser.type(f"{body} input[type=file]", MARKS)
            options = options or choose_column(browser)
        url, answer = execute(browser, POST)
        address, query = asked(url)
        assert address == f"{server}/prod/stats", url
        assert {name: query.get(name) for name in options} == options, url
        result = answer["results"][0] if "results" in answer else answer
        assert {name: result.get(name) for name in expected} == expected, (media_type, answer)
        browser.click(f"{POST} .btn-clear")


def choose_column(browser):
    chosen = {"column": ["mark"], "absent": ["X"]}
    for name, (value,) in chosen.items():
        browser.click(f"{POST} tr[data-param-name={name}] .json-schema-form-item-add")
        browser.write(f"{POST} tr[data-param-name={name}] input", value)
    return chosen


def wait(browser, condition, what):
    """Waits until a condition in JavaScript holds."""
    deadline = time.monotonic() + GIVE_UP
    while not browser.script(f"return {condition}"):
        if time.monotonic() > deadline:
            faults = browser.script("return [...document.querySelectorAll('.fault:not([hidden])')].map((fault) => fault.innerText)")
            raise RuntimeError(f"{what}: {faults}")
        time.sleep(0.05)


def file_of(text, ending, encoding="utf-8"):
    """A file with this text, and its name."""
    file = tempfile.NamedTemporaryFile("w", suffix=ending, encoding=encoding)
    file.write(text)
    file.flush()
    return file


def choose_file(browser, path):
    browser.script("document.querySelector('#file').value = ''")
    browser.type("#file", path)


def preview(browser, page, path=MARKS):
    """Opens the page and chooses a file."""
    browser.open(page)
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    choose_file(browser, path)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")


READY = "/^[\\d,]+ results? ready$/.test(document.querySelector('#status').textContent)"


def show_results(browser):
    browser.script("document.querySelector('#status').textContent = ''")
    browser.click("#show")
    wait(browser, READY, "no results")


def click_text(browser, within, text):
    """Clicks the button with this text; whether there is one."""
    return browser.script(
        "const found = [...document.querySelectorAll(`${arguments[0]} button`)].find(({textContent}) => textContent === arguments[1]);"
        "found?.click(); return found !== undefined",
        within,
        text,
    )


def programs(browser):
    """The programs that the page offers, by language."""
    return browser.script(
        "return Object.fromEntries([...document.querySelectorAll('#languages button')].map((button) => {"
        " button.click(); return [button.textContent, document.querySelector('#program').textContent]; }))"
    )


def check_page(browser, server, page):
    """The links of the page for colleagues."""
    for link, leads in ("docs", "docs"), ("openapi.json", "openapi.json"), ("accessibility", "accessibility"):
        browser.open(page)
        browser.click(f"main a[href*='{link}']")
        url = browser.url()
        assert url.startswith(server) and url.endswith(leads), (page, link, url)
    browser.open(page)
    browser.click("#example")
    wait(browser, "document.body.classList.contains('has-data')", "the example has no preview")
    assert "300 rows" in browser.text("#source"), browser.text("#source")


def check_job(browser, page):
    """The way of the page: a file, its preview, choices, results; and what can be taken away."""
    preview(browser, page)
    assert browser.text("#source").startswith("marks.csv: text with commas between cells, headings in row 1, 300 rows.")
    uses = browser.script("return [...document.querySelectorAll('#records select')].map((list) => list.value)")
    assert uses == ["identifier", "identifier", "group", "group", "number"], uses
    chosen = browser.script("return [column.value, document.querySelector('#codes input:checked').value]")
    assert chosen == ["mark", "X"], chosen
    browser.click("#group1 option[value=cohort]")
    browser.click("#group2 option[value=subject]")
    browser.click("#totals")
    browser.click("#compare-previous")
    show_results(browser)
    # Four cohorts and six subjects: their groups, the totals of each, and that of all.
    assert browser.text("#status") == "35 results ready", browser.text("#status")
    assert browser.script("return document.activeElement.id") == "results-title"
    assert browser.text("#report h3") == "mark by cohort and subject"
    assert "2023" in browser.text("#report .summary")
    assert browser.script("return getComputedStyle(document.querySelector('#report .chart')).fontFamily").startswith("system-ui")
    # tests/clients/programs.py runs them. A formula is offered for pasted numbers only, and so is a link with them.
    offered = programs(browser)
    assert set(offered) == {"curl", "Python", "R", "JavaScript", "Power Query"}, offered
    assert "--form-string group_by=cohort" in offered["curl"] and all(MARKS_NAME in text for text in offered.values())
    assert not click_text(browser, "#files", "Copy link with numbers")
    check_copy(browser)
    check_picture(browser)
    # A change of the settings keeps the results, and says that they are not those of the settings.
    browser.write("#maximum", "100")
    browser.click("#publish")
    assert "changed" in browser.text("#stale") and browser.text("#report h3")
    show_results(browser)
    assert browser.text("#stale") == "" and "maximum=100" in browser.url()
    check_link(browser)


def check_copy(browser):
    """A copied table has all digits for spreadsheets, and the text as it is shown."""
    browser.script(
        "document.addEventListener('copy', (event) => {"
        " window.copied = ['text/html', 'text/plain'].map((type) => event.clipboardData.getData(type)); });"
        "const add = DataTransfer.prototype.setData; window.set = {};"
        "DataTransfer.prototype.setData = function (type, text) { window.set[type] = text; add.call(this, type, text); };"
    )
    browser.click("#report button.quiet")
    copied = browser.script("return window.set")
    assert "53.34615384615385" in copied["text/html"] and "\t53.35\t" in copied["text/plain"], copied


def check_picture(browser):
    """The first figure is copied as a picture on white paper; where a page may not copy one, it is saved."""
    browser.script(
        "window.pictures = []; Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {"
        " write: async ([item]) => { window.pictures.push(await item.getType('image/png')); } } });"
    )
    assert click_text(browser, "#files", "Copy picture")
    wait(browser, "window.pictures.length === 1", "no picture is copied")
    wait(browser, "document.querySelector('#status').textContent === 'Copied'", "it is not said that the picture is copied")
    browser.send("/timeouts", script=int(1000 * GIVE_UP))
    width, height, corner, colours = browser.send(
        "/execute/async",
        script="const [done] = arguments; createImageBitmap(window.pictures[0]).then((image) => {"
        " const canvas = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height});"
        " const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);"
        " const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);"
        " done([image.width, image.height, [...context.getImageData(1, 1, 1, 1).data], new Set(pixels).size]); })",
        args=[],
    )
    assert width > 1000 and height > 300 and corner == [255, 255, 255, 255] and colours > 50, (width, height, corner, colours)
    browser.script(
        "Object.defineProperty(navigator, 'clipboard', {configurable: true, value: undefined});"
        "HTMLAnchorElement.prototype.click = function () { window.downloaded = this.download; };"
    )
    wait(browser, "document.querySelector('#files').textContent.includes('Copy picture')", "the button keeps its message")
    assert click_text(browser, "#files", "Copy picture")
    wait(browser, "document.querySelector('#status').textContent.endsWith('the picture is saved as chart.png.')", "no picture is saved")
    assert browser.script("return window.downloaded") == "chart.png"


def check_link(browser):
    """A link has the settings, but neither data nor the name of the file; opened, it asks for the file."""
    link = browser.url()
    assert "marks" not in link.partition("#")[2] and "column=mark" in link, link
    browser.open("about:blank")
    browser.open(link)
    wait(browser, "!document.querySelector('#linked').hidden", "the settings of a link are not shown")
    assert "Choose the same file again" in browser.text("#linked")
    choose_file(browser, MARKS)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    chosen = browser.script("return [column.value, group1.value, group2.value, totals.checked, maximum.value, publish.checked]")
    assert chosen == ["mark", "cohort", "subject", True, "100", True], chosen
    show_results(browser)
    assert browser.url() == link, (browser.url(), link)


def check_remedies(browser, page):
    """Errors are in words, and their remedies are buttons."""
    rows = "".join(f"{number:04},{2023 + number % 2},{'X' if number == 7 else number}\n" for number in range(1, 61))
    table = file_of(f"Results\n\nCandidate No,Cohort,Raw mark\n{rows}", ".csv")
    preview(browser, page, table.name)
    assert "headings in row 3" in browser.text("#source") and "1 row above the table" in browser.text("#source")
    assert "Candidate No has leading zeros, so it is not described." in browser.text("#source"), browser.text("#source")
    assert click_text(browser, "#source", "Describe it all the same")
    uses = "[...document.querySelectorAll('#records select')].map((list) => list.value)"
    chosen = browser.script(f"return [{uses}[0], document.activeElement.id, column.value]")
    assert chosen == ["number", "column", "Candidate No"], chosen
    browser.click("#column option[value='Raw mark']")
    for remedy, setting in ("Count as absent", "absent=X"), ("Leave out", "invalid=missing"):
        browser.script("for (const box of document.querySelectorAll('#codes input:checked')) box.click()")
        browser.click("#show")
        wait(browser, "document.activeElement.id === 'choices-fault'", "no error")
        assert browser.text("#choices-fault").startswith("Raw mark has 1 entry that is not a number: X (1)."), browser.text("#choices-fault")
        assert click_text(browser, "#choices-fault", "See rows") and "X: row 10" in browser.text("#choices-fault")
        browser.script("document.querySelector('#status').textContent = ''")
        assert click_text(browser, "#choices-fault", remedy), remedy
        wait(browser, READY, f"no results after {remedy}")
        assert setting in browser.url(), browser.url()
    # A change of how the data are read can be undone.
    browser.script("document.querySelector('#reading').open = true")
    browser.click("#header option[value=false]")
    wait(browser, "document.querySelector('#source').textContent.includes('no headings')", "the header is not changed")
    browser.click("#undo")
    wait(browser, "document.querySelector('#source').textContent.includes('headings in row 3')", "the change is not undone")
    wrong = file_of("%PDF-1.4 a document", ".pdf")
    choose_file(browser, wrong.name)
    wait(browser, "document.activeElement.id === 'data-fault'", "no error")
    assert browser.text("#data-fault").strip() == "This is a PDF. Export the table as CSV or Excel and choose that file.", browser.text("#data-fault")
    database = file_of("SQLite format 3\0", ".csv")
    choose_file(browser, database.name)
    wait(browser, "document.querySelector('#data-fault').innerText.includes('SQLite')", "no error")
    assert browser.text("#data-fault").strip() == "This is a database (SQLite or Access). Export the table as CSV or Parquet, and choose that file."
    # The refusals themselves are all that the browser may complain about.
    complaints = [text for text in browser.complaints() if "422" not in text]
    assert not complaints, complaints


def use(browser, column, use):
    """Uses a column as something else."""
    browser.click(f"#records select[aria-label='{column} is used as'] option[value={use}]")


def fault(browser, place, start):
    """Waits for an error at a place that begins with these words."""
    wait(browser, f"document.querySelector('#{place}:not([hidden])')?.innerText.startsWith({json.dumps(start)})", f"no error {start!r}")


def check_settings(browser, page):
    """What is chosen is what is described: at once, and after a change of something else."""
    preview(browser, page)
    # A reading that was just asked for is waited for.
    browser.script("skip_end.value = '2'; skip_end.dispatchEvent(new Event('change', {bubbles: true})); show.click()")
    wait(browser, READY, "no results")
    assert "skip_end=2" in browser.url() and "298 rows" in browser.text("#report"), browser.url()
    use(browser, "mark", "none")
    browser.click("#show")
    fault(browser, "choices-fault", "No column is used as a number.")
    browser.click("#undo")
    wait(browser, "column.value === 'mark'", "the use of a column is not undone")
    browser.click("#group1 option[value=subject]")
    browser.click("#group2 option[value=cohort]")
    assert browser.script("return compare_by.value") == "cohort"
    browser.click("#compare-baseline")
    browser.click("#show")
    fault(browser, "choices-fault", "Say which group to compare with")
    browser.click("#compare-previous")
    browser.write("#boundaries", "A=70; B 60;C:50")
    show_results(browser)
    assert "boundaries=A%3A70&boundaries=B%3A60&boundaries=C%3A50" in browser.url(), browser.url()
    browser.write("#boundaries", "A 70 B 60")
    show_results(browser)
    assert "boundaries=A%3A70&boundaries=B%3A60&" in f"{browser.url()}&", browser.url()
    table = file_of("g,a,b,c\n" + "".join(f"{'xyz'[row % 3]},{row}.5,{row}.25,{row}.75\n" for row in range(9)), ".csv")
    choose_file(browser, table.name)
    wait(browser, "column.value === 'c'", "no preview")
    browser.click("#column option[value=a]")
    use(browser, "b", "none")
    assert browser.script("return column.value") == "a"
    browser.script("column.value = ''")
    show_results(browser)
    link = browser.url()
    assert "column=a&column=c" in link, link
    browser.open("about:blank")
    browser.open(f"{link}&group_by=nosuch&totals=false&convention=foo")
    wait(browser, "!document.querySelector('#linked').hidden", "the settings of a link are not shown")
    choose_file(browser, table.name)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    left = browser.text("#linked")
    assert left.startswith("These settings of the link do not fit") and all(text in left for text in ("nosuch", "Totals: false", "foo")), left
    assert "Describe" not in left, left
    show_results(browser)
    assert browser.url() == link, (browser.url(), link)
    # A file that was saved anew since it was chosen.
    table.write("x,1.5,1.25,1.75\n")
    table.flush()
    if browser.script("return document.body.dataset.engine") == "server":
        # It is sent as it is now, or not at all: that depends on what the browser has read of it.
        return
    browser.click("#show")
    fault(browser, "choices-fault", "The browser could not read this file")


def check_analyses(browser, page):
    """Grades, questions of a test and correlations: by the service if the browser's engine does not have them."""

    def analysed(analysis, path):
        browser.open("about:blank")
        preview(browser, page, os.path.abspath(f"examples/{path}"))
        browser.click(f"#analysis option[value={analysis}]")
        shown = browser.script("return [...document.querySelectorAll('[data-analyses]')].filter((one) => one.checkVisibility()).map((one) => one.dataset.analyses)")
        assert shown and all(analysis in of.split() for of in shown), shown

    def answered():
        """Shows results, if need be those of the service."""
        browser.script("document.querySelector('#status').textContent = ''")
        browser.click("#show")
        wait(browser, f"{READY} || document.activeElement.id === 'choices-fault'", "neither results nor an error")
        if not browser.script(f"return {READY}"):
            assert browser.text("#choices-fault").startswith("This page "), browser.text("#choices-fault")
            assert click_text(browser, "#choices-fault", f"Calculate on {browser.script('return location.host')}")
        wait(browser, READY, "no results of the service")
        return browser.text("#report")

    def linked():
        """The settings come back with the link."""
        link, report = browser.url(), browser.text("#report h3")
        browser.open("about:blank")
        browser.open(link)
        return link, report

    analysed("outcomes", "outcomes.csv")
    assert browser.script("return categories.value") == "grade"
    assert browser.script("return order.value") == "A*, A, B, C, D, E, U, X"
    browser.write("#order", "")
    browser.click("#show")
    fault(browser, "choices-fault", "Write all grades, the best one first")
    browser.write("#order", "A*, A, B, C, D, E, U, X")
    browser.click("#codes input[value=X]")
    browser.click("#group1 option[value=cohort]")
    browser.click("#compare-previous")
    show_results(browser)
    assert "Changes" in browser.text("#report") and "Predicted" not in browser.text("#report"), browser.text("#report")
    browser.click("#prior option[value='ks2 band']")
    browser.click("#predict")
    # As `describe-api describe examples/outcomes.csv` has it in docs/outcomes.md.
    assert re.search(r"2024\s2023\sA\*\s100\s0\s11\.3\s13\.0", answered()), browser.text("#report")
    link, title = linked()
    choose_file(browser, os.path.abspath("examples/outcomes.csv"))
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    assert browser.script("return [analysis.value, categories.value, prior.value, predict.checked]") == ["outcomes", "grade", "ks2 band", True]
    answered()
    assert browser.url() == link and browser.text("#report h3") == title, browser.url()

    analysed("items", "items.csv")
    # The columns are Q1 (1) to Q5 (2).
    assert browser.script("return [items.value, maxima.value]") == ["Q1..Q5", "header"]
    browser.write("#items", "")
    browser.click("#show")
    fault(browser, "choices-fault", "Say which columns are the questions")
    browser.write("#items", "Q1..Q5")
    browser.write("#not_reached", "NR")
    # As in docs/items.md; what to look at is in the same row.
    assert re.search(r"Q5\s+2\s+46\s+\u22120\.41\s+8\.3\s+8\.3\s+0\.732\s+negative discrimination", answered()), browser.text("#report")
    assert "/items" in programs(browser)["curl"]

    analysed("correlations", "papers.csv")
    names = [box["value"] for box in browser.script("return [...document.querySelectorAll('#correlated input:checked')].map(({value}) => ({value}))")]
    assert names == ["paper_1", "paper_2", "coursework"], names
    browser.script("for (const box of [...document.querySelectorAll('#correlated input')].slice(1)) box.click()")
    browser.click("#show")
    fault(browser, "choices-fault", "Tick at least two columns.")
    browser.click("#correlated input[value=paper_2]")
    assert "Pearson" in answered(), browser.text("#report")
    assert browser.url().endswith("correlations=paper_1&correlations=paper_2&absent=X"), browser.url()


def check_paste(browser, page):
    """Numbers and tables can be pasted, and the columns of a table used as something else."""
    browser.open(page)
    paste = (
        "const data = new DataTransfer(); for (const [type, text] of Object.entries(arguments[0])) data.setData(type, text);"
        "document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));"
    )
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    browser.script(paste, {"text/plain": "5 6\n"})
    wait(browser, "document.querySelector('#source').textContent.includes('2 numbers')", "no preview of numbers")
    show_results(browser)
    assert browser.text("#status") == "1 result ready" and "5.5" in browser.text("#report")
    check_numbers(browser, page)
    cells = "<table><tr><td>school</td><td>mark</td></tr><tr><td>a</td><td x:num='5.25'>5.3</td></tr><tr><td>b</td><td>6</td></tr></table>"
    browser.script("document.querySelector('#numbers').value = ''")
    browser.script(paste, {"text/html": cells, "text/plain": "as shown"})
    wait(browser, "document.querySelector('#source').textContent.includes('2 rows')", "no preview of a table")
    assert browser.script("return document.querySelector('#results').hidden"), "results of other data are shown"
    show_results(browser)
    assert "5.625" in browser.script("return document.querySelector('#report').innerHTML")
    merged = "<table><tr><td>school<td>Raw<br>mark<tr><td rowspan=2>a<td>5<tr><td>6<tr><td rowspan=2>b<td>7<tr><td>9</table>"
    browser.script("document.querySelector('#numbers').value = ''")
    browser.script(paste, {"text/html": merged, "text/plain": "as shown"})
    wait(browser, "document.querySelector('#source').textContent.includes('4 rows')", "no preview of merged cells")
    assert browser.script("return numbers.value") == "school\tRaw mark\na\t5\na\t6\nb\t7\nb\t9\n"


def press(browser, key):
    browser.send("/actions", actions=[{"type": "key", "id": "keys", "actions": [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}])


FOCUSED = """
    const { activeElement: one } = document, { outlineStyle, outlineWidth } = getComputedStyle(one), { top, bottom } = one.getBoundingClientRect();
    return [one.id || one.textContent, Math.round(top + scrollY), outlineStyle !== "none" && outlineWidth !== "0px", top < innerHeight && bottom > 0];
"""


def tab_to(browser, wanted):
    """Presses Tab until the focus is there: what it passes, each with the place of its upper edge."""
    passed = []
    while not passed or passed[-1][0] != wanted:
        press(browser, TAB)
        name, place, has_outline, is_seen = browser.script(FOCUSED)
        assert has_outline and is_seen, f"the focus on {name} is not seen"
        assert len(passed) < 80, f"{wanted} is not reached: {passed}"
        passed.append((name, place))
    return [place for _, place in passed]


def check_keyboard(browser, page):
    """From the example to its report by keys alone; the focus goes from top to bottom, and is always seen."""
    browser.open(page)
    wait(browser, "document.body.classList.contains('js')", "the page does not start")
    tab_to(browser, "example")
    press(browser, ENTER)
    wait(browser, "document.body.classList.contains('has-data')", "the example has no preview")
    places = tab_to(browser, "group1")
    press(browser, "c")
    wait(browser, "group1.value === 'cohort'", "no group is chosen")
    places += tab_to(browser, "totals")
    press(browser, SPACE)
    places += tab_to(browser, "show")
    # Fields of one line differ in height.
    assert all(above <= below + 20 for above, below in zip(places, places[1:])), places
    press(browser, ENTER)
    wait(browser, READY, "no results")
    assert browser.script("return [totals.checked, document.activeElement.id]") == [True, "results-title"]
    places = tab_to(browser, "Copy link to these settings")
    assert all(above <= below + 20 for above, below in zip(places, places[1:])), places


def check_numbers(browser, page):
    """Pasted numbers are in no link but the one that is made for them; and in a formula, which asks for the same."""
    browser.write("#maximum", "10")
    show_results(browser)
    assert "numbers" not in browser.url() and "maximum=10" in browser.url(), browser.url()
    browser.script("window.set = {}; const add = DataTransfer.prototype.setData; DataTransfer.prototype.setData = function (type, text) { window.set[type] = text; add.call(this, type, text); }")
    assert click_text(browser, "#files", "Copy link with numbers")
    link = browser.script("return window.set['text/plain']")
    formula = programs(browser)["Excel formula"]
    texts = re.findall(r'"(http[^"]*|[^"]{2,})"', formula[: formula.index(",CHAR(13)")])
    table = urllib.request.urlopen("".join(texts)).read().decode()
    assert all(len(text) <= 255 for text in texts) and table.endswith("\r\n") and table.splitlines()[1].startswith("2,5.0,6.0,5.5,"), (formula, table)
    browser.open("about:blank")
    browser.open(link)
    wait(browser, "document.querySelector('#source').textContent.includes('2 numbers')", "the numbers of a link are not read")
    assert browser.script("return [numbers.value, maximum.value]") == ["5 6", "10"]
    assert browser.text("#linked") == "These numbers came with the link."
    show_results(browser)
    assert "numbers" not in browser.url(), browser.url()
    # Too many for a formula, and then for a link.
    for count, formula, linked in (600, False, True), (3000, False, False):
        # Typed they would take a minute.
        browser.script("numbers.value = arguments[0]; numbers.dispatchEvent(new Event('input'))", "12\n" * count)
        browser.click("#read")
        wait(browser, f"document.querySelector('#source').textContent.includes('{count:,} numbers')", "no preview of many numbers")
        show_results(browser)
        assert ("Excel formula" in programs(browser), click_text(browser, "#files", "Copy link with numbers")) == (formula, linked), count
    browser.open(page)
    wait(browser, "document.body.classList.contains('js')", "the page does not start")


def check_large(browser, page):
    """Of a large text only the beginning is sent for its preview; the rest shows its progress, and can be cancelled."""
    table = file_of("cohort,mark\n" + "2025,41\n2026,55\n" * 600_000, ".csv")
    preview(browser, page, table.name)
    assert "Parquet or JSON, up to 1.1 GB;" in browser.text("#file-hint"), browser.text("#file-hint")
    assert "more follow" in browser.text("#source"), browser.text("#source")
    browser.send("/goog/cdp/execute", cmd="Network.enable", params={})
    slow = {"offline": False, "latency": 5, "downloadThroughput": 1e7, "uploadThroughput": 1e6}
    browser.send("/goog/cdp/execute", cmd="Network.emulateNetworkConditions", params=slow)
    browser.click("#show")
    wait(browser, "/ of 9.6 MB, .* a second, .* left/.test(document.querySelector('#activity-text').textContent)", "no progress")
    browser.click("#cancel")
    wait(browser, "document.querySelector('#status').textContent.startsWith('Cancelled')", "not cancelled")
    assert browser.script("return document.querySelector('#activity').hidden && document.querySelector('#results').hidden")
    browser.send("/goog/cdp/execute", cmd="Network.emulateNetworkConditions", params=dict(slow, uploadThroughput=-1, downloadThroughput=-1, latency=0))
    show_results(browser)
    assert "1,200,000 rows" in browser.text("#report"), browser.text("#report .origin")


def check_narrow(browser, page):
    """Nothing is wider than a small telephone, in any state."""
    device = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    browser.send("/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride", params=device)
    preview(browser, page)
    browser.script("for (const folded of document.querySelectorAll('details')) folded.open = true")
    browser.click("#group1 option[value=cohort]")
    show_results(browser)
    browser.script("for (const folded of document.querySelectorAll('details')) folded.open = true")
    width = browser.script("return document.documentElement.scrollWidth")
    assert width <= 320, width
    browser.send("/goog/cdp/execute", cmd="Emulation.clearDeviceMetricsOverride", params={})


def check_without_script(browser, page):
    """Without a script the form gets a report, and errors that are pages."""
    browser.send("/goog/cdp/execute", cmd="Emulation.setScriptExecutionDisabled", params={"value": True})
    browser.open(page)
    title = "document.querySelector('h1').innerText"
    browser.type("#file", MARKS)
    browser.type("#column", "mark")
    browser.click("#show")
    wait(browser, f"{title} === 'Nothing was calculated'", "no page of the error")
    assert "row 40, column mark" in browser.text(".fault"), browser.text("main")
    browser.click("main p a")
    wait(browser, f"{title} === 'Describe exam results'", "no way back")
    browser.type("#file", MARKS)
    browser.type("#column", "mark")
    browser.type("#absent", "X")
    browser.click("#show")
    wait(browser, f"{title}.startsWith('Descriptive statistics of mark')", "no report")
    browser.open(page)
    browser.type("#file", os.path.abspath("examples/items.csv"))
    browser.type("#items", "Q1..Q5")
    browser.click("#maxima option[value=header]")
    browser.type("#not_reached", "NR")
    browser.click("button[formaction]")
    wait(browser, f"{title}.startsWith('Item analysis: 5 questions')", "no report of questions")
    browser.open(page)
    browser.type("#file", os.path.abspath("examples/outcomes.csv"))
    browser.type("#crosstab", "ks2 band,grade")
    browser.type("#order", "A*, A, B, C, D, E, U, X")
    browser.click("#show")
    wait(browser, f"{title} === 'grade by ks2 band'", "no report of grades")
    browser.open(page)
    browser.type("#numbers", "5 6")
    browser.click("#show")
    wait(browser, f"{title}.startsWith('Descriptive statistics')", "no report of pasted numbers")
    browser.send("/goog/cdp/execute", cmd="Emulation.setScriptExecutionDisabled", params={"value": False})
    complaints = [text for text in browser.complaints() if "422" not in text]
    assert not complaints, complaints


def check_report(browser, server):
    """The style of a report and of a chart is allowed by its hash, and applies."""
    for query in "format=html", "chart=histogram", "chart=box":
        browser.open(f"{server}/prod/stats?numbers=5&numbers=6&numbers=8&{query}")
        family = browser.script("return getComputedStyle(document.querySelector('.chart, h1')).fontFamily")
        assert family.startswith("system-ui"), (query, family)


def check_style(browser, page):
    """The style sheet of the page is found from every spelling of its URL."""
    browser.open(page)
    width = browser.script("return getComputedStyle(document.querySelector('main')).maxWidth")
    assert width.endswith("px"), (page, width)


def check_key(browser, server, key):
    """Where the server asks for a key, the page does, and keeps it for this tab; the documentation uses it."""
    browser.open(f"{server}/")
    deadline = time.monotonic() + GIVE_UP
    while not browser.script("return !document.querySelector('#access').hidden"):
        assert time.monotonic() < deadline, "the page does not ask for a key"
    for text, expected in ("wrong", "does not accept"), (key, "until this tab is closed"):
        browser.write("#access input", text)
        browser.click("#access button")
        while expected not in browser.text("#access [role=status]"):
            assert time.monotonic() < deadline, browser.text("#access [role=status]")
    preview(browser, f"{server}/prod/")
    show_results(browser)
    check_get(browser, server, f"{server}/docs")
    assert browser.script("return Object.keys(localStorage).length + document.cookie.length") == 0
    # The refusals themselves are all that the browser may complain about.
    complaints = [text for text in browser.complaints() if "401" not in text]
    assert not complaints, complaints


def check(browser, here, server):
    for page in "/docs", "/prod/docs", "/docs/", "/prod/docs/":
        check_get(browser, server, server + page)
    check_advanced(browser, server + "/docs")
    check_post(browser, server, server + "/prod/docs", BODIES)
    check_post(browser, server, server + "/docs", ["application/json", "multipart/form-data"])
    for page in "/", "/prod", "/prod/":
        check_style(browser, server + page)
        check_page(browser, server, server + page)
    check_report(browser, server)
    # Calculated in the browser, and by the service.
    for origin in here, server:
        for page in "/", "/prod/":
            check_job(browser, origin + page)
        check_keyboard(browser, origin + "/prod/")
        check_paste(browser, origin + "/prod")
        check_narrow(browser, origin + "/prod/")
        complaints = browser.complaints()
        assert not complaints, complaints
        check_remedies(browser, origin + "/prod/")
        check_settings(browser, origin + "/prod/")
        check_analyses(browser, origin + "/prod/")
        complaints = browser.complaints()
        assert not complaints, complaints
    check_large(browser, server + "/prod/")
    check_without_script(browser, here + "/prod/")


@contextlib.contextmanager
def browsing(program, *settings):
    """A browser, and the addresses of services: one for each list of flags. All end afterwards."""
    services = [start(program, "--port", "0", "--log-format", "json", *flags) for flags in settings]
    driver = start("chromedriver", "--port=0")
    try:
        servers = [first_match(service, r'"page":"(http://[^"]+)/"') for service in services]
        port = first_match(driver, r"started successfully on port (\d+)")
        browser = Browser(f"http://127.0.0.1:{port}")
        try:
            yield browser, *servers
        finally:
            browser.close()
    finally:
        for process in *services, driver:
            process.send_signal(signal.SIGTERM)
            process.wait(GIVE_UP)


def main(program, tools):
    axe = pathlib.Path(tools, "node_modules/axe-core/axe.min.js").read_text()
    made = subprocess.run([program, "key", "new", "--id", "browser"], capture_output=True, text=True, check=True)
    key = made.stderr.rsplit(": ", 1)[1].strip()
    keys = tempfile.NamedTemporaryFile("w", suffix=".keys")
    keys.write(made.stdout)
    keys.flush()
    there = "--page-engine", "server"
    with browsing(program, [], there, [*there, "--api-keys-file", keys.name]) as (browser, here, server, protected):
        check(browser, here, server)
        check_accessibility(browser, here, protected, axe)
        check_key(browser, protected, key)
    print("the pages work in a browser")


if __name__ == "__main__":
    main(*sys.argv[1:])
