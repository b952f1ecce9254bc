"""Ponder time by word: the numbers it shows, what it refuses, what a reader can do with it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.models.adaptive_computation import Ponder
from attention_course.models.universal_transformer import Pondered, UniversalTransformer
from attention_course.widgets import AttentionMap, PonderBars, PonderExample
from browser import open_page, resize
from colours import contrast
from selenium import webdriver
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

WORDS = ["the", "red", "house"]
BACK = ["house", "red", "the", "<eos>"]


def ponder(weights: list[list[float]], remainder: list[float]) -> Ponder:
    """As a model gives it, for a batch of one sentence; steps are made while weights are given."""
    steps = [[float(len(own)) for own in weights]]
    most = max(map(len, weights)) + 1  # another sentence of the batch may have taken longer
    padded = [[own + [0.0] * (most - len(own)) for own in weights]]
    return Ponder(torch.tensor(steps), torch.tensor([remainder]), torch.tensor(padded))


# As worked out by hand in chapter 11; *red* of the target runs into the limit and never halts.
READ = ponder([[1], [0.5, 0.5], [0.1, 0.25, 0.65]], [1, 0.5, 0.65])
WRITTEN = ponder([[0.004, 0.996], [0.1, 0.2, 0.3], [1], [0.9, 0.1]], [0.996, 0, 1, 0.1])
PONDERED = Pondered(READ, WRITTEN)
EXAMPLE = PonderExample(WORDS, BACK, PONDERED, title="By hand")


def html_of(*examples: PonderExample) -> str:
    return PonderBars(examples)._repr_html_()


# --- what it holds --------------------------------------------------------------------------


def test_the_plain_form_is_stable() -> None:
    assert repr(EXAMPLE) == "PonderExample(3+4×3)"
    lone = PonderExample(None, ["house", "red"], PONDERED)
    assert repr(PonderBars([EXAMPLE, lone])) == "PonderBars(2 examples: 3+4×3, 2×3)"


def test_the_tables_hold_weights_steps_and_remainders() -> None:
    html = html_of(EXAMPLE)
    page = Page(html)
    assert page.texts("th", scope="col") == ["step 1", "step 2", "step 3", "steps", "remainder"] * 2
    assert page.texts("th", scope="row") == WORDS + BACK
    rows = [
        re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"</th>(<td.*?)</tr>", html)
    ]
    assert rows == [
        ["1.00", "–", "–", "1", "1.00"],
        [".50", ".50", "–", "2", "0.50"],
        [".10", ".25", ".65", "3", "0.65"],
        ["", "1.00", "–", "2", "1.00"],
        [".10", ".20", ".30", "3", "none"],
        ["1.00", "–", "–", "1", "1.00"],
        [".90", ".10", "–", "2", "0.10"],
    ]


@pytest.mark.parametrize("halting", ["fixed", "text", "blend", "released"])
def test_it_takes_what_a_model_returns(halting: Any) -> None:
    """Of any sentence of a batch, without its padding, from any kind of halting."""
    torch.manual_seed(0)
    model = UniversalTransformer(9, 9, d=8, heads=2, d_ff=8, steps=5, halting=halting).eval()
    lengths = [4, 2, 3]
    mask = torch.arange(4) < torch.tensor(lengths)[:, None]
    ids = torch.randint(3, 9, (3, 4))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if ".halt." in name:
                parameter.normal_(std=0.5)
        _, pondered = model.pondered(ids, mask, ids)
    for row, length in enumerate(lengths):
        example = PonderExample(["s"] * length, ["t"] * length, pondered, row)
        for side, made in zip(("source", "target"), pondered, strict=True):
            shown = example.sides[side]
            np.testing.assert_array_equal(shown.steps, made.steps[row, :length])
            np.testing.assert_array_equal(shown.remainder, made.remainder[row, :length])
            np.testing.assert_array_equal(shown.weights, made.weights[row, :length])
        assert PonderBars(example)._repr_html_()


def test_one_side_may_be_left_out() -> None:
    read_only = SimpleNamespace(encoder=READ)
    page = Page(html_of(PonderExample(WORDS, None, read_only)))
    assert page.texts("th", scope="row") == WORDS
    assert page.texts("p", **{"class": "am-label"}) == ["Source words"]
    (box,) = page.named("div", **{"class": "am-box"})
    assert box.attributes["aria-label"] == "Steps for each source word"
    page = Page(html_of(PonderExample(None, BACK, PONDERED)))
    assert page.texts("th", scope="row") == BACK
    assert page.texts("p", **{"class": "am-label"}) == ["Target words, one at a time"]


def test_no_word_can_break_out() -> None:
    made = ponder([[1]] * 7, [1] * 7)
    example = PonderExample(HOSTILE, HOSTILE, Pondered(made, made), title=HOSTILE[2])
    page = Page(html_of(example))
    assert page.texts("th", scope="row") == HOSTILE * 2
    assert page.texts("p", **{"class": "am-title"}) == [HOSTILE[2]]
    assert_made_of(page, "div style p table thead tbody tr th td script")


def test_equal_figures_have_equal_ids_and_others_do_not() -> None:
    def identity(**changes: Any) -> str:
        given = {"source": WORDS, "target": BACK, "pondered": PONDERED, "title": "t", **changes}
        return id_of(html_of(PonderExample(**given)))

    twice = Pondered(*(Ponder(*(torch.cat([x, x]) for x in vars(p).values())) for p in PONDERED))
    assert identity() == identity(pondered=twice, row=1)
    ids = [
        identity(),
        identity(source=WORDS[::-1]),
        identity(target=None),
        identity(pondered=Pondered(READ, ponder([[1]] * 4, [1] * 4))),
        identity(title="other"),
    ]
    assert_all_different(ids)


def test_twenty_words_are_small() -> None:
    draws = np.random.default_rng(0)
    made = SimpleNamespace(
        steps=np.full((1, 10), 6.0), remainder=np.ones((1, 10)), weights=draws.random((1, 10, 6))
    )
    words = [f"word{i}" for i in range(10)]
    both = SimpleNamespace(encoder=made, decoder=made)
    assert len(html_of(PonderExample(words, words, both)).encode()) < 20_000


def test_the_page_fetches_nothing_and_does_not_move() -> None:
    assert_fetches_nothing_and_does_not_move(html_of(EXAMPLE))


# --- what it refuses ------------------------------------------------------------------------


def changed(**parts: Any) -> SimpleNamespace:
    """What was pondered, with something wrong in the encoder's part."""
    return SimpleNamespace(encoder=SimpleNamespace(**{**vars(READ), **parts}), decoder=WRITTEN)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": None, "target": None}, "source and target are None, expected the words"),
        ({"source": "the red house"}, r"source is the single string .*source\.split\(\)"),
        ({"target": []}, "target is empty"),
        ({"source": [1, 2, 3]}, "source holds 1 of type int"),
        (
            {"source": [*WORDS, "is"]},
            r"encoder.steps have shape \(1, 3\), expected \(batch, words\), 4 words or more",
        ),
        ({"pondered": changed(steps=READ.steps[0])}, r"encoder.steps have shape \(3,\), expected"),
        (
            {"pondered": changed(weights=READ.weights[0])},
            r"encoder.weights have shape \(3, 4\), expected \(batch, words, steps\)",
        ),
        (
            {"pondered": changed(steps=[["1", "two", "3"]])},
            "pondered.encoder.steps are not a table of numbers",
        ),
        (
            {"pondered": changed(steps=READ.steps + 0.5)},
            r"encoder.steps\[0\]\[0\] is 1.5, .* a whole number from 1 to 4",
        ),
        ({"pondered": changed(steps=READ.steps + 2)}, r"steps\[0\]\[2\] is 5.0, .* from 1 to 4"),
        ({"pondered": changed(steps=READ.steps - 1)}, r"steps\[0\]\[0\] is 0.0, .* from 1 to 4"),
        (
            {"pondered": changed(remainder=-READ.remainder)},
            r"encoder.remainder\[0\]\[0\] is -1.0, .* at least 0",
        ),
        (
            {"pondered": changed(weights=READ.weights - 0.5)},
            r"encoder.weights\[0\]\[0, 1\] is -0.5, .* at least 0",
        ),
        (
            {"pondered": changed(weights=READ.weights * np.nan)},
            r"encoder.weights\[0, 0, 0\] is nan, .* finite",
        ),
        ({"row": 1}, r"row is 1, expected a sentence of the batch, 0 to 0: .* shape \(1, 3\)"),
        ({"row": -1}, "row is -1, expected a sentence"),
        ({"row": 0.5}, "row is 0.5, expected a sentence"),
        ({"row": None}, "row is None, expected a sentence"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    given = {"source": WORDS, "target": BACK, "pondered": PONDERED, **arguments}
    with pytest.raises(ValueError, match=message):
        PonderExample(**given)


def test_other_things_than_ponder_are_refused() -> None:
    logits = torch.zeros(1, 3, 5)
    with pytest.raises(TypeError, match=r"pondered is a tuple without encoder\.steps, expected"):
        PonderExample(WORDS, BACK, (logits, PONDERED))
    with pytest.raises(TypeError, match=r"SimpleNamespace without decoder\.steps"):
        PonderExample(WORDS, BACK, SimpleNamespace(encoder=READ))
    with pytest.raises(ValueError, match="at least one PonderExample, got none"):
        PonderBars([])
    with pytest.raises(TypeError, match=r"got Pondered; for one sentence use PonderExample"):
        PonderBars([PONDERED])  # type: ignore[list-item]


# --- what a reader can do -------------------------------------------------------------------

MANY = 40
LONG = PonderExample(
    [f"word{i}" for i in range(MANY)],
    None,
    SimpleNamespace(encoder=ponder([[0.05] * 11 + [0.45]] * MANY, [0.45] * MANY)),
    title="Long",
)


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with two figures, the first of them shown twice."""
    first = PonderBars([EXAMPLE, LONG])
    return write_page(tmp_path / "ponder.html", first, PonderBars(LONG), first)


def lines(reader: Reader) -> list[tuple[float, float]]:
    """From where to where on the scale each step's line is filled, as drawn."""
    found = []
    for track, weight in zip(reader.all(".pb-track"), reader.all(".pb-weight"), strict=True):
        left, width = track.rect["x"] + 1, track.rect["width"] - 2
        start = weight.rect["x"] - left
        found.append((start / width, (start + weight.rect["width"]) / width))
    return found


def test_figures_live_side_by_side_without_complaint(browser: webdriver.Chrome, page: str) -> None:
    readers = three_readers(browser, page)
    assert [len(reader.all(".am-view")) for reader in readers] == [1, 1, 1]
    assert [len(reader.all("select")) for reader in readers] == [1, 0, 1]
    readers[2].words("Target")[1].click()
    said = [reader.said.split(":")[0] for reader in readers]
    assert said == ["“the”", "“word0”", "“red”"]


def test_a_word_wears_a_square_for_each_step(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    for label, side in (("Source", READ), ("Target", WRITTEN)):
        for i, node in enumerate(reader.words(label)):
            steps, weights = int(side.steps[0, i]), side.weights[0, i].tolist()
            word = (WORDS if label == "Source" else BACK)[i]
            assert node.text.split() == [str(steps), word]
            assert node.accessible_name == f"{word}: {steps} step{'s' * (steps > 1)}"
            squares = node.find_elements("tag name", "i")
            heights = [square.rect["y"] for square in squares]
            assert heights == sorted(heights, reverse=True)  # the first step at the bottom
            shades = [
                float(
                    browser.execute_script(
                        "return arguments[0].style.getPropertyValue('--w')", square
                    )
                )
                for square in squares
            ]
            np.testing.assert_allclose(shades, weights[:steps], atol=1e-6)
    # the stronger, the larger
    squares = reader.words("Source")[2].find_elements("tag name", "i")
    ground = reader.root.value_of_css_property("background-color")
    shown = [
        browser.execute_script(  # color-mix, as a colour that can be measured
            "const c = document.createElement('canvas').getContext('2d');"
            "c.fillStyle = getComputedStyle(arguments[0]).backgroundColor; c.fillRect(0, 0, 1, 1);"
            "return `rgb(${c.getImageData(0, 0, 1, 1).data.slice(0, 3).join()})`",
            square,
        )
        for square in squares
    ]
    stands_out = [contrast(colour, ground) for colour in shown]
    assert stands_out == sorted(stands_out)
    assert stands_out[2] > 2 * stands_out[0]


def test_squares_stand_over_the_word_also_beside_other_figures(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    other = AttentionMap.single(["a"], ["b"], [[1]])
    open_page(browser, write_page(tmp_path / "both.html", PonderBars(EXAMPLE), other))
    for node in Reader(browser).words("Source"):
        for kind in (".pb-bar", "small"):
            box = node.find_element("css selector", kind).rect
            middle = node.rect["x"] + node.rect["width"] / 2
            assert box["x"] + box["width"] / 2 == pytest.approx(middle, abs=1)


def test_a_word_shows_how_it_halted(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    assert reader.said == "“the”: 1 step. Remainder 1.00."
    assert lines(reader)[0] == pytest.approx((0, 1), abs=0.01)
    assert reader.texts(".pb-text") == ["remainder 1.00", "halted", "halted"]
    reader.hover(reader.words("Source")[2])
    assert reader.said == (
        "“house”: 3 steps. Halting probabilities 0.10, 0.25; sum 0.35. Remainder 0.65."
    )
    assert reader.texts(".pb-text") == ["+ 0.10 = 0.10", "+ 0.25 = 0.35", "remainder 0.65"]
    np.testing.assert_allclose(lines(reader), [(0, 0.1), (0.1, 0.35), (0.35, 1)], atol=0.01)
    (left,) = reader.all(".pb-left")  # an outline: told apart without colour
    assert left.value_of_css_property("border-top-width") == "2px"
    assert reader.texts("th.on") == ["house"]
    assert reader.pressed() == ["3"]
    reader.hover(reader.words("Target")[1])
    assert reader.said == (
        "“red”: 3 steps. Halting probabilities 0.10, 0.20, 0.30; sum 0.60. "
        "It never halted: the steps ran out."
    )
    assert reader.texts(".pb-text")[-1] == "+ 0.30 = 0.60"
    assert reader.all(".pb-left") == []
    assert len(reader.all("th.on")) == 1


def test_a_row_of_the_table_chooses_its_word(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.hover(reader.all("tbody tr:nth-child(2) td")[0])
    assert reader.said.startswith("“red”: 2 steps. Halting probabilities 0.50; sum 0.50.")
    reader.hover(reader.all("tbody th")[3])
    assert reader.said.startswith("“house”: 2 steps. Halting probabilities 0.00; sum 0.00.")


def test_words_that_stand_twice_are_told_apart(browser: webdriver.Chrome, tmp_path: Path) -> None:
    example = PonderExample(["7", "1", "7"], None, PONDERED)
    open_page(browser, write_page(tmp_path / "twice.html", PonderBars(example)))
    reader = Reader(browser)
    reader.hover(reader.words("Source")[2])
    assert reader.said.startswith("“7 (word 3)”: 3 steps.")


def test_keys_move_between_words(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    stops = []
    for _ in range(5):
        reader.press(Keys.TAB)
        stops.append(browser.switch_to.active_element.accessible_name)
    assert stops == [
        "Example",
        "the: 1 step",
        "house: 2 steps",
        "Steps for each source word By hand",
        "Steps for each target word By hand",
    ]
    reader.words("Target")[0].click()
    for key, word in (
        (Keys.ARROW_RIGHT, "red"),
        (Keys.ARROW_DOWN, "the"),
        (Keys.ARROW_LEFT, "red"),
        (Keys.END, "<eos>"),
        (Keys.HOME, "house"),
    ):
        reader.press(key)
        assert reader.said.startswith(f"“{word}”: ")
        assert reader.texts("button[aria-pressed=true]")[0].split()[1] == word
    assert browser.switch_to.active_element.value_of_css_property("outline-width") == "3px"


def test_examples_can_be_chosen(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    Select(reader.all("select")[0]).select_by_visible_text("Long")
    assert len(reader.words("Source")) == MANY
    assert reader.said.startswith("“word0”: 12 steps.")
    assert len(reader.all("table")) == 1


def test_a_tap_chooses_and_a_swipe_does_not(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    word = reader.words("Source")[1]
    reader.swipe_over(word)
    assert reader.said.startswith("“the”")
    reader.tap(word)
    assert reader.said.startswith("“red”")


def test_a_long_sentence_fits_a_phone(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390
    reader = Reader(browser, 1)
    for shown in (*reader.words("Source"), *reader.all(".pb-text, .am-box")):
        assert 0 <= shown.rect["x"] <= shown.rect["x"] + shown.rect["width"] <= 390


@every_theme
def test_every_text_can_be_read_in_both_themes(
    browser: webdriver.Chrome, page: str, prepare: str, dark: bool
) -> None:
    with in_theme(browser, page, prepare):
        assert_readable(browser, dark, at_least=200)


def test_bars_stand_out_in_both_themes(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.hover(reader.words("Source")[2])
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        ground = reader.root.value_of_css_property("background-color")
        inks = {
            ".pb-bar i": "border-top-color",
            ".pb-weight": "background-color",
            ".pb-left": "border-top-color",
        }
        for kind, ink in inks.items():
            mark = reader.all(kind)[0]
            assert contrast(mark.value_of_css_property(ink), ground) >= 3, (theme, kind)


def test_without_a_script_the_tables_are_there(browser: webdriver.Chrome, page: str) -> None:
    with without_script(browser):
        resize(browser, 390, 844)
        browser.get(page)
        reader = Reader(browser)
        assert reader.all("button, select, [role=status]") == []
        assert reader.texts(".am-title") == ["By hand", "Long"]
        assert reader.texts(".am-label")[:2] == ["Source words", "Target words, one at a time"]
        assert len(reader.all("table")) == 3
        assert reader.texts("tbody tr:first-child td")[:5] == ["1.00", "–", "–", "1", "1.00"]
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_on_paper_the_tables_are_there(browser: webdriver.Chrome, page: str) -> None:
    with media(browser, "print", "dark"):
        open_page(browser, page)
        resize(browser, 700, 1000)
        reader = Reader(browser)
        assert reader.all("button, select") == []
        assert reader.texts(".am-title") == ["By hand", "Long"]
        assert all(table.size["width"] <= 700 for table in reader.all("table"))
        assert len(reader.all("table")) == 3
        assert contrast(reader.root.value_of_css_property("background-color"), "#ffffff") == 1
