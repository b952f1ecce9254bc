"""The window of local-p: the numbers it shows, what it refuses, what a reader can do with it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.models.luong import Luong
from attention_course.models.windows import Align
from attention_course.widgets import AttentionWindow
from browser import open_page, resize
from colours import contrast
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
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
    move,
    without_script,
    write_page,
)

SOURCE = ["the", "red", "house", "is", "the", "old", "one"]
TARGET = ["la", "maison", "rouge", "est", "<eos>"]
CENTRES = [0.0, 2.3, 0.999999, 4.75, 7.0]
SCORES = np.random.default_rng(0).normal(0, 2, (5, 7))
FIGURE = AttentionWindow(SOURCE, TARGET, CENTRES, SCORES, D=2)


# --- the numbers ----------------------------------------------------------------------------


def test_the_weights_by_hand() -> None:
    """The second word: p = 2.3, so the window is 0 to 4 with D = 2, and σ = 1."""
    e = [math.exp(score) for score in SCORES[1, :5]]
    expected = [a / sum(e) * math.exp(-((s - 2.3) ** 2) / 2) for s, a in enumerate(e)]
    np.testing.assert_allclose(FIGURE.weights()[1], [*expected, 0, 0])


def test_the_window_lies_around_the_whole_part() -> None:
    inside = FIGURE.weights(D=1) > 0
    assert [row.nonzero()[0].tolist() for row in inside] == [
        [0, 1],
        [1, 2, 3],
        [0, 1],  # 0.999999 is in word 0, however near to word 1
        [3, 4, 5],
        [5, 6],  # one past the end still lies around the last word
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 12), st.booleans(), st.integers(0, 2**32 - 1))
def test_the_weights_are_the_models(S: int, D: int, renormalise: bool, seed: int) -> None:
    torch.manual_seed(seed)
    align = Align(3, "local-p", D, renormalise=renormalise).double()
    queries, mask = 3 * torch.randn(4, 3).double(), torch.ones(4, S, dtype=torch.bool)
    e = 3 * torch.randn(4, S).double()
    with torch.no_grad():
        expected, p = align(queries, e, mask, t=0)
    figure = AttentionWindow(["s"] * S, ["t"] * 4, p, e, D)
    np.testing.assert_allclose(figure.weights(renormalise=renormalise), expected, atol=1e-12)


def test_a_whole_translation_shows_the_models_weights() -> None:
    """With what a chapter does: scores and positions are read off as they pass the window."""
    torch.manual_seed(0)
    model = Luong(9, 9, embedding=4, hidden=4, layers=1, window="local-p", D=2, dropout=0).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    passed: list[tuple[torch.Tensor, torch.Tensor]] = []
    model.align.register_forward_hook(lambda _, given, made: passed.append((given[1], made[1])))
    source, target = torch.randint(3, 9, (1, 8)), torch.randint(3, 9, (1, 5))
    with torch.no_grad():
        _, weights = model(source, torch.ones(1, 8, dtype=torch.bool), target)
    scores, centres = (torch.cat(parts) for parts in zip(*passed, strict=True))
    assert len(centres.floor().unique()) > 1  # the window moves
    figure = AttentionWindow(SOURCE, TARGET, centres, scores, model.align.D)
    shown = np.pad(figure.weights(), ((0, 0), (0, 1)))  # the end mark is not attended to
    np.testing.assert_allclose(shown, weights[0, 0, 0], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.floats(0.05, 20), st.integers(0, 2**32 - 1))
def test_the_mass_is_below_one_unless_renormalised(D: int, sigma: float, seed: int) -> None:
    draws = np.random.default_rng(seed)
    centres, scores = draws.uniform(0, 6, 3), draws.normal(size=(3, 6))
    figure = AttentionWindow(list("abcdef"), list("uvw"), centres, scores, D)
    assert (figure.weights(sigma=sigma) >= 0).all()
    assert (figure.weights(sigma=sigma).sum(1) < 1).all()
    np.testing.assert_allclose(figure.weights(sigma=sigma, renormalise=True).sum(1), 1)


def test_settings_are_the_figures_own_unless_given() -> None:
    own = AttentionWindow(SOURCE, TARGET, CENTRES, SCORES, D=2, sigma=0.7)
    np.testing.assert_array_equal(own.weights(), FIGURE.weights(sigma=0.7))
    np.testing.assert_array_equal(own.weights(D=3), FIGURE.weights(D=3, sigma=0.7))
    np.testing.assert_array_equal(FIGURE.weights(D=3), FIGURE.weights(D=3, sigma=1.5))


def test_large_scores_do_not_overflow() -> None:
    figure = AttentionWindow(["a", "b"], ["t"], [0.5], [[1e4, -1e4]], D=1)
    np.testing.assert_allclose(figure.weights(), [[math.exp(-0.5), 0]])


# --- what it holds --------------------------------------------------------------------------


def test_the_plain_form_is_stable() -> None:
    assert repr(FIGURE) == "AttentionWindow(5×7, D = 2, σ = 1)"
    assert repr(AttentionWindow(["a"], ["b"], [0], [[1]], 3, 0.7)) == (
        "AttentionWindow(1×1, D = 3, σ = 0.7)"
    )


def test_the_still_table_shows_the_weights() -> None:
    page = Page(FIGURE._repr_html_())
    assert page.texts("th", scope="col") == [*SOURCE, "mass"]
    assert page.texts("th", scope="row") == TARGET
    assert page.texts("p", **{"class": "am-title"}) == ["D = 2, σ = 1"]
    cells = page.named("td")[1:]
    rows = [cells[i : i + 8] for i in range(0, 40, 8)]
    for row, weights in zip(rows, FIGURE.weights(), strict=True):
        shades = [float((c.attributes.get("style") or "--w:0")[4:]) for c in row[:-1]]
        np.testing.assert_allclose(shades, weights, atol=0.00051)
        outside = ["o" in (c.attributes.get("class") or "").split() for c in row[:-1]]
        np.testing.assert_array_equal(outside, weights == 0)
        assert row[-1].text == f"{weights.sum():.2f}"


def test_centres_are_kept_exactly() -> None:
    """Rounded, 0.999999 would put the window around the next word."""
    (root, *_) = Page(FIGURE._repr_html_()).nodes
    given = json.loads(str(root.attributes["data-given"]))
    assert given["centres"] == CENTRES
    np.testing.assert_allclose(given["scores"], SCORES, atol=0.00005)


def test_no_word_can_break_out() -> None:
    page = Page(AttentionWindow(HOSTILE, HOSTILE, [0] * 7, np.eye(7), 2)._repr_html_())
    assert page.texts("th", scope="col") == [*HOSTILE, "mass"]
    assert page.texts("th", scope="row") == HOSTILE
    assert_made_of(page, "div style p table thead tbody tr th td script")


def test_equal_figures_have_equal_ids_and_others_do_not() -> None:
    def identity(**changes: Any) -> str:
        return id_of(AttentionWindow(**{**GOOD, **changes})._repr_html_())

    assert identity() == identity(scores=torch.tensor(SCORES), centres=np.array(CENTRES))
    ids = [
        identity(),
        identity(source=SOURCE[::-1]),
        identity(target=TARGET[::-1]),
        identity(centres=[0.0, 2.3, 1, 4.75, 7.0]),
        identity(scores=SCORES + 1e-3),
        identity(D=3),
        identity(sigma=1),  # the same picture, but its σ does not follow D
    ]
    assert_all_different(ids)


def test_a_window_over_8_by_10_is_small() -> None:
    draws = np.random.default_rng(0)
    figure = AttentionWindow(
        [f"source{i}" for i in range(10)],
        [f"target{i}" for i in range(8)],
        draws.uniform(0, 10, 8),
        draws.normal(size=(8, 10)),
        3,
    )
    assert len(figure._repr_html_().encode()) < 23_000


def test_the_page_fetches_nothing_and_does_not_move() -> None:
    assert_fetches_nothing_and_does_not_move(FIGURE._repr_html_())


# --- what it refuses ------------------------------------------------------------------------

GOOD = {"source": SOURCE, "target": TARGET, "centres": CENTRES, "scores": SCORES, "D": 2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": "the red house"}, r"source is the single string .*source\.split\(\)"),
        ({"target": []}, "target is empty"),
        ({"target": [1] * 5}, "target holds 1 of type int"),
        ({"centres": [1, 2]}, r"centres have shape \(2,\), expected \(5,\) = \(target words,\)"),
        ({"centres": [CENTRES]}, r"centres have shape \(1, 5\).*for example centres\[0\]"),
        ({"centres": [0, 1, 2, 3, 7.1]}, r"centres\[4\] is 7.1, .* from 0 to 7"),
        ({"centres": [0, 1, -0.1, 3, 4]}, r"centres\[2\] is -0.1, .* from 0 to 7"),
        ({"centres": [0, 1, np.nan, 3, 4]}, r"centres\[2\] is nan, .* finite"),
        ({"scores": SCORES.T}, r"scores have shape \(7, 5\), expected \(5, 7\).*transposed"),
        ({"scores": SCORES[None, None]}, r"for example scores\[0, 0\]"),
        ({"scores": SCORES[:, :6]}, r"\(5, 6\), expected \(5, 7\) = \(target words, source"),
        ({"scores": np.where(SCORES > 1, -np.inf, SCORES)}, r"scores\[\d, \d\] is -inf, .* finite"),
        ({"scores": "dot"}, "scores are not a table of numbers"),
        ({"D": 0}, "D is 0, expected a whole number of words, 1 or more"),
        ({"D": 2.5}, "D is 2.5, expected a whole number"),
        ({"D": None}, "D is None, expected a whole number"),
        ({"sigma": 0}, "sigma is 0, expected a number above 0, or None for D/2"),
        ({"sigma": -1}, "sigma is -1, expected"),
        ({"sigma": np.inf}, "sigma is inf, expected"),
        ({"sigma": np.nan}, "sigma is nan, expected"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AttentionWindow(**{**GOOD, **arguments})


def test_bad_settings_are_named() -> None:
    with pytest.raises(ValueError, match="D is 0, expected"):
        FIGURE.weights(D=0)
    with pytest.raises(ValueError, match="sigma is 0, expected"):
        FIGURE.weights(sigma=0)


# --- what a reader can do -------------------------------------------------------------------

LONG = [f"word{i}" for i in range(30)]
WIDE = AttentionWindow(LONG, LONG, np.arange(30) + 0.5, np.eye(30), 10, 2.6)


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with two figures, the first of them shown twice."""
    return write_page(tmp_path / "windows.html", FIGURE, WIDE, FIGURE)


