#!/usr/bin/env python3
"""Whether somebody who has never seen the page gets a report of it: newcomer.py PROGRAM

The way from a blank browser to the report of examples/marks.csv by cohort, with X as absent: a file is dropped or chosen, fields and
buttons are found by their words. It must take few actions and little time, whether the browser calculates or the service.
"""

import itertools
import sys
import time

from browser import ELEMENT, MARKS, READY, browsing, devtools, wait

MAX_ACTIONS = 8
MAX_SECONDS = 60


class Newcomer:
    """A person who acts on what is written on the page."""

    def __init__(self, browser):
        self.browser, self.actions, self.began = browser, 0, time.monotonic()

    def seen(self, path):
        """The only element of this path that is seen."""
        found = [element[ELEMENT] for element in self.browser.send("/elements", using="xpath", value=path)]
        shown = [one for one in found if self.browser.script("return arguments[0].checkVisibility()", {ELEMENT: one})]
        assert len(shown) == 1, f"{path} is seen {len(shown)} times"
        return shown[0]

    def labelled(self, label):
        return self.seen(f"//*[@id = //label[normalize-space() = '{label}']/@for]")

    def act(self, element, path, **body):
        self.actions += 1
        self.browser.send(f"/element/{element}/{path}", **body)

    def open(self, page):
        self.actions += 1
        self.browser.open(page)
        wait(self.browser, "document.body.classList.contains('js')", "the page does not start")

    def choose_file(self, path):
        self.act(self.labelled("Choose a file, or several with the same columns"), "value", text=path)

    def drop_file(self, path):
        """Drags a file from a folder to the middle of the area that takes it, and lets it go."""
        self.actions += 1
        area = self.seen("//*[p[contains(., 'drop it here')] or */p[contains(., 'drop it here')]][@id]")
        place = self.browser.script("const {x, y, width, height} = arguments[0].getBoundingClientRect(); return {x: x + width / 2, y: y + height / 2}", {ELEMENT: area})
        data = {"items": [], "files": [path], "dragOperationsMask": 1}
        for event in "dragEnter", "dragOver":
            devtools(self.browser, "Input.dispatchDragEvent", type=event, data=data, **place)
        wait(self.browser, "document.querySelector('#drop').classList.contains('over')", "the area does not show that it takes the file")
        devtools(self.browser, "Input.dispatchDragEvent", type="drop", data=data, **place)
        wait(self.browser, "!document.querySelector('#drop').classList.contains('over')", "the area waits for a file that has come")

    def choose(self, label, option):
        """Opens a list, and chooses from it."""
        field = self.labelled(label)
        self.act(field, "click")
        found = self.browser.send(f"/element/{field}/element", using="xpath", value=f"./option[normalize-space() = '{option}']")
        self.act(found[ELEMENT], "click")

    def press(self, text):
        self.act(self.seen(f"//button[normalize-space() = '{text}']"), "click")


def report(browser, page, bring_file):
    """The way to the report; how many actions and seconds it takes."""
    browser.open("about:blank")
    person = Newcomer(browser)
    person.open(page)
    bring_file(person, MARKS)
    wait(browser, "document.body.classList.contains('has-data')", "no preview")
    person.choose("For each", "cohort")
    person.press("Show results")
    wait(browser, READY, "no results")
    seconds = time.monotonic() - person.began
    text = browser.text("#report")
    for part in "mark by cohort, 2021 to 2024", "3 candidates (1.0%) were absent.", "Absent, code X\t1\t1\t0\t1":
        assert part in text, (part, text)
    assert person.actions <= MAX_ACTIONS and seconds <= MAX_SECONDS, (person.actions, seconds)
    return person.actions, seconds


def main(program):
    with browsing(program, [], ["--page-engine", "server"]) as (browser, *servers):
        ways = itertools.product(servers, (Newcomer.choose_file, Newcomer.drop_file))
        actions, seconds = map(max, zip(*(report(browser, f"{server}/", bring_file) for server, bring_file in ways)))
        complaints = browser.complaints()
        assert not complaints, complaints
    print(f"a newcomer gets a report in {actions} actions and {seconds:.1f} seconds at most")


if __name__ == "__main__":
    main(sys.argv[1])
