"""Sinusoids as positions: the numbers shown, what is refused, and what a reader can do."""

from __future__ import annotations

import base64
import math
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.models.positions import sinusoids
from attention_course.widgets import PositionWaves
from attention_course.widgets.parts import asset
from attention_course.widgets.position_waves import BLUE, ORANGE
from browser import open_page, resize
from colours import contrast
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from widget_checks import (
    assert_all_different,
    assert_fetches_nothing_and_does_not_move,
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
    move,
    without_script,
    write_page,
)

FIGURE = PositionWaves(8, 100, 20)
PAPER = PositionWaves()
SIZES = [(2, 10_000), (6, 10), (8, 100), (64, 10_000), (128, 100_000), (64, 1.5)]


def models(d: int, base: float, positions: int = 60) -> np.ndarray:
    return sinusoids(torch.arange(positions), d, base).double().numpy()


# --- the numbers ----------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.floats(1.01, 1e6), st.integers(2, 99))
def test_the_vectors_are_the_models(half: int, base: float, positions: int) -> None:
    figure = PositionWaves(2 * half, base, positions)
    expected = models(2 * half, base, positions)
    np.testing.assert_allclose(figure.vectors(), expected, rtol=0, atol=1e-6)


def test_settings_are_the_figures_own_unless_given() -> None:
    np.testing.assert_array_equal(FIGURE.vectors(), PAPER.vectors(8, 100)[:20])
    np.testing.assert_array_equal(FIGURE.vectors(d=6), PositionWaves(6, 100, 20).vectors())
    np.testing.assert_array_equal(FIGURE.vectors(base=7), PositionWaves(8, 7, 20).vectors())


@pytest.mark.parametrize(("d", "base"), SIZES)
def test_the_pages_formula_is_the_models(browser: webdriver.Chrome, d: int, base: float) -> None:
    """Run as it stands in the page, on an empty one."""
    script = "\n".join(map(asset, ("parts.js", "slider.js", "position_waves.js")))
    shown = browser.execute_script(f"{script}\nreturn sinusoids(...arguments)", 60, d, base)
    np.testing.assert_allclose(shown, models(d, base), rtol=0, atol=1e-6)


# --- what it holds --------------------------------------------------------------------------


def test_the_plain_form_is_stable() -> None:
    assert repr(PAPER) == "PositionWaves(60×64, base = 10000)"
    assert repr(PositionWaves(2, 2.5, 3)) == "PositionWaves(3×2, base = 2.5)"


def bars(path: str) -> dict[int, float]:
    """The heights of a chart's bars."""
    found = re.findall(r"M(\d+) 0V([-\d.e]+)h\.8V0z", path)
    assert "".join(f"M{i} 0V{value}h.8V0z" for i, value in found) == path
    return {int(i): float(value) for i, value in found}


def heights(plus: str, minus: str) -> list[float]:
    above, below = bars(plus), bars(minus)
    assert min(above.values(), default=1) > 0 >= max(below.values(), default=0)
    return [value for _, value in sorted({**above, **below}.items())]


