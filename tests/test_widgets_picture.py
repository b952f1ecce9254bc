"""Attention over a picture: what it holds, what it refuses, and what a reader can do with it."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from attention_course.data import scenes
from attention_course.widgets import PictureAttention, PictureExample
from browser import open_page, resize
from colours import contrast
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from widget_checks import (
    HOSTILE,
    assert_all_different,
    assert_fetches_nothing_and_does_not_move,
    assert_made_of,
    id_of,
    three_readers,
)
from widget_reader import (
    Page,
    Reader,
    assert_readable,
    every_theme,
    in_theme,
    media,
    without_script,
    write_page,
)

# a red object in the upper left corner, a blue one in the lower right: 12 × 18 pixels
PICTURE = np.zeros((12, 18, 3))
PICTURE[1:4, 1:5, 0] = 1
PICTURE[7:12, 12:18, 2] = 0.6
RED, BLUE = (1, 1, 4, 5), (7, 12, 12, 18)
WORDS = ["red", "and", "blue"]
# 2 × 3 locations of 6 × 6 pixels; RED touches the first, BLUE the last
WEIGHTS = np.array(
    [
        [[0.7, 0.1, 0.05], [0.05, 0.05, 0.05]],
        [[0.1, 0.1, 0.1], [0.1, 0.4, 0.2]],
        [[0.3, 0.05, 0.35], [0.05, 0.05, 0.2]],
    ]
)
NAMED = [RED, None, BLUE]
EXAMPLE = PictureExample(PICTURE, WORDS, WEIGHTS, named=NAMED, title="Two")
BARE = PictureExample(PICTURE, ["a"], np.ones((1, 6)), grid=(3, 2))


def html_of(*examples: PictureExample) -> str:
    return PictureAttention(examples)._repr_html_()


def pixels_at(style: str | None, name: str) -> np.ndarray:
    """The picture that a style holds in a variable, read by a library that did not write it."""
    found = re.search(rf"--{name}:url\((data:image/png;base64,[\w+/=]+)\)", style or "")
    assert found
    with urlopen(found[1]) as file:  # a data: address, which is no request
        return plt.imread(BytesIO(file.read()), format="png")


def pictures_in(html: str) -> list[dict[str, str | None]]:
    return [node.attributes for node in Page(html).named("div", **{"class": "pa-picture"})]


# --- what it holds --------------------------------------------------------------------------


def test_the_plain_form_is_stable() -> None:
    assert repr(EXAMPLE) == "PictureExample(3×2×3)"
    assert repr(PictureAttention(BARE)) == "PictureAttention(1 example: 1×3×2)"
    both = "PictureAttention(2 examples: 3×2×3, 1×3×2)"
    assert repr(PictureAttention([EXAMPLE, BARE])) == both


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_the_picture_comes_back_to_a_byte(height: int, width: int, seed: int) -> None:
    picture = np.random.default_rng(seed).random((height, width, 3))
    page = Page(html_of(PictureExample(picture, ["w"], [[[1]]])))
    style = page.named("div", **{"class": "am-example"})[0].attributes["style"]
    np.testing.assert_allclose(pixels_at(style, "picture"), picture, rtol=0, atol=0.5 / 255 + 1e-6)
    assert f"--ratio:{width}/{height}" in str(style)


def test_the_veil_is_grey_and_thins_with_the_weight() -> None:
    for attributes, weights in zip(pictures_in(html_of(EXAMPLE)), WEIGHTS, strict=True):
        veil = pixels_at(attributes["style"], "veil")
        assert veil.shape == (2, 3, 4)
        np.testing.assert_allclose(veil[..., :3], 128 / 255, atol=1e-6)
        expected = 0.75 * (1 - weights / weights.max())
        np.testing.assert_allclose(veil[..., 3], expected, atol=0.5 / 255 + 1e-6)


def test_a_word_without_weight_is_veiled_everywhere() -> None:
    example = PictureExample(PICTURE, ["w"], np.zeros((1, 2, 3)), named=[RED])
    (attributes,) = pictures_in(html_of(example))
    veil = pixels_at(attributes["style"], "veil")
    np.testing.assert_allclose(veil[..., 3], 0.75, atol=0.5 / 255)
    assert example.share(0) == 0


def test_the_share_is_that_of_the_locations_the_object_touches() -> None:
    assert EXAMPLE.share(0) == pytest.approx(0.7)
    assert EXAMPLE.share(1) is None
    assert EXAMPLE.share(2) == pytest.approx(0.2)
    # one pixel more to the left and to the top, and three more locations are touched
    larger = PictureExample(PICTURE, ["w"], WEIGHTS[2:], named=[(5, 11, 12, 18)])
    assert larger.share(0) == pytest.approx(0.05 + 0.35 + 0.05 + 0.2)
    twice = PictureExample(PICTURE, ["w"], WEIGHTS[:1] * 2, named=[RED])
    assert twice.share(0) == pytest.approx(0.7)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_share_agrees_with_the_scenes(random: Any, objects: int) -> None:
    scene = scenes.scene(random, objects)
    rows, columns = scenes.GRID
    draws = np.random.default_rng(random.randrange(2**32))
    weights = draws.dirichlet(np.ones(rows * columns), len(scene.named))
    named = [scene.objects[i].box if i >= 0 else None for i in scene.named]
    picture = scene.draw().permute(1, 2, 0)
    example = PictureExample(picture, scene.caption, weights, grid=scenes.GRID, named=named)
    for word, box in enumerate(named):
        expected = None if box is None else weights[word][scenes.locations(box)].sum()
        assert example.share(word) == pytest.approx(expected)


def test_what_is_said_of_each_word_stands_at_its_picture() -> None:
    labels = [attributes["aria-label"] for attributes in pictures_in(html_of(EXAMPLE))]
    assert labels == [
        "“red” looked most at row 1, column 1 (0.70). 0.70 of its weight lies on the object it "
        "names.",
        "“and” looked most at row 2, column 2 (0.40). It names no object.",
        "“blue” looked most at row 1, column 3 (0.35). 0.20 of its weight lies on the object it "
        "names.",
    ]
    page = Page(html_of(EXAMPLE))
    assert page.texts("figcaption") == ["red .70", "and ", "blue .20"]
    (lone,) = pictures_in(html_of(BARE))
    assert lone["aria-label"] == "“a” looked most at row 1, column 1 (1.00)."
    assert "Dashed" not in html_of(BARE).split("am-note")[-1]


def test_frames_lie_around_the_object_and_the_largest_weight() -> None:
    page = Page(html_of(EXAMPLE))
    named = [node.attributes["style"] for node in page.named("span", **{"class": "pa-named"})]
    assert named == ["inset:8.333% 72.22% 66.67% 5.556%", "inset:58.33% 0% 0% 66.67%"]
    most = [node.attributes["style"] for node in page.named("span", **{"class": "pa-most"})]
    assert most == [
        "inset:0% 66.67% 50% 0%",
        "inset:50% 33.33% 0% 33.33%",
        "inset:0% 0% 50% 66.67%",
    ]


def test_no_word_can_break_out() -> None:
    example = PictureExample(PICTURE, HOSTILE, np.ones((7, 2, 3)), title=HOSTILE[2])
    page = Page(html_of(example, example))
    assert [text.strip() for text in page.texts("figcaption")] == HOSTILE * 2
    assert page.texts("p", **{"class": "am-title"}) == [HOSTILE[2]] * 2
    assert_made_of(page, "div style p figure figcaption span small script")


def test_equal_figures_have_equal_ids_and_others_do_not() -> None:
    def identity(**changes: Any) -> str:
        arguments = {"picture": PICTURE, "words": WORDS, "weights": WEIGHTS, "named": NAMED}
        return id_of(html_of(PictureExample(**{**arguments, **changes})))

    assert identity() == identity(weights=torch.tensor(WEIGHTS), named=tuple(NAMED))
    ids = [
        identity(),
        identity(picture=PICTURE / 2),
        identity(words=["red", "and", "green"]),
        identity(weights=WEIGHTS[::-1]),
        identity(named=None),
        identity(title="other"),
    ]
    assert_all_different(ids)


@pytest.mark.parametrize(
    "weights",
    [WEIGHTS.tolist(), torch.tensor(WEIGHTS, requires_grad=True), WEIGHTS.reshape(3, 6)],
    ids=["lists", "with gradient", "one row of locations"],
)
def test_weights_come_as_lists_arrays_or_tensors(weights: Any) -> None:
    grid = (2, 3) if isinstance(weights, np.ndarray) else None
    example = PictureExample(torch.tensor(PICTURE), WORDS, weights, grid=grid)
    np.testing.assert_allclose(example.weights, WEIGHTS)
    np.testing.assert_allclose(example.picture, PICTURE)
    with pytest.raises(ValueError, match="read-only"):
        example.weights[0, 0, 0] = 0


def test_a_scene_with_a_caption_of_ten_words_is_small() -> None:
    random = np.random.default_rng(0)
    picture = random.random((32, 32, 3)).round(1)
    weights = random.dirichlet(np.ones(64), 10)
    example = PictureExample(picture, WORDS[:2] * 5, weights, grid=(8, 8))
    empty = PictureExample(PICTURE, ["w"], [[[1]]])
    assert len(html_of(empty).encode()) < 9_000  # what every figure brings
    assert len(html_of(example).encode()) < 18_000


def test_the_page_fetches_nothing_and_does_not_move() -> None:
    assert_fetches_nothing_and_does_not_move(html_of(EXAMPLE))


# --- what it refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"picture": PICTURE.transpose(2, 0, 1)}, r"\(3, 12, 18\).*picture\.permute\(1, 2, 0\)"),
        ({"picture": PICTURE[None]}, r"\(1, 12, 18, 3\).*for example picture\[0\]"),
        ({"picture": PICTURE[..., 0]}, r"picture has shape \(12, 18\), expected \(Y, X, 3\)"),
        ({"picture": np.ones((0, 4, 3))}, r"picture has shape \(0, 4, 3\), expected"),
        ({"picture": PICTURE * 255}, r"picture\[1, 1, 0\] is 255.0, .* from 0 to 1"),
        ({"picture": PICTURE - 0.1}, r"picture\[0, 0, 0\] is -0.1, .* from 0 to 1"),
        ({"picture": PICTURE * np.nan}, r"picture\[0, 0, 0\] is nan, .* finite"),
        ({"picture": "red.png"}, "picture are not a table of numbers"),
        ({"words": "red and blue"}, r"words is the single string .*words\.split\(\)"),
        ({"words": []}, "words is empty"),
        ({"words": [4, 5, 6]}, "words holds 4 of type int"),
        ({"weights": WEIGHTS[:2]}, r"shape \(2, 2, 3\), expected \(3, rows, columns\)"),
        ({"weights": WEIGHTS.reshape(3, 6)}, r"\(3, 6\), .*grid=\(rows, columns\)"),
        ({"weights": WEIGHTS, "grid": (3, 2)}, r"\(3, 2, 3\), expected \(3, 6\).*grid \(3, 2\)"),
        ({"weights": WEIGHTS.reshape(3, 6), "grid": (2, 2)}, r"\(3, 6\), expected \(3, 4\)"),
        ({"weights": WEIGHTS[None]}, r"shape \(1, 3, 2, 3\), expected"),
        ({"weights": -WEIGHTS}, r"weights\[0, 0, 0\] is -0.7, .* at least 0"),
        ({"weights": WEIGHTS * np.inf}, r"weights\[0, 0, 0\] is inf, .* finite"),
        ({"named": [RED]}, "named has 1 entries, expected 3"),
        ({"named": [RED, 4, None]}, r"named\[1\] is 4, expected None or \(top, left"),
        ({"named": [None, None, (1, 2, 3)]}, r"named\[2\] is \(1, 2, 3\), expected None or"),
        ({"named": [(1, 1, 13, 5), None, None]}, r"named\[0\] .* bottom <= 12 and .* right <= 18"),
        ({"named": [(4, 1, 4, 5), None, None]}, r"named\[0\] .* top < bottom"),
        ({"named": [(-1, 1, 4, 5), None, None]}, r"named\[0\] .* 0 <= top"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    given = {"picture": PICTURE, "words": WORDS, "weights": WEIGHTS, **arguments}
    with pytest.raises(ValueError, match=message):
        PictureExample(**given)


def test_a_figure_is_made_of_examples() -> None:
    with pytest.raises(ValueError, match="at least one PictureExample, got none"):
        PictureAttention([])
    with pytest.raises(TypeError, match="PictureExample was expected, got ndarray"):
        PictureAttention([PICTURE])  # type: ignore[list-item]


# --- what a reader can do -------------------------------------------------------------------

LONG = PictureExample(
    PICTURE, [f"word{i}" for i in range(20)], np.full((20, 2, 3), 1 / 6), title="Long"
)


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with two figures, the first of them shown twice."""
    first, second = PictureAttention([EXAMPLE, LONG]), PictureAttention(BARE)
    return write_page(tmp_path / "pictures.html", first, second, first)