def table(reader: Reader) -> np.ndarray:
    """The weights behind the shades of the table."""
    return np.array(
        reader.browser.execute_script(
            "return [...arguments[0].querySelectorAll('tbody tr')].map(row =>"
            " [...row.querySelectorAll('td')].slice(0, -1).map(cell =>"
            " parseFloat(cell.style.getPropertyValue('--w')) || 0))",
            reader.root,
        )
    )


def bars(reader: Reader, kind: str) -> list[float]:
    return [float(str(bar.get_dom_attribute("height"))) for bar in reader.all(f".aw-{kind}")]


def test_figures_live_side_by_side_without_complaint(browser: webdriver.Chrome, page: str) -> None:
    readers = three_readers(browser, page)
    assert [len(reader.all(".am-view")) for reader in readers] == [1, 1, 1]
    readers[2].words("Target")[2].click()
    move(readers[2], readers[2].all("input[type=range]")[0], 1)
    assert [reader.pressed() for reader in readers] == [["la"], ["word0"], ["rouge"]]
    np.testing.assert_allclose(table(readers[0]), FIGURE.weights(), atol=1e-3)
    np.testing.assert_allclose(table(readers[2]), FIGURE.weights(D=1), atol=1e-3)


def test_the_page_computes_what_python_does(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    width, sigma = reader.all("input[type=range]")
    half, renormalise = reader.all("input[type=checkbox]")
    np.testing.assert_allclose(table(reader), FIGURE.weights(), atol=1e-3)
    for D in (1, 3, 7):  # σ follows
        move(reader, width, D)
        assert len(reader.all("td.o")) == (FIGURE.weights(D=D) == 0).sum()
        assert half.is_selected()
        np.testing.assert_allclose(table(reader), FIGURE.weights(D=D), atol=1e-3)
    for D, value in ((1, 0.25), (2, 3), (4, 0.75), (7, 7), (3, 1.25)):
        move(reader, sigma, value)
        assert not half.is_selected()
        move(reader, width, D)
        for renormalised in (True, False):
            renormalise.click()
            expected = FIGURE.weights(D, value, renormalised)
            np.testing.assert_allclose(table(reader), expected, atol=1e-3)
            # the chart shows the same numbers, of the chosen word
            np.testing.assert_allclose(bars(reader, "bar"), expected[0], atol=1e-3)
    half.click()
    np.testing.assert_allclose(table(reader), FIGURE.weights(D=3), atol=1e-3)


def test_sliders_that_do_not_meet_the_given_sigma_keep_it(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    reader = Reader(browser, 1)
    np.testing.assert_allclose(table(reader), WIDE.weights(), atol=1e-3)
    assert reader.texts(".am-slider > span") == ["10", "2.6"]
    width, _ = reader.all("input[type=range]")
    move(reader, width, 4)
    np.testing.assert_allclose(table(reader), WIDE.weights(D=4), atol=1e-3)


def test_a_word_shows_its_window(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.words("Target")[1].click()
    assert reader.pressed() == ["maison"]
    weights = FIGURE.weights()[1]
    first, second, third = np.argsort(-weights)[:3]
    names = ["the (word 1)", "red", "house", "is", "the (word 5)", "old", "one"]
    assert reader.said == (
        "“maison”: p = 2.30, window from “the (word 1)” to “the (word 5)”. Weights: "
        f"{names[first]} {weights[first]:.2f}, {names[second]} {weights[second]:.2f}, "
        f"{names[third]} {weights[third]:.2f}. Mass: {weights.sum():.2f}."
    )
    assert reader.texts(".aw-centre") == ["p = 2.30"]
    assert reader.texts("th.on") == ["maison"]
    shown = [f"{w:.2f}".removeprefix("0") if w >= 0.01 else "" for w in weights]
    assert reader.texts(".aw-word small") == shown
    assert [" ".join(text.split()) for text in reader.texts(".aw-word span")] == SOURCE
    # soft: the softmax alone, so that the bar is what the Gaussian leaves of it
    gauss = np.exp(-((np.arange(7) - 2.3) ** 2) / 2)
    np.testing.assert_allclose(np.array(bars(reader, "soft")) * gauss, weights, atol=1e-3)
    (chart,) = reader.all("[role=img]")
    assert chart.accessible_name == reader.said


def test_a_weight_just_below_one_is_shown_as_one(browser: webdriver.Chrome, tmp_path: Path) -> None:
    figure = AttentionWindow(["a", "b"], ["t"], [0], [[6, 0]], 1, 50)
    assert 0.995 < figure.weights()[0, 0] < 0.9985
    open_page(browser, write_page(tmp_path / "one.html", figure))
    reader = Reader(browser)
    assert reader.texts(".aw-word small")[0] == "1.00"
    assert reader.texts("td.on")[0] == "1.00"


def test_the_chart_is_drawn_to_scale(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.words("Target")[3].click()  # p = 4.75, window 2 to 6: up to the last word
    (plot,) = reader.all(".aw-plot")
    left, width = plot.rect["x"], plot.rect["width"]
    edges = [(edge.rect["x"] - left) / width * 7 for edge in reader.all(".aw-edge")]
    assert edges == pytest.approx([2, 7], abs=0.1)
    hatched = [side.rect["width"] / width * 7 for side in reader.all(".aw-plot .o")]
    assert hatched == pytest.approx([2, 0], abs=0.05)
    (centre,) = reader.all(".aw-centre-line")
    assert (centre.rect["x"] - left) / width * 7 == pytest.approx(4.75 + 0.5, abs=0.1)
    label = reader.all(".aw-centre")[0].rect
    assert (label["x"] + label["width"] / 2 - left) / width * 7 == pytest.approx(5.25, abs=0.1)
    # bars stand over their words
    for bar, word in zip(reader.all(".aw-bar"), reader.all(".aw-word"), strict=True):
        middle = bar.rect["x"] + bar.rect["width"] / 2
        assert middle == pytest.approx(word.rect["x"] + word.rect["width"] / 2, abs=1)
    # the curve is 1 at p, and e^(-1/2) one σ away from it
    path = str(reader.all(".aw-curve")[0].get_dom_attribute("d"))
    points = {float(x): 1 - float(y) for x, y in re.findall(r"[ML]?([\d.]+) ([\d.e-]+)", path)}
    assert points[5.25] == pytest.approx(1)
    assert points[4.25] == pytest.approx(math.exp(-0.5))


def test_keys_move_words_and_sliders(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    stops = []
    for _ in range(7):
        reader.press(Keys.TAB)
        active = browser.switch_to.active_element
        stops.append(active.accessible_name)
    assert stops[:5] == ["Half-width D", "Width σ", "σ = D/2", "Renormalise (softmax last)", "la"]
    assert stops[6] == "Attention weights of local-p"
    reader.words("Target")[0].click()
    for key, word in (
        (Keys.ARROW_RIGHT, "maison"),
        (Keys.ARROW_DOWN, "rouge"),
        (Keys.ARROW_LEFT, "maison"),
        (Keys.END, "<eos>"),
        (Keys.ARROW_RIGHT, "<eos>"),
        (Keys.HOME, "la"),
    ):
        reader.press(key)
        assert reader.pressed() == [word]
        assert reader.said.startswith(f"“{word}”: p = ")
        assert reader.texts("button[tabindex='0']") == [word]
    assert browser.switch_to.active_element.value_of_css_property("outline-width") == "3px"
    width, sigma = reader.all("input[type=range]")
    browser.execute_script("arguments[0].focus()", width)
    reader.press(Keys.ARROW_RIGHT)
    np.testing.assert_allclose(table(reader), FIGURE.weights(D=3), atol=1e-3)
    assert reader.texts(".am-slider > span") == ["3", "1.5"]
    assert width.get_dom_attribute("aria-valuetext") == "3"
    browser.execute_script("arguments[0].focus()", sigma)
    reader.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    np.testing.assert_allclose(table(reader), FIGURE.weights(3, 1.0), atol=1e-3)
    assert sigma.value_of_css_property("outline-style") == "solid"


def test_a_tap_chooses_words_and_moves_sliders(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    reader.tap(reader.words("Target")[2])
    assert reader.pressed() == ["rouge"]
    width, _ = reader.all("input[type=range]")
    reader.tap(width)  # in its middle: of 1 to 7
    np.testing.assert_allclose(table(reader), FIGURE.weights(D=4), atol=1e-3)
    browser.execute_script("arguments[0].click()", reader.all("tbody th")[1])
    assert reader.pressed() == ["maison"]


def test_the_mouse_passes_words_on_its_way_to_the_sliders(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.words("Target")[1].click()
    reader.hover(reader.words("Target")[3])
    assert reader.pressed() == ["maison"]


def test_a_long_sentence_fits_a_phone(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser, 1)
    for i in (25, 2):
        browser.execute_script("arguments[0].click()", reader.words("Target")[i])
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390
        (scroll,) = reader.all(".aw-scroll")
        # the window's middle, in the chart and in the table, is seen without scrolling
        for seen in (reader.all(".aw-word")[i], reader.all("td.on")[i]):
            assert 0 <= seen.rect["x"] <= seen.rect["x"] + seen.rect["width"] <= 390
        assert scroll.rect["x"] + scroll.rect["width"] <= 390


@every_theme
def test_every_text_can_be_read_in_both_themes(
    browser: webdriver.Chrome, page: str, prepare: str, dark: bool
) -> None:
    with in_theme(browser, page, prepare):
        for number in (0, 1):  # words outside the window, and strong shades
            reader = Reader(browser, number)
            browser.execute_script("arguments[0].click()", reader.words("Target")[0])
            move(reader, reader.all("input[type=range]")[0], 1)
        assert_readable(browser, dark, at_least=100)


def test_bars_curve_and_edges_stand_out_in_both_themes(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.words("Target")[3].click()
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        ground = reader.root.value_of_css_property("background-color")
        inks = {"bar": "fill", "soft": "stroke", "curve": "stroke", "edge": "stroke"}
        for kind, ink in inks.items():
            mark = reader.all(f".aw-{kind}")[-1]
            assert contrast(mark.value_of_css_property(ink), ground) >= 3, (theme, kind)


def test_without_a_script_the_table_is_there(browser: webdriver.Chrome, page: str) -> None:
    with without_script(browser):
        resize(browser, 390, 844)
        browser.get(page)
        reader = Reader(browser)
        assert reader.all("button, input, svg, [role=status]") == []
        assert reader.texts(".am-title") == ["D = 2, σ = 1"]
        np.testing.assert_allclose(table(reader), FIGURE.weights(), atol=1e-3)
        hatched = reader.all("td.o")
        assert len(hatched) == (FIGURE.weights() == 0).sum()
        assert "gradient" in hatched[0].value_of_css_property("background-image")
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_on_paper_the_table_says_how_it_was_set(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    width, _ = reader.all("input[type=range]")
    _, renormalise = reader.all("input[type=checkbox]")
    assert reader.all(".am-title") == []
    move(reader, width, 3)
    renormalise.click()
    with media(browser, "print", "dark"):
        resize(browser, 700, 1000)
        assert reader.all("button, input, svg") == []
        assert reader.texts(".am-title") == ["D = 3, σ = 1.5, renormalised"]
        expected = FIGURE.weights(D=3, renormalise=True)
        np.testing.assert_allclose(table(reader), expected, atol=1e-3)
        assert Reader(browser, 1).all("table")[0].size["width"] <= 700
        assert contrast(reader.root.value_of_css_property("background-color"), "#ffffff") == 1
