"""The pages in a real browser: wide and narrow, light and dark, on paper."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from attention_course.exercises import registry
from attention_course.grading import reports
from attention_course.grading.marks import Marked, Run
from browser import open_page, resize
from colours import contrast
from grading.reports import classes
from selenium import webdriver
from selenium.webdriver.common.by import By

PAGES = (
    "index.html",
    "feedback/ada/bahdanau.html",
    "feedback/Zoë-Ångström/bahdanau.html",
    "feedback/dora/unreadable.html",
)
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3

# Of every piece of text that is seen: its colour, and the first ground behind it that is painted.
COLOURS = """
const seen = new Map();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !node.getClientRects().length) continue;
  let behind = node;
  while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") {
    behind = behind.parentElement ?? document.body;
  }
  const pair = [getComputedStyle(node).color, getComputedStyle(behind).backgroundColor];
  seen.set(pair.join("/"), [...pair, walker.currentNode.textContent.trim().slice(0, 40)]);
}
return [...seen.values()];
"""


def with_long_names() -> Run:
    run = classes.every_reason()
    other = classes.marked(LONG, flags=(f"the path is {LONG}",))
    return classes.run(*run.marked, other, unreadable=run.unreadable)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    reports.write(folder, with_long_names())
    return folder


@pytest.fixture
def in_theme(browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A browser whose theme and medium can be set with `set_media`; they are put back."""
    yield browser
    set_media(browser)


def set_media(browser: webdriver.Chrome, theme: str = "", medium: str = "") -> None:
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_nothing_and_breaks_none_of_its_own_rules(
    written: Path, browser: webdriver.Chrome, page: str
) -> None:
    visit = open_page(browser, (written / page).as_uri())
    assert [url for url in visit.requests if not url.startswith("data:image/svg")] == [
        (written / page).as_uri()
    ]
    assert (visit.failed, visit.console) == ([], [])
    # the style was let through
    family = "return getComputedStyle(document.body).maxWidth"
    assert browser.execute_script(family).endswith("px")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_its_window(
    written: Path, browser: webdriver.Chrome, page: str, width: int
) -> None:
    resize(browser, width, 844)
    open_page(browser, (written / page).as_uri())
    opened = "for (const one of document.querySelectorAll('details')) one.open = true"
    browser.execute_script(opened)
    wide = browser.execute_script(
        """
        const inside = element => element.closest(".scroll") && !element.matches(".scroll");
        return [...document.querySelectorAll("body *")]
          .filter(e => !inside(e) && !e.matches(".unseen")
            && e.getBoundingClientRect().right > arguments[0] + 1)
          .map(e => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`);
        """,
        width,
    )
    assert wide == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_text_stands_out(written: Path, in_theme: webdriver.Chrome, page: str, theme: str) -> None:
    set_media(in_theme, theme)
    open_page(in_theme, (written / page).as_uri())
    colours = in_theme.execute_script(COLOURS)
    assert len(colours) > 2
    weak = [(text, a, b) for a, b, text in colours if contrast(a, b) < 4.5]
    assert weak == []
    ground = in_theme.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}[theme]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_stand_out(written: Path, in_theme: webdriver.Chrome, theme: str) -> None:
    set_media(in_theme, theme)
    open_page(in_theme, (written / "index.html").as_uri())
    bar, track, ground = in_theme.execute_script(
        """
        const fill = name => getComputedStyle(document.querySelector(name)).fill;
        const behind = getComputedStyle(document.body).backgroundColor;
        return [fill(".named .bar :not(.ground)"), fill(".named .bar .ground"), behind];
        """
    )
    assert contrast(bar, track) >= 3
    assert contrast(bar, ground) >= 3


