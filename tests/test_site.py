"""The built pages, as a reader meets them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from browser import HTML, ROOT, open_page, resize
from colours import contrast
from plain_markdown import equations, figure_number
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"]] + [entry["file"] for part in TOC["parts"] for entry in part["chapters"]]
NOTEBOOKS = [page for page in PAGES if re.search(r"/\d\d-", page)]

# A slower machine than the one of the promise may take this many times as long.
MACHINE = 1.75


class Page(HTMLParser):
    """The links, embedded files, pictures and anchors of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.embedded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.anchors.update(given[key] for key in ("id", "name") if key in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("script", "img", "iframe", "source", "video", "audio") and "src" in given:
            self.embedded.append(given["src"])
        elif tag == "link" and given.get("rel") in ("stylesheet", "preload", "icon"):
            self.embedded.append(given["href"])


@pytest.fixture(scope="module")
def pages(site: str) -> dict[Path, Page]:
    paths = sorted(path for path in HTML.rglob("*.html") if "_static" not in path.parts)
    return {path: Page(path) for path in paths}


@pytest.mark.parametrize("page", [*PAGES, "search", "genindex"])
def test_a_page_loads_without_complaint_and_without_a_network(
    site: str, browser: webdriver.Chrome, page: str
) -> None:
    visit = open_page(browser, f"{site}/{page}.html")
    assert visit.requests
    assert visit.external == []
    assert visit.failed == []
    assert visit.console == []


@pytest.mark.parametrize("page", PAGES)
def test_maths_is_typeset(site: str, browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, f"{site}/{page}.html")
    left = browser.execute_script(
        """
        return [...document.querySelectorAll("article .math")]
            .filter(node => !node.querySelector("mjx-container"))
            .map(node => node.textContent);
        """
    )
    assert left == []
    wrong = browser.execute_script(
        """
        const unknown = "mjx-assistive-mml mtext[mathcolor=red]";  // a macro that MathJax lacks
        return [...document.querySelectorAll("mjx-merror, [data-mjx-error], " + unknown)]
            .map(node => node.getAttribute("data-mjx-error") || node.textContent);
        """
    )
    assert wrong == []
    raw = browser.execute_script(
        r"""
        const prose = document.querySelector("article").cloneNode(true);
        prose.querySelectorAll("pre, code, script, style, .math, svg").forEach(n => n.remove());
        const source = /\$[^\s$][^$\n]*\$|\{(term|cite|eq|numref|ref|doc)\}/g;
        return prose.textContent.match(source) || [];
        """
    )
    assert raw == []  # a cell that makes Markdown needs `markdown_format: myst`
    if browser.find_elements(By.CSS_SELECTOR, "article mjx-container"):
        fonts = browser.execute_script(
            """
            return [...document.fonts].filter(font => font.family.includes("MJXTEX"))
                .map(font => font.status);
            """
        )
        assert "loaded" in fonts
        assert "error" not in fonts


@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_a_phone(site: str, browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, f"{site}/{page}.html")
    width, wide = browser.execute_script(
        """
        const scrolls = node => node && node !== document.body &&
            (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(node).overflowX)
             || scrolls(node.parentElement));
        return [document.documentElement.scrollWidth,
                [...document.querySelectorAll("article *")]
                    .filter(node => node.getBoundingClientRect().right > 391 && !scrolls(node))
                    .map(node => node.outerHTML.slice(0, 120))];
        """
    )
    assert width <= 390, wide
    assert wide == []


@pytest.mark.parametrize("page", PAGES)
def test_pictures_are_described(site: str, browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, f"{site}/{page}.html")
    pictures = browser.execute_script(
        """
        return [...document.querySelectorAll("article img")]
            .map(node => [node.getAttribute("src").slice(0, 80), node.getAttribute("alt") || "",
                          node.naturalWidth]);
        """
    )
    for source, alt, width in pictures:
        assert width > 0, f"{source} is not shown"
        assert " " in alt.strip(), f"{source} is described as {alt!r}"
        assert not re.search(r"\.(png|svg|jpe?g|gif)$", alt), f"{source} is described by its path"


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_pictures_keep_their_proportions(site: str, browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, f"{site}/{page}.html")
    pictures = browser.execute_script(
        """
        return [...document.querySelectorAll("article img")]
            .map(node => [node.alt, node.clientWidth / node.clientHeight,
                          node.naturalWidth / node.naturalHeight]);
        """
    )
    for alt, shown, drawn in pictures:
        assert shown == pytest.approx(drawn, rel=0.03), alt


def test_the_theme_can_be_switched(site: str, browser: webdriver.Chrome) -> None:
    open_page(browser, f"{site}/{NOTEBOOKS[0]}.html")
    seen = {}
    for _ in range(3):  # light, dark, as the system has it
        theme, ground, text, link = browser.execute_script(
            """
            const style = selector => getComputedStyle(document.querySelector(selector));
            return [document.documentElement.dataset.theme, style("body").backgroundColor,
                    style("article p").color, style("article a:not(.headerlink)").color];
            """
        )
        seen[theme] = ground
        for colour in (text, link):
            assert contrast(colour, ground) >= 4.5, f"{colour} on {ground} in {theme}"
        browser.find_element(By.CSS_SELECTOR, "button.theme-switch-button").click()
    assert set(seen) == {"light", "dark"}
    assert seen["light"] != seen["dark"]


def test_search_finds_a_chapter(site: str, browser: webdriver.Chrome) -> None:
    open_page(browser, f"{site}/index.html")
    browser.find_element(By.CSS_SELECTOR, "body").send_keys(Keys.CONTROL, "k")
    field = WebDriverWait(browser, 10).until(
        lambda driver: next(
            (
                found
                for found in driver.find_elements(By.CSS_SELECTOR, "input[name=q]")
                if found.is_displayed()
            ),
            None,
        )
    )
    field.send_keys("Bahdanau", Keys.ENTER)
    results = WebDriverWait(browser, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#search-results li a")
    )
    assert any("book/02-bahdanau.html" in found.get_attribute("href") for found in results)


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_buttons_lead_to_the_notebook(site: str, browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, f"{site}/{page}.html")
    links = {link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "a")}
    repository = CONFIG["repository"]["url"]
    path = repository.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{path}/blob/main/{page}.ipynb"
    assert colab in links
    assert (ROOT / f"{page}.ipynb").exists()
    source = next(f"{page}{end}" for end in (".md", ".ipynb") if (ROOT / f"{page}{end}").exists())
    assert f"{repository}/edit/main/{source}" in links
    assert any(link and link.startswith(f"{repository}/issues/new") for link in links)
    assert any(link and link.startswith(f"{site}/_sources/{page}") for link in links), "no download"


