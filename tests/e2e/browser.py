#!/usr/bin/env python3
"""Clicks through the pages in a real browser: browser.py PROGRAM

Chromium is driven by chromedriver through the W3C's WebDriver protocol, which is JSON over HTTP.
"""

import json
import os
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
# What WebDriver calls an element in JSON.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
GIVE_UP = 60.0

GET = "#operations-statistics-describe_query"
POST = "#operations-statistics-describe_body"
MARKS = os.path.abspath("examples/marks.csv")

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


def check_page(browser, server, page):
    """The links of the page for colleagues."""
    for link, leads in ("/stats", "/prod/stats?numbers=5&numbers=6"), ("docs", "docs"), ("openapi.json", "openapi.json"):
        browser.open(page)
        browser.click(f"main a[href*='{link}']")
        url = browser.url()
        assert url.startswith(server) and url.endswith(leads), (page, link, url)


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
    browser.script("document.querySelector('#example pre').textContent = ''")
    browser.click("#example a")
    while not (shown := browser.text("#example pre")):
        assert time.monotonic() < deadline
    assert json.loads(shown) == FIVE_SIX, shown
    check_get(browser, server, f"{server}/docs")
    assert browser.script("return Object.keys(localStorage).length + document.cookie.length") == 0
    # The refusals themselves are all that the browser may complain about.
    complaints = [text for text in browser.complaints() if "401" not in text]
    assert not complaints, complaints


def check(browser, server):
    for page in "/docs", "/prod/docs", "/docs/", "/prod/docs/":
        check_get(browser, server, server + page)
    check_post(browser, server, server + "/prod/docs", BODIES)
    check_post(browser, server, server + "/docs", ["application/json", "multipart/form-data"])
    for page in "/", "/prod", "/prod/":
        check_style(browser, server + page)
        check_page(browser, server, server + page)
    check_report(browser, server)
    complaints = browser.complaints()
    assert not complaints, complaints


def main(program):
    service = start(program, "--port", "0", "--log-format", "json")
    made = subprocess.run([program, "key", "new", "--id", "browser"], capture_output=True, text=True, check=True)
    key = made.stderr.rsplit(": ", 1)[1].strip()
    keys = tempfile.NamedTemporaryFile("w", suffix=".keys")
    keys.write(made.stdout)
    keys.flush()
    guarded = start(program, "--port", "0", "--log-format", "json", "--api-keys-file", keys.name)
    driver = start("chromedriver", "--port=0")
    try:
        server = first_match(service, r'"page":"(http://[^"]+)/"')
        port = first_match(driver, r"started successfully on port (\d+)")
        browser = Browser(f"http://127.0.0.1:{port}")
        try:
            check(browser, server)
            check_key(browser, first_match(guarded, r'"page":"(http://[^"]+)/"'), key)
        finally:
            browser.close()
    finally:
        for process in service, guarded, driver:
            process.send_signal(signal.SIGTERM)
            process.wait(GIVE_UP)
    print("the pages work in a browser")


if __name__ == "__main__":
    main(sys.argv[1])
