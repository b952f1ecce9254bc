"""The drawn figures of the book."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

import pytest
from colours import contrast

ROOT = Path(__file__).resolve().parent.parent
FIGURES = sorted((ROOT / "book" / "figures").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
# The text column of a page on a phone 390 pixels wide.
PHONE = 358

every_figure = pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)


def test_the_map_is_in_step_with_the_chapters() -> None:
    draw = runpy.run_path(str(ROOT / "tools" / "course_map.py"))["draw"]
    drawn = (ROOT / "book" / "figures" / "course-map.svg").read_text(encoding="utf-8")
    assert drawn == draw(), "run python tools/course_map.py"


def test_the_map_shows_every_chapter_and_which_can_be_read() -> None:
    tree = ElementTree.parse(ROOT / "book" / "figures" / "course-map.svg")
    to_come = {}
    for card in tree.iter(f"{SVG}g"):
        numbers = [text.text for text in card if text.get("class") == "number"]
        to_come.update({int(number): "to-come" in card.get("class") for number in numbers})
    assert sorted(to_come) == list(range(1, 15))
    for number, missing in to_come.items():
        assert missing is not any((ROOT / "book").glob(f"{number:02d}-*.md"))


@every_figure
def test_a_figure_says_in_words_what_it_shows(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}title").get("id") == "title"
    assert root.find(f"{SVG}desc").get("id") == "desc"
    assert len(root.find(f"{SVG}desc").text) > 100


@every_figure
def test_a_figure_needs_nothing_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|@import|<script|<image", text)


@every_figure
def test_a_figure_reads_on_a_dark_page_and_on_a_phone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    width, height = root.get("viewBox").split()[2:]
    ground = next(root.iter(f"{SVG}rect"))
    assert ground.get("class") == "ground"
    assert (ground.get("width"), ground.get("height")) == (width, height)
    colour = re.search(r"\.ground \{ fill: (#\w+)", text)[1]
    assert contrast(colour, "#ffffff") < 1.05
    sizes = re.findall(r'font-size(?:="|: )([\d.]+)', text)
    assert min(map(float, sizes)) * PHONE / float(width) >= 10
