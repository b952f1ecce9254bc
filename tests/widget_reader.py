"""How the figures of `attention_course.widgets` are read: as HTML, and on a page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import open_page
from colours import contrast
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement


@dataclass
class Node:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


class Page(HTMLParser):
    """The elements of a piece of HTML; fails where a tag is closed that is not open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[Node] = []
        self.nodes: list[Node] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute of {tag} stands twice"
        self.nodes.append(Node(tag, dict(attrs)))
        self.open.append(self.nodes[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for node in self.open:
            node.text += data

    def named(self, tag: str, **attributes: str) -> list[Node]:
        return [
            node
            for node in self.nodes
            if node.tag == tag and attributes.items() <= node.attributes.items()
        ]

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [node.text for node in self.named(tag, **attributes)]


class Reader:
    """One figure of the open page, in a reader's hands."""

    def __init__(self, browser: webdriver.Chrome, number: int = 0) -> None:
        self.browser = browser
        self.root = browser.find_elements(By.CSS_SELECTOR, ".attention-figure")[number]

    def all(self, selector: str) -> list[WebElement]:
        """The elements that are shown."""
        return self.browser.execute_script(
            "return [...arguments[0].querySelectorAll(arguments[1])]"
            ".filter(node => node.checkVisibility())",
            self.root,
            selector,
        )

    def texts(self, selector: str) -> list[str]:
        """What stands in them. The word for gold, which is not seen, takes a line of its own."""
        shown = self.browser.execute_script(
            "return arguments[0].map(node => node.innerText)", self.all(selector)
        )
        return [" ".join(text.split()) for text in shown]

    def words(self, label: str) -> list[WebElement]:
        return self.all(f"[role=group][aria-label^={label}] button")

    @property
    def said(self) -> str:
        (region,) = self.all("[role=status]")
        return region.text

    def pressed(self) -> list[str]:
        return [text.split()[0] for text in self.texts("button[aria-pressed=true]")]

    def numbers(self, label: str) -> list[str]:
        return self.texts(f"[role=group][aria-label^={label}] small")

    def hover(self, element: WebElement) -> None:
        ActionChains(self.browser).move_to_element(element).perform()

    def tap(self, element: WebElement) -> None:
        box = self.browser.execute_script(
            "return arguments[0].getBoundingClientRect().toJSON()", element
        )
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind, points in (("touchStart", [point]), ("touchEnd", [])):
            command = {"type": kind, "touchPoints": points}
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", command)

    def swipe_over(self, element: WebElement) -> None:
        """A finger passes over it that moves the page."""
        self.browser.execute_script(
            "arguments[0].dispatchEvent(new PointerEvent('pointerover',"
            "{pointerType: 'touch', bubbles: true}))",
            element,
        )

    def press(self, *keys: str) -> None:
        ActionChains(self.browser).send_keys(*keys).perform()

    def focused(self) -> str:
        return self.browser.switch_to.active_element.text.split("\n")[0]


def write_page(path: Path, *figures: object) -> str:
    """A page with these figures; returns its address."""
    body = "<p>between</p>".join(figure._repr_html_() for figure in figures)  # type: ignore[attr-defined]
    path.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Figures</title>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<body><h1>Figures</h1>{body}</body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def move(reader: Reader, slider: WebElement, value: float) -> None:
    """As a hand does that drags the slider's thumb there."""
    reader.browser.execute_script(
        "arguments[0].value = arguments[1];"
        "arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        slider,
        value,
    )
    assert float(str(slider.get_property("value"))) == value


@contextmanager
def without_script(browser: webdriver.Chrome) -> Iterator[None]:
    """Inside, no page runs a script."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@contextmanager
def media(browser: webdriver.Chrome, kind: str = "", scheme: str = "light") -> Iterator[None]:
    """Inside, pages are shown as on `print`, or to a reader who prefers this colour scheme."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


TEXTS = """
// Every visible text of the figures: its words, its colour, and the ground it stands on.
const layers = (node) => {
  const found = [];
  for (let at = node; at; at = at.parentElement) {
    const [r, g, b, a = 1] = getComputedStyle(at).backgroundColor.match(/[\\d.]+/g).map(Number);
    found.push([r, g, b, a]);
    if (a === 1) break;
  }
  return found.reverse();
};
const over = (below, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
return [...document.querySelectorAll(".attention-figure *")]
  .filter((node) => node.checkVisibility() && !node.closest("select, style, script"))
  .filter((node) => [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))
  .map((node) => [node.textContent, getComputedStyle(node).color,
                  `rgb(${layers(node).reduce(over, [255, 255, 255])})`]);
"""


every_theme = pytest.mark.parametrize(
    ("prepare", "dark"),
    [
        ("", False),
        ("document.documentElement.dataset.theme = 'light'", False),
        ("document.documentElement.dataset.theme = 'dark'", True),
        ("document.documentElement.setAttribute('theme', 'dark')", True),
        ("document.body.dataset.jpThemeLight = 'false'", True),
        ("document.body.classList.add('vscode-dark')", True),
        ("prefers dark", True),
        ("prefers dark; document.documentElement.dataset.theme = 'light'", False),
        ("prefers dark; document.body.dataset.jpThemeLight = 'true'", False),
    ],
)


@contextmanager
def in_theme(browser: webdriver.Chrome, page: str, prepare: str) -> Iterator[None]:
    """Inside, the page is open in one of `every_theme`."""
    scheme = "dark" if prepare.startswith("prefers dark") else "light"
    with media(browser, scheme=scheme):
        open_page(browser, page)
        browser.execute_script(prepare.removeprefix("prefers dark"))
        yield


def assert_readable(browser: webdriver.Chrome, dark: bool, at_least: int) -> None:
    """Every text of the figures stands out, there are enough of them, and the ground is dark."""
    texts = browser.execute_script(TEXTS)
    assert len(texts) >= at_least
    for text, colour, ground in texts:
        assert contrast(colour, ground) >= 4.5, f"{text!r}: {colour} on {ground}"
    ground = texts[0][2]
    assert (contrast(ground, "#000000") < 2) is dark