def pixels(address: str, shape: tuple[int, ...]) -> np.ndarray:
    """Of a picture whose rows have the filter 0."""
    file = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    start = file.index(b"IDAT")
    size = int.from_bytes(file[start - 4 : start], "big")
    rows = zlib.decompress(file[start + 4 : start + 4 + size])
    rows = np.frombuffer(rows, np.uint8).reshape(shape[0], -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(shape)


def test_the_still_picture_shows_the_vectors() -> None:
    html = FIGURE._repr_html_()
    (address,) = re.findall(r"--map:url\((.*?)\)", html)
    shown = pixels(address, (20, 8, 4))
    vectors = models(8, 100, 20)
    np.testing.assert_allclose(shown[..., 3] / 255, abs(vectors), atol=0.003)
    for sign, colour in ((1, BLUE), (-1, ORANGE)):
        drawn = shown[np.sign(vectors) == sign]
        assert len(drawn) > 10
        assert (drawn[:, :3] == colour).all()
    page = Page(html)
    values, products = (
        heights(*[str(page.named("path")[i].attributes["d"]) for i in pair])
        for pair in ((2, 3), (0, 1))
    )
    np.testing.assert_allclose(values, vectors[10], atol=0.005)
    np.testing.assert_allclose(products, vectors @ vectors[10], atol=0.02)
    assert page.texts("p", **{"class": "am-title"}) == ["d = 8, base = 100"]
    assert page.texts("span") == ["0", "19", "0", "7", "−0.3", "4", "1", "0", "−1"]


def test_equal_figures_have_equal_ids_and_others_do_not() -> None:
    def identity(*settings: Any) -> str:
        return id_of(PositionWaves(*settings)._repr_html_())

    assert identity() == identity(64, 10_000, 60)
    ids = [identity(*given) for given in ((), (62,), (64, 9999), (64, 10_000, 61))]
    assert_all_different(ids)


def test_the_figure_of_the_chapter_is_small() -> None:
    assert len(PAPER._repr_html_().encode()) < 20_500


def test_the_page_fetches_nothing_and_does_not_move() -> None:
    assert_fetches_nothing_and_does_not_move(FIGURE._repr_html_())


# --- what it refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"d": 7}, "d is 7, expected an even number: sines and cosines come in pairs"),
        ({"d": 0}, "d is 0, expected an even whole number, 2 or more"),
        ({"d": 8.0}, "d is 8.0, expected an even whole number"),
        ({"d": None}, "d is None, expected an even whole number"),
        ({"base": 1}, "base is 1, expected a number above 1"),
        ({"base": -10}, "base is -10, expected"),
        ({"base": np.inf}, "base is inf, expected"),
        ({"base": np.nan}, "base is nan, expected"),
        ({"base": "10"}, "base is '10', expected a number above 1"),
        ({"base": None}, "base is None, expected a number above 1"),
        ({"positions": 1}, "positions is 1, expected a whole number, 2 or more"),
        ({"positions": 2.5}, "positions is 2.5, expected a whole number"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PositionWaves(**arguments)


def test_bad_settings_are_named() -> None:
    with pytest.raises(ValueError, match="d is 5, expected an even number"):
        FIGURE.vectors(d=5)
    with pytest.raises(ValueError, match=r"base is 0\.5, expected"):
        FIGURE.vectors(base=0.5)


# --- what a reader can do -------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with two figures, the first of them shown twice."""
    return write_page(tmp_path / "waves.html", FIGURE, PAPER, FIGURE)


def sliders(reader: Reader) -> list[WebElement]:
    return reader.all("input[type=range]")


def chart(reader: Reader, kind: str) -> list[float]:
    paths = [reader.all(f".pw-{kind} .pw-{sign}") for sign in ("plus", "minus")]
    return heights(*[str(path[0].get_dom_attribute("d")) if path else "" for path in paths])


def chosen(reader: Reader) -> list[int]:
    """The position and the number whose bars are marked."""
    marked = [reader.all(f".pw-{kind} .pw-chosen") for kind in ("products", "values")]
    return [next(iter(bars(str(path.get_dom_attribute("d"))))) for (path,) in marked]


def painted(reader: Reader, shape: tuple[int, int]) -> np.ndarray:
    """The vectors behind the pixels of the map."""
    found = reader.browser.execute_script(
        "const canvas = arguments[0].querySelector('canvas');"
        "return [canvas.height, canvas.width,"
        " ...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]",
        reader.root,
    )
    assert tuple(found[:2]) == shape
    rgba = np.array(found[2:]).reshape(*shape, 4)
    return np.where(rgba[..., 2] > rgba[..., 0], 1, -1) * rgba[..., 3] / 255


def test_figures_live_side_by_side_without_complaint(browser: webdriver.Chrome, page: str) -> None:
    readers = three_readers(browser, page)
    assert [len(sliders(reader)) for reader in readers] == [4, 4, 4]
    move(readers[2], sliders(readers[2])[2], 3)
    assert [chosen(reader)[0] for reader in readers] == [10, 30, 3]


def test_the_page_shows_what_python_computes(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    d, base, position, _ = sliders(reader)
    bases = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
    for size, i, at in ((8, 2, 10), (2, 6, 10), (2, 0, 19), (32, 8, 0), (128, 4, 7)):
        move(reader, d, size)
        move(reader, base, i)
        move(reader, position, at)
        vectors = models(size, bases[i], 20)
        np.testing.assert_allclose(painted(reader, (20, size)), vectors, atol=0.005)
        np.testing.assert_allclose(chart(reader, "values"), vectors[at], rtol=0.006, atol=1e-6)
        products = vectors @ vectors[at]
        np.testing.assert_allclose(chart(reader, "products"), products, rtol=0.006, atol=1e-3)
        assert chosen(reader) == [at, 0]
        assert reader.texts(".am-slider > span") == [str(size), str(bases[i]), str(at), "0"]
        assert reader.texts(".pw-along span")[1] == str(size - 1)
        assert reader.texts(".pw-along span")[3] == str(size // 2)


def test_a_number_is_told_with_its_formula(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    _, _, position, number = sliders(reader)
    move(reader, position, 6)
    move(reader, number, 5)
    value, length = math.cos(6 / 100**0.5), 2 * math.pi * 100**0.5
    vectors = models(8, 100, 20)
    products = vectors @ vectors[6]
    assert reader.said == (
        f"Position 6, number 5: cos(6 / 100^(4/8)) = {value:.3f}; this number repeats every "
        f"{length:.3g} positions. Dot product: 4.00 with itself, {products[7]:.2f} with position "
        f"7, {products[19]:.2f} with position 19."
    )
    assert reader.all("[role=img]")[0].accessible_name == reader.said
    move(reader, position, 10)
    move(reader, number, 2)
    product = f"{vectors[10] @ vectors[0]:.2f}".replace("-", "−")  # so that it is read as a minus
    assert product.startswith("−")
    assert "number 2: sin(10 / 100^(2/8)) = " in reader.said
    assert reader.said.endswith(f"with position 11, {product} with position 0.")
    move(reader, position, 19)
    assert re.search(r"with itself, \S+ with position 18, \S+ with position 0\.$", reader.said)
    assert reader.texts(".pw-head, .pw-foot")[1:] == [
        "Dot product with position 19",
        "The numbers of position 19",
    ]


def test_fewer_numbers_leave_none_chosen_that_is_gone(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    d, _, _, number = sliders(reader)
    move(reader, number, 7)
    move(reader, d, 4)
    assert chosen(reader)[1] == 3
    assert number.get_property("max") == "3"
    assert number.get_property("value") == "3"


def test_a_given_base_stands_among_the_others(browser: webdriver.Chrome, tmp_path: Path) -> None:
    open_page(browser, write_page(tmp_path / "own.html", PositionWaves(200, 20, 5)))
    reader = Reader(browser)
    d, base, _, _ = sliders(reader)
    assert reader.texts(".am-slider > span")[:2] == ["200", "20"]
    assert d.get_property("max") == "200"
    for i, text in enumerate(("10", "20", "30")):
        move(reader, base, i)
        assert reader.texts(".am-slider > span")[1] == text


def test_pointing_chooses_position_and_number(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    (map_,), (products,) = reader.all(".pw-map"), reader.all(".pw-products")
    width, height = map_.rect["width"], map_.rect["height"]

    def over(element: WebElement, across: float, down: float) -> None:
        box = element.rect
        ActionChains(browser).move_to_element_with_offset(
            element, (across - 0.5) * box["width"], (down - 0.5) * box["height"]
        ).perform()

    over(map_, 2.5 / 8, 4.5 / 20)
    assert chosen(reader) == [4, 2]
    row, column = (frame.rect for frame in reader.all(".pw-map i"))
    assert (row["y"] - map_.rect["y"]) / height * 20 == pytest.approx(4, abs=0.15)
    assert row["height"] / height * 20 == pytest.approx(1, abs=0.15)
    assert (column["x"] - map_.rect["x"]) / width * 8 == pytest.approx(2, abs=0.05)
    assert column["width"] / width * 8 == pytest.approx(1, abs=0.05)
    over(products, 0.9, 15.5 / 20)
    assert chosen(reader) == [15, 2]
    # bars stand beside the rows and under the columns that they belong to
    (product,), (value,) = (
        reader.all(".pw-products .pw-chosen"),
        reader.all(".pw-values .pw-chosen"),
    )
    row, column = (frame.rect for frame in reader.all(".pw-map i"))
    assert product.rect["y"] == pytest.approx(row["y"], abs=2)
    assert value.rect["x"] == pytest.approx(column["x"], abs=2)


def test_keys_move_the_sliders(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    stops = []
    for _ in range(4):
        reader.press(Keys.TAB)
        stops.append(browser.switch_to.active_element.accessible_name)
    assert stops == ["Size d", "Base", "Position", "Number"]
    reader.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert chosen(reader) == [10, 2]
    active = browser.switch_to.active_element
    assert active.value_of_css_property("outline-width") == "3px"
    ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    reader.press(Keys.ARROW_LEFT)
    assert chosen(reader) == [9, 2]
    d, base, _, _ = sliders(reader)
    browser.execute_script("arguments[0].focus()", base)
    reader.press(Keys.ARROW_RIGHT)
    assert base.get_dom_attribute("aria-valuetext") == "300"
    browser.execute_script("arguments[0].focus()", d)
    reader.press(Keys.ARROW_RIGHT)
    assert reader.texts(".am-slider > span")[:2] == ["10", "300"]
    np.testing.assert_allclose(painted(reader, (20, 10)), models(10, 300, 20), atol=0.005)


def test_a_phone_shows_it_whole_and_answers_to_taps(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390
    reader = Reader(browser)
    for part in reader.all("input, .pw-map, svg, p, .pw-axis span"):
        assert 0 <= part.rect["x"] <= part.rect["x"] + part.rect["width"] <= 390
    for slider in sliders(reader)[2:]:
        move(reader, slider, 0)
    (map_,) = reader.all(".pw-map")
    reader.tap(map_)  # in its middle
    found = chosen(reader)
    assert found[0] in (9, 10)
    assert found[1] in (3, 4)
    browser.execute_script(  # on the way to scrolling
        "arguments[0].dispatchEvent(new PointerEvent('pointermove',"
        "{pointerType: 'touch', bubbles: true, clientX: 0, clientY: 0}))",
        map_,
    )
    assert chosen(reader) == found


@every_theme
def test_every_text_can_be_read_in_both_themes(
    browser: webdriver.Chrome, page: str, prepare: str, dark: bool
) -> None:
    with in_theme(browser, page, prepare):
        assert_readable(browser, dark, at_least=60)


def test_both_signs_and_what_is_chosen_stand_out(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        ground = reader.root.value_of_css_property("background-color")
        inks = [
            reader.all(f".pw-values .pw-{kind}")[0].value_of_css_property("fill")
            for kind in ("plus", "minus", "chosen")
        ]
        for ink in inks:
            assert contrast(ink, ground) >= 3, theme
        assert contrast(inks[0], inks[2]) >= 3, theme
        assert contrast(inks[1], inks[2]) >= 3, theme
        # the map has the colours of the bars
        for ink, colour in zip(inks, (BLUE, ORANGE), strict=False):
            assert tuple(map(int, re.findall(r"\d+", ink)[:3])) == colour


def test_without_a_script_the_picture_is_there(browser: webdriver.Chrome, page: str) -> None:
    with without_script(browser):
        resize(browser, 390, 844)
        browser.get(page)
        reader = Reader(browser)
        assert reader.all("input, canvas, [role=status]") == []
        assert reader.texts(".am-title") == ["d = 8, base = 100"]
        (map_,) = reader.all(".pw-map")
        assert map_.value_of_css_property("background-image").startswith('url("data:image/png')
        np.testing.assert_allclose(chart(reader, "values"), models(8, 100)[10], atol=0.005)
        assert "vectors of 20 positions" in reader.all("[role=img]")[0].accessible_name
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_on_paper_the_picture_says_how_it_was_set(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    assert reader.all(".am-title") == []
    move(reader, sliders(reader)[0], 4)
    with media(browser, "print", "dark"):
        resize(browser, 700, 1000)
        assert reader.all("input") == []
        assert reader.texts(".am-title") == ["d = 4, base = 100"]
        np.testing.assert_allclose(painted(reader, (20, 4)), models(4, 100, 20), atol=0.005)
        assert reader.all(".pw-chart")[0].size["width"] <= 700
        assert contrast(reader.root.value_of_css_property("background-color"), "#ffffff") == 1