def test_bars_are_as_long_as_their_numbers(written: Path, browser: webdriver.Chrome) -> None:
    open_page(browser, (written / "index.html").as_uri())
    rows = browser.execute_script(
        """
        return [...document.querySelectorAll(".bars.named tbody tr")].map(row => {
          const bar = row.querySelector(".bar rect:not(.ground)");
          const whole = row.querySelector(".bar").getBoundingClientRect().width;
          return [bar ? bar.getBoundingClientRect().width / whole : 0, row.cells[2].textContent];
        });
        """
    )
    exercises = map(registry.exercise, ("encoder_decoder", "bahdanau"))
    assert len(rows) == sum(len(q.cases) for exercise in exercises for q in exercise.questions)
    for share, count in rows:
        passed, of = map(int, count.split(" of "))
        assert share == pytest.approx(passed / of, abs=0.01)
    assert len({round(share, 2) for share, _ in rows}) > 2


def test_tables_can_be_sorted(written: Path, browser: webdriver.Chrome) -> None:
    open_page(browser, (written / "index.html").as_uri())

    def column(number: int) -> list[str]:
        return [
            cell.text
            for cell in browser.find_elements(
                By.CSS_SELECTOR, f"#students ~ .scroll tbody tr > :nth-child({number})"
            )
        ]

    total = browser.find_elements(By.CSS_SELECTOR, "#students ~ .scroll th button")[3]
    assert total.text.replace("\N{NO-BREAK SPACE}", " ") == "Total of exercises 1 + 2, of 150"
    total.click()
    up = column(4)
    assert up[:2] == ["not final", "not final"]
    assert [float(points) for points in up[2:]] == [24.5, 50, 88.75, 100]
    assert total.find_element(By.XPATH, "..").get_attribute("aria-sort") == "ascending"
    total.click()
    assert column(4) == up[::-1]
    name = browser.find_elements(By.CSS_SELECTOR, "#students ~ .scroll th button")[0]
    name.send_keys("\n")
    assert column(1) == [
        "ada", "bo", "chen", "dora", LONG, "Zoë Ångström",
    ]  # fmt: skip
    assert total.find_element(By.XPATH, "..").get_attribute("aria-sort") is None


def test_who_is_behind_a_hint_opens_without_a_script(
    written: Path, browser: webdriver.Chrome
) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((written / "index.html").as_uri())
        hint = browser.find_element(By.CSS_SELECTOR, ".hints details:not([open])")
        hint.find_element(By.CSS_SELECTOR, "summary").click()
        assert hint.get_attribute("open") is not None
        assert hint.find_elements(By.CSS_SELECTOR, "p a")[0].is_displayed()
        assert browser.find_elements(By.CSS_SELECTOR, "th button") == []
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_every_control_can_be_hit(written: Path, browser: webdriver.Chrome) -> None:
    """With a thumb: WCAG 2.2 asks for 24 pixels."""
    resize(browser, 390, 844)
    open_page(browser, (written / "index.html").as_uri())
    heights = browser.execute_script(
        "return [...document.querySelectorAll('summary, th button')]"
        ".filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 23.9
    assert len(heights) > 20


def test_a_printed_page_is_dark_on_white_and_has_all_questions(
    tmp_path: Path, in_theme: webdriver.Chrome
) -> None:
    right = classes.marked("ada")
    reports.write(tmp_path, classes.run(Marked("ada", "bahdanau", "x.ipynb", right.marks)))
    set_media(in_theme, "dark", "print")
    open_page(in_theme, (tmp_path / "feedback/ada/bahdanau.html").as_uri())
    pairs = in_theme.execute_script(COLOURS)
    assert all(contrast(a, b) >= 4.5 for a, b, _ in pairs)
    assert {b for _, b, _ in pairs} <= {"rgb(255, 255, 255)", "rgb(243, 245, 247)"}
    printed = in_theme.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27})
    content = base64.b64decode(printed["data"])
    assert 1 <= content.count(b"/Type /Page\n") <= 3


def test_both_themes_are_different(written: Path, in_theme: webdriver.Chrome) -> None:
    shots = []
    for theme, width in itertools.product(("light", "dark"), (390, 1280)):
        set_media(in_theme, theme)
        resize(in_theme, width, 900)
        open_page(in_theme, (written / PAGES[1]).as_uri())
        shots.append(in_theme.get_screenshot_as_png())
    assert len(set(shots)) == 4
