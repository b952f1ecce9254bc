"""Fixtures for tests of the built pages in a real browser: `site` and `browser`.

    def test_page(site, browser):
        visit = open_page(browser, f"{site}/book/02-bahdanau.html")
        assert not visit.failed

Without a built site or without Chromium such a test is skipped; where CI=true it fails.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # no other host can be reached, whatever a page asks for
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True)
class Visit:
    """What one page asked for while it was loaded, and what it complained of."""

    requests: list[str]
    failed: list[str]
    console: list[str]

    @property
    def external(self) -> list[str]:
        """Requests to other hosts; data: and blob: stay inside the page."""
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("data", "blob")
            and urlsplit(url).hostname != "127.0.0.1"
        ]


def cannot_test(reason: str) -> NoReturn:
    """Skip; but fail where the checks have to be whole."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve _build/html on this machine alone; give its address, without a slash at the end."""
    if not (ROOT / "_build" / "site.json").exists():
        cannot_test("the site is not built: run make book")

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            """Keep requests out of the tests' report."""

    handler = functools.partial(Handler, directory=str(HTML))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One browser for all tests of a process, with a profile of its own."""
    # where both are there, the driver is Chrome's
    program = next(filter(None, map(shutil.which, ("google-chrome", "chromium"))), None)
    driver = shutil.which("chromedriver")
    if not program or not driver:
        cannot_test("no Chromium or no chromedriver (on Debian: apt install chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_page_load_timeout(60)
    browser.set_script_timeout(30)
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> webdriver.Chrome:
    """A browser with an empty page, 1280 by 900, that remembers nothing of the last test."""
    chromium.get("about:blank")
    chromium.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    resize(chromium, 1280, 900)
    return chromium


def resize(browser: webdriver.Chrome, width: int, height: int) -> None:
    """Give the page this many CSS pixels. A window itself cannot be as narrow as a phone."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def open_page(browser: webdriver.Chrome, url: str) -> Visit:
    """Load a page, wait until its maths is typeset, and tell what happened meanwhile."""
    for log in ("performance", "browser"):
        browser.get_log(log)  # drops what came before
    browser.get(url)
    browser.execute_async_script(
        """
        const done = arguments[0];
        const maths = document.querySelector("article .math");
        const typeset = maths ? window.MathJax.startup.promise : Promise.resolve();
        typeset.then(() => document.fonts.ready).then(() => setTimeout(done, 50));
        """
    )
    requests, failed, urls = [], [], {}
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        method, event = message["method"], message["params"]
        if method == "Network.requestWillBeSent":
            urls[event["requestId"]] = event["request"]["url"]
            requests.append(event["request"]["url"])
        elif method == "Network.responseReceived" and event["response"]["status"] >= 400:
            failed.append(f"{event['response']['status']} {event['response']['url']}")
        elif method == "Network.loadingFailed" and not event.get("canceled"):
            failed.append(f"{event['errorText']} {urls.get(event['requestId'])}")
    console = [
        f"{entry['level']} {entry['message']}"
        for entry in browser.get_log("browser")
        if entry["level"] in ("SEVERE", "WARNING")
    ]
    return Visit(requests, failed, console)