def test_links_of_the_notebooks_lead_into_the_site(pages: dict[Path, Page]) -> None:
    """A notebook on Colab links to the public site, which is what is built here."""
    address = CONFIG["html"]["baseurl"]
    broken, links = [], 0
    for page in NOTEBOOKS:
        text = (ROOT / f"{page}.ipynb").read_text(encoding="utf-8")
        for link in re.findall(re.escape(address) + r"([^)\s\"\\]*)", text):
            links += 1
            path, _, anchor = link.partition("#")
            target = HTML / path
            if not target.exists():
                broken.append(f"{page}: {link}")
            elif anchor and anchor not in pages[target].anchors:
                broken.append(f"{page}: {link} has no such place")
    assert links
    assert broken == []


def test_figures_and_equations_have_the_numbers_of_the_notebooks(pages: dict[Path, Page]) -> None:
    for page in NOTEBOOKS:
        html = (HTML / f"{page}.html").read_text(encoding="utf-8")
        for name in re.findall(r'<figure[^>]*id="([\w-]+)"', html):
            shown = re.search(rf'id="{name}".*?caption-number">Fig\. (\d+)', html, re.DOTALL)
            assert shown, f"{name} on {page} has no number"
            assert int(shown[1]) == figure_number(name)
        numbers = re.findall(r'class="eqno">\((\d+)\)', html)
        assert numbers == [str(n) for n in equations(page).values()]


def test_links_inside_the_site_lead_somewhere(pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in (*page.links, *page.embedded):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                broken.append(f"{path.name}: {link}")
            elif target in pages and unquote(parts.fragment) not in {"", *pages[target].anchors}:
                broken.append(f"{path.name}: {link} has no such place")
    assert broken == []


def test_nothing_is_embedded_from_elsewhere(pages: dict[Path, Page]) -> None:
    """Also what a page would fetch only later, which no visit shows."""
    foreign = [
        f"{path.name}: {link}"
        for path, page in pages.items()
        for link in page.embedded
        if urlsplit(link).netloc
    ]
    styles = {
        f"{path.name}: {match}"
        for path in (HTML / "_static").rglob("*.css")
        for match in re.findall(
            r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']+", path.read_text()
        )
    }
    assert foreign == []
    assert styles == set()


def test_no_page_has_a_widget_that_needs_a_kernel(pages: dict[Path, Page]) -> None:
    """Nothing on the site would draw it: see nb_ipywidgets_js in _config.yml."""
    dead = [
        path.name
        for path in pages
        if "application/vnd.jupyter.widget" in path.read_text(encoding="utf-8")
    ]
    assert dead == []


def test_what_a_cell_prints_stands_in_one_box(pages: dict[Path, Page]) -> None:
    """A kernel sends it in pieces, as time would have it: see nb_merge_streams in _config.yml."""
    box = '<div class="output stream'
    pieces = re.compile(rf"{box}[^>]*>(?:(?!</div>).)*</div>\s*</div>\s*{box}", re.DOTALL)
    torn = [path.name for path in pages if pieces.search(path.read_text(encoding="utf-8"))]
    assert torn == []


def test_only_the_courses_own_pages_are_built(pages: dict[Path, Page]) -> None:
    built = {path.relative_to(HTML).with_suffix("").as_posix() for path in pages}
    assert built == {*PAGES, "search", "genindex"}


def run_times() -> list[dict[str, Any]]:
    return json.loads((ROOT / "_build" / "run-times.json").read_text(encoding="utf-8"))


def test_every_chapter_keeps_its_promise_of_cost(site: str) -> None:
    rows = run_times()
    assert [row["chapter"] for row in rows] == [p for p in NOTEBOOKS if p.startswith("book/")]
    for row in rows:
        assert row["cpu_seconds"] <= 60 * MACHINE, row
        assert row["peak_bytes"] <= 1.5e9, row


def test_run_times_are_shown(site: str, browser: webdriver.Chrome) -> None:
    open_page(browser, f"{site}/book/run-times.html")
    shown = browser.find_element(By.CSS_SELECTOR, "article table").text
    for row in run_times():
        assert row["title"] in shown
        assert f"{row['cpu_seconds']:.0f} s" in shown