SAID = dict(zip(WORDS, (str(a["aria-label"]) for a in pictures_in(html_of(EXAMPLE))), strict=True))


def veil_shown(reader: Reader) -> str:
    """The background of the large picture: the veil, then the picture below it."""
    (large,) = reader.all(".pa-large .pa-picture")
    return str(large.value_of_css_property("background-image"))


def veils() -> list[str]:
    return [
        re.findall(r"base64,[\w+/=]+", str(a["style"]))[0] for a in pictures_in(html_of(EXAMPLE))
    ]


def test_figures_live_side_by_side_without_complaint(browser: webdriver.Chrome, page: str) -> None:
    readers = three_readers(browser, page)
    assert [len(reader.all(".am-view")) for reader in readers] == [1, 1, 1]
    assert [len(reader.all("select")) for reader in readers] == [1, 0, 1]
    assert [len(reader.all(".pa-strip")) for reader in readers] == [0, 0, 0]
    readers[2].words("Words")[2].click()
    assert [reader.pressed() for reader in readers] == [["red"], ["a"], ["blue"]]


def test_a_word_shows_where_it_looked(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    for word, veil, framed in ((1, veils()[1], 0), (2, veils()[2], 1), (0, veils()[0], 1)):
        button = reader.words("Words")[word]
        reader.hover(button)
        assert reader.pressed() == [WORDS[word]]
        assert reader.said == SAID[WORDS[word]]
        assert veil in veil_shown(reader)
        assert veil_shown(reader).count("data:image/png") == 2
        assert len(reader.all(".pa-large .pa-named")) == framed
        assert len(reader.all(".pa-large .pa-most")) == 1


def test_the_large_picture_is_the_picture_enlarged(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    (large,) = reader.all(".pa-large .pa-picture")
    assert large.size["width"] >= 240
    assert large.size["width"] / large.size["height"] == pytest.approx(18 / 12, abs=0.02)
    assert large.value_of_css_property("image-rendering") == "pixelated"
    (frame,) = reader.all(".pa-large .pa-named")
    scale = large.size["width"] / 18
    at = [frame.rect["y"] - large.rect["y"], frame.rect["x"] - large.rect["x"]]
    size = [frame.rect["height"], frame.rect["width"]]
    assert [side / scale for side in at + size] == pytest.approx([1, 1, 3, 4], abs=0.05)
    # the pixels that are seen: clear in the first location, a veil of 0.75 × 0.93 in the fourth
    browser.execute_script("arguments[0].scrollIntoView()", large)
    seen = plt.imread(BytesIO(large.screenshot_as_png), format="png")

    def colour(y: float, x: float) -> np.ndarray:
        return seen[int(y * scale), int(x * scale), :3] * 255

    np.testing.assert_allclose(colour(2.5, 2.5), [255, 0, 0], atol=2)
    veil = 0.75 * (1 - 0.05 / 0.7)
    blue = np.array([0, 0, 0.6 * 255])
    np.testing.assert_allclose(colour(9.5, 14.5), 128 * veil + blue * (1 - veil), atol=3)


def test_keys_move_between_words(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    stops = []
    for _ in range(3):
        reader.press(Keys.TAB)
        stops.append(browser.switch_to.active_element.tag_name)
    # the choice of an example, one stop for the sentence; then the next figure
    assert stops == ["select", "button", "button"]
    reader.words("Words")[0].click()
    for key, word in (
        (Keys.ARROW_RIGHT, "and"),
        (Keys.ARROW_DOWN, "blue"),
        (Keys.ARROW_RIGHT, "blue"),
        (Keys.ARROW_LEFT, "and"),
        (Keys.ARROW_UP, "red"),
        (Keys.END, "blue"),
        (Keys.HOME, "red"),
    ):
        reader.press(key)
        assert reader.pressed() == [word]
        assert reader.focused().split()[0] == word
        assert reader.said == SAID[word]
        assert [text.split()[0] for text in reader.texts("button[tabindex='0']")] == [word]
    focused = browser.switch_to.active_element
    assert focused.value_of_css_property("outline-style") == "solid"
    assert focused.value_of_css_property("outline-width") == "3px"


def test_a_button_is_called_by_its_word(browser: webdriver.Chrome, page: str) -> None:
    """The picture inside it says nothing of its own to a screen reader."""
    open_page(browser, page)
    reader = Reader(browser)
    assert [button.accessible_name for button in reader.words("Words")] == [
        "red .70",
        "and",
        "blue .20",
    ]
    assert reader.all("button [role]") == []
    (large,) = reader.all(".pa-large [role=img]")
    assert large.accessible_name == SAID["red"]


def test_a_tap_chooses_and_a_swipe_does_not(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    word = reader.words("Words")[2]
    reader.swipe_over(word)
    assert reader.pressed() == ["red"]
    reader.tap(word)
    assert reader.pressed() == ["blue"]
    browser.execute_script("arguments[0].click()", reader.words("Words")[1])
    assert reader.pressed() == ["and"]


def test_examples_can_be_chosen(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    select = Select(reader.all("select")[0])
    assert [option.text for option in select.options] == ["Two", "Long"]
    assert len(reader.words("Words")) == 3
    select.select_by_visible_text("Long")
    assert [button.text for button in reader.words("Words")] == list(LONG.words)
    assert reader.said == "“word0” looked most at row 1, column 1 (0.17)."


def test_a_long_caption_fits_a_phone(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    Select(reader.all("select")[0]).select_by_visible_text("Long")
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390
    (large,) = reader.all(".pa-large .pa-picture")
    last = reader.words("Words")[-1]
    # picture, words and what is said of them are seen together
    (region,) = reader.all("[role=status]")
    assert last.size["height"] >= 24
    assert region.rect["y"] + region.rect["height"] - large.rect["y"] < 844


@every_theme
def test_every_text_can_be_read_in_both_themes(
    browser: webdriver.Chrome, page: str, prepare: str, dark: bool
) -> None:
    with in_theme(browser, page, prepare):
        assert_readable(browser, dark, at_least=20)


def test_frames_hold_a_light_and_a_dark_line(browser: webdriver.Chrome, page: str) -> None:
    """So one of them stands out from the picture, whatever its colour."""
    open_page(browser, page)
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        for frame in browser.find_elements(By.CSS_SELECTOR, ".pa-large span"):
            shadow = re.findall(r"rgb\([^)]*\)", frame.value_of_css_property("box-shadow"))
            assert contrast(frame.value_of_css_property("outline-color"), shadow[0]) == 21


def test_without_a_script_every_word_has_its_picture(browser: webdriver.Chrome, page: str) -> None:
    with without_script(browser):
        resize(browser, 390, 844)
        browser.get(page)
        reader = Reader(browser)
        assert reader.all("button, select, [role=status]") == []
        assert reader.texts(".am-title") == ["Two", "Long"]
        assert reader.texts("figcaption")[:3] == ["red .70", "and", "blue .20"]
        pictures = reader.all(".pa-strip .pa-picture")
        assert len(pictures) == 23
        for picture, veil in zip(pictures, veils(), strict=False):
            assert veil in picture.value_of_css_property("background-image")
            assert picture.size["width"] / picture.size["height"] == pytest.approx(1.5, abs=0.05)
        assert len(reader.all(".pa-named")) == 2
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_on_paper_every_word_has_its_picture(browser: webdriver.Chrome, page: str) -> None:
    with media(browser, "print", "dark"):
        open_page(browser, page)
        resize(browser, 700, 1000)
        reader = Reader(browser)
        assert reader.all("button, select, .pa-large") == []
        assert reader.texts(".am-title") == ["Two", "Long"]
        pictures = reader.all(".pa-strip .pa-picture")
        assert len(pictures) == 23
        assert pictures[0].value_of_css_property("print-color-adjust") == "exact"
        assert contrast(reader.root.value_of_css_property("background-color"), "#ffffff") == 1
