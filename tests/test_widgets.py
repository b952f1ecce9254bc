"""The attention map: what it holds, what it refuses, and what a reader can do with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.widgets import AttentionExample, AttentionMap
from browser import open_page, resize
from colours import contrast
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from widget_checks import (
    ANY_WORD,
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

SOURCE, TARGET = ["the", "red", "house"], ["la", "maison", "rouge"]
WEIGHTS = [[0.9, 0.06, 0.04], [0.04, 0.32, 0.64], [0.003, 0.997, 0]]
GOLD = {(0, 0), (1, 2), (2, 1)}
EXAMPLE = AttentionExample(SOURCE, TARGET, WEIGHTS, GOLD, "Order")


def html_of(*examples: AttentionExample) -> str:
    return AttentionMap(examples)._repr_html_()


def weights_in(page: Page, shape: tuple[int, int]) -> np.ndarray:
    """The weights as the page's script reads them."""
    cells = page.named("td")[1:]  # the first is the empty corner
    styles = [cell.attributes.get("style") or "--w:0" for cell in cells]
    return np.array([float(style.removeprefix("--w:")) for style in styles]).reshape(shape)


# --- what it holds --------------------------------------------------------------------------


def test_the_plain_form_is_stable() -> None:
    other = AttentionExample(["a"] * 8, ["b"] * 7, np.ones((7, 8)) / 8)
    assert repr(AttentionMap([EXAMPLE, other])) == "AttentionMap(2 examples: 3×3, 7×8)"
    assert repr(AttentionMap(other)) == "AttentionMap(1 example: 7×8)"
    assert repr(other) == "AttentionExample(7×8)"


def test_words_and_weights_are_in_the_table() -> None:
    page = Page(html_of(EXAMPLE))
    assert page.texts("th", scope="col") == SOURCE
    assert page.texts("th", scope="row") == TARGET
    np.testing.assert_allclose(weights_in(page, (3, 3)), WEIGHTS)
    shown = page.texts("td")[1:]
    assert shown == [".90 gold", ".06", ".04", ".04", ".32", ".64 gold", "", "1.00 gold", ""]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_weights_come_back_to_three_decimals(data: st.DataObject) -> None:
    targets, sources = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    numbers = st.floats(0, 200, allow_nan=False)
    rows = st.lists(numbers, min_size=sources, max_size=sources)
    weights = data.draw(st.lists(rows, min_size=targets, max_size=targets))
    page = Page(html_of(AttentionExample(["s"] * sources, ["t"] * targets, weights)))
    back = weights_in(page, (targets, sources))
    np.testing.assert_allclose(back, weights, rtol=0, atol=0.00051)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_WORD, min_size=1, max_size=4), ANY_WORD)
def test_no_word_can_break_out(words: list[str], title: str) -> None:
    example = AttentionExample(words, words, np.eye(len(words)), None, title)
    page = Page(html_of(example, example))
    assert page.texts("th", scope="col") == words * 2
    assert page.texts("th", scope="row") == words * 2
    assert page.named("div", **{"class": "am-example"})[0].attributes["data-title"] == title
    assert page.texts("p", **{"class": "am-title"}) == [title] * 2
    assert_made_of(page, "div style p table thead tbody tr th td span script")


def test_light_text_is_used_where_the_shade_is_strong() -> None:
    weights = [[0.694, 0.695, 0.7, 1.0]]
    cells = Page(html_of(AttentionExample(["s"] * 4, ["t"], weights))).named("td")[1:]
    assert [cell.attributes.get("class") for cell in cells] == [None, "f", "f", "f"]


def test_weights_above_one_are_shaded_relative_to_the_largest() -> None:
    page = Page(html_of(AttentionExample(["a", "b"], ["t"], [[4, 1]])))
    assert page.named("div", **{"class": "am-example"})[0].attributes["style"] == "--top:4"
    assert [cell.attributes.get("class") for cell in page.named("td")[1:]] == ["f", None]
    assert "--top:" not in html_of(EXAMPLE).split("</style>")[1]


def test_equal_maps_have_equal_ids_and_others_do_not() -> None:
    def identity(**changes: Any) -> str:
        given = {"source": SOURCE, "target": TARGET, "weights": WEIGHTS, "gold": GOLD, "title": "t"}
        return id_of(html_of(AttentionExample(**{**given, **changes})))

    assert identity() == identity(weights=np.array(WEIGHTS), gold=[*GOLD])
    ids = [
        identity(),
        identity(source=["the", "red", "hut"]),
        identity(target=["la", "maison", "bleue"]),
        identity(weights=np.array(WEIGHTS) * 0.9),
        identity(gold=None),
        identity(title="other"),
    ]
    assert_all_different(ids)


def test_a_lone_example_needs_no_title_and_several_get_one() -> None:
    bare = AttentionExample(SOURCE, TARGET, WEIGHTS)
    assert Page(html_of(bare)).named("p", **{"class": "am-title"}) == []
    titles = Page(html_of(bare, EXAMPLE)).texts("p", **{"class": "am-title"})
    assert titles == ["Example 1: the red house", "Order"]


def test_single_is_a_map_of_one_example() -> None:
    single = AttentionMap.single(SOURCE, TARGET, WEIGHTS, GOLD)
    assert single._repr_html_() == html_of(AttentionExample(SOURCE, TARGET, WEIGHTS, GOLD))


def test_a_map_of_8_by_10_is_small() -> None:
    rng = np.random.default_rng(0)
    example = AttentionExample(
        [f"source{i}" for i in range(10)],
        [f"target{i}" for i in range(8)],
        rng.dirichlet(np.ones(10), 8),
        {(i, i) for i in range(8)},
    )
    assert len(html_of(example).encode()) < 15_000


def test_the_page_fetches_nothing_and_does_not_move() -> None:
    assert_fetches_nothing_and_does_not_move(html_of(EXAMPLE))
    assert "#_ matches nothing" not in html_of(EXAMPLE)  # comments are for those who read the files


def test_the_example_keeps_what_it_was_given() -> None:
    weights = np.array(WEIGHTS)
    example = AttentionExample(SOURCE, TARGET, weights)
    weights[0, 0] = 0
    assert example.weights[0, 0] == 0.9
    with pytest.raises(ValueError, match="read-only"):
        example.weights[0, 0] = 0


@pytest.mark.parametrize(
    "weights",
    [
        WEIGHTS,
        np.array(WEIGHTS, dtype=np.float32),
        torch.tensor(WEIGHTS),
        torch.tensor(WEIGHTS, dtype=torch.bfloat16),
        torch.tensor(WEIGHTS, requires_grad=True),
    ],
    ids=["lists", "array", "tensor", "bfloat16", "with gradient"],
)
def test_weights_come_as_lists_arrays_or_tensors(weights: Any) -> None:
    example = AttentionExample(SOURCE, TARGET, weights)
    np.testing.assert_allclose(example.weights, WEIGHTS, atol=0.005)


# --- what it refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": "the red house"}, r"source is the single string .*source\.split\(\)"),
        ({"target": []}, "target is empty, expected at least one word"),
        ({"source": [4, 5, 6]}, "source holds 4 of type int, expected words"),
        ({"weights": np.ones((3, 4))}, r"shape \(3, 4\), expected \(3, 3\) = \(target words"),
        ({"target": ["la"], "weights": np.ones((3, 1))}, r"expected \(1, 3\).*look transposed"),
        ({"weights": np.ones((1, 2, 3, 3))}, r"one layer and one head, .* weights\[0, 0\]"),
        ({"weights": [[1, 2], [1]]}, r"not a table of numbers .*expected shape \(3, 3\)"),
        ({"weights": [["x"] * 3] * 3}, r"not a table of numbers"),
        ({"weights": [[1, 0, 0], [0, np.nan, 0], [0, 0, 1]]}, r"weights\[1, 1\] is nan.*finite"),
        ({"weights": [[1, 0, 0], [0, 1, np.inf], [0, 0, 1]]}, r"weights\[1, 2\] is inf.*finite"),
        ({"weights": [[1, 0, 0], [0, 1, 0], [-0.1, 0, 1]]}, r"weights\[2, 0\] is -0.1.*at least 0"),
        ({"gold": {(0, 3)}}, r"gold pair \(0, 3\) lies outside.*0 <= source index < 3"),
        ({"gold": {(-1, 0)}}, r"gold pair \(-1, 0\) lies outside"),
        ({"gold": [(0, 1, 2)]}, r"gold holds \(0, 1, 2\), expected pairs"),
        ({"gold": [3]}, "gold holds 3, expected pairs"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    given = {"source": SOURCE, "target": TARGET, "weights": WEIGHTS, **arguments}
    with pytest.raises(ValueError, match=message):
        AttentionExample(**given)


def test_a_map_is_made_of_examples() -> None:
    with pytest.raises(ValueError, match="at least one AttentionExample, got none"):
        AttentionMap([])
    with pytest.raises(TypeError, match=r"got tuple; for one pair .*AttentionMap\.single"):
        AttentionMap([(SOURCE, TARGET, WEIGHTS)])  # type: ignore[list-item]


# --- what a reader can do -------------------------------------------------------------------

LONG = [f"word{i}" for i in range(40)]
MAPS = [
    AttentionMap(
        [
            EXAMPLE,
            AttentionExample(LONG, LONG, np.eye(40) * 0.6 + 0.01, {(i, i) for i in range(40)}, "L"),
        ]
    ),
    AttentionMap.single(["a", "b", "a"], ["x", "y"], [[0.2, 0.3, 0.5], [0, 0.005, 0]]),
]


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with two maps, the first of them shown twice."""
    first, second = MAPS
    return write_page(tmp_path / "maps.html", first, second, first)


def test_maps_live_side_by_side_without_complaint(browser: webdriver.Chrome, page: str) -> None:
    readers = three_readers(browser, page)
    # each is set up once, though each brings the script
    assert [len(reader.all(".am-view")) for reader in readers] == [1, 1, 1]
    assert [len(reader.all("select")) for reader in readers] == [1, 0, 1]
    assert [len(reader.all("input")) for reader in readers] == [1, 0, 1]
    readers[2].words("Target")[2].click()
    assert [reader.pressed() for reader in readers] == [["la"], ["x"], ["rouge"]]


def test_a_target_word_shows_where_it_looked(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.hover(reader.words("Target")[1])
    assert reader.said == "“maison” looked at: house 0.64, red 0.32, the 0.04. Gold: house."
    assert reader.pressed() == ["maison"]
    assert reader.numbers("Source") == [".04", ".32", ".64 gold"]
    assert reader.numbers("Target") == ["", "", ""]
    assert reader.texts("td.on") == [".04", ".32", ".64 gold"]
    assert reader.texts("th.on") == ["maison"]
    shades = [b.value_of_css_property("background-color") for b in reader.words("Source")]
    cells = [c.value_of_css_property("background-color") for c in reader.all("td.on")]
    assert shades == cells
    assert len(set(shades)) == 3


def test_what_is_read_out_is_what_is_shown(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """Also where a third decimal could be rounded either way."""
    weights = [[0.10496, 0.10504, 0.004999, 0.9949, 12.3456]]
    figure = AttentionMap.single(list("abcde"), ["t"], weights, {(0, 2)})
    open_page(browser, write_page(tmp_path / "rounded.html", figure))
    reader = Reader(browser)
    assert reader.texts("td")[1:] == [".10", ".10", "gold", ".99", "12.35"]
    assert reader.said == "“t” looked at: e 12.35, d 0.99, a 0.10. Gold: c."


def test_a_source_word_shows_who_looked_at_it(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.hover(reader.words("Source")[1])
    assert reader.said == ("“red” was looked at by: rouge 1.00, maison 0.32, la 0.06. Gold: rouge.")
    assert reader.pressed() == ["red"]
    assert reader.numbers("Target") == [".06", ".32", "1.00 gold"]
    assert reader.texts("td.on") == [".06", ".32", "1.00 gold"]


def test_words_that_stand_twice_are_told_apart(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser, 1)
    assert reader.said == "“x” looked at: a (word 3) 0.50, b 0.30, a (word 1) 0.20."
    reader.hover(reader.words("Target")[1])
    assert reader.said == "“y” looked at: no weight reaches 0.01."


def test_a_cell_shows_its_row_and_names_its_column(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.hover(reader.all("tbody tr:nth-child(3) td")[1])
    assert reader.pressed() == ["rouge"]
    assert reader.texts("th.on") == ["red", "rouge"]
    reader.hover(reader.all("thead th")[0])
    assert reader.pressed() == ["the"]
    reader.hover(reader.all("tbody th")[0])
    assert reader.pressed() == ["la"]


def test_keys_move_between_words(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    assert reader.texts("button[tabindex='0']") == ["the .90 gold", "la"]
    stops = []
    for _ in range(5):
        reader.press(Keys.TAB)
        active = browser.switch_to.active_element
        stops.append((active.tag_name, active.get_attribute("role"), reader.focused()[:3]))
    # one stop for each sentence, not one for each word
    assert [tag for tag, _, _ in stops] == ["select", "input", "button", "button", "div"]
    assert stops[4][1] == "group"
    reader.words("Target")[0].click()
    for key, word in (
        (Keys.ARROW_RIGHT, "maison"),
        (Keys.ARROW_DOWN, "rouge"),
        (Keys.ARROW_RIGHT, "rouge"),
        (Keys.ARROW_LEFT, "maison"),
        (Keys.ARROW_UP, "la"),
        (Keys.ARROW_LEFT, "la"),
        (Keys.END, "rouge"),
        (Keys.HOME, "la"),
    ):
        reader.press(key)
        assert reader.focused() == word
        assert reader.pressed() == [word]
        assert reader.said.startswith(f"“{word}” looked at")
    reader.press(Keys.END)
    ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert reader.focused() == "the"
    reader.press(Keys.TAB)
    assert reader.focused() == "rouge"  # the stop stays where the reader left


def test_focus_can_be_seen(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.words("Target")[0].click()
    reader.press(Keys.ARROW_RIGHT)
    active = browser.switch_to.active_element
    assert active.value_of_css_property("outline-style") == "solid"
    assert active.value_of_css_property("outline-width") == "3px"


def test_a_tap_chooses_and_a_swipe_does_not(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    word = reader.words("Target")[2]
    reader.swipe_over(word)
    assert reader.pressed() == ["la"]
    reader.tap(word)
    assert reader.pressed() == ["rouge"]
    # what cannot have the focus answers to a tap as well; nor do all phones focus a button
    for element, word in ((reader.all("td.g")[1], "maison"), (reader.words("Source")[1], "red")):
        browser.execute_script("arguments[0].click()", element)
        assert reader.pressed() == [word]


def test_the_gold_alignment_can_be_hidden(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    (toggle,) = reader.all("input[type=checkbox]")
    (cell,) = reader.all("tbody tr:first-child td.g")
    button = reader.words("Source")[0]
    assert toggle.is_selected()
    for shown in (True, False, True):
        style = "solid" if shown else "none"
        assert cell.value_of_css_property("outline-style") == style
        assert button.value_of_css_property("outline-style") == style
        assert ("Gold: the." in reader.said) is shown
        assert cell.text.split() == [".90", *["gold"] * shown]
        toggle.click()


def test_examples_can_be_chosen(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    select = Select(reader.all("select")[0])
    assert [option.text for option in select.options] == ["Order", "L"]
    assert len(reader.all("table")) == 1
    select.select_by_visible_text("L")
    assert len(reader.all("table")) == 1
    assert [button.text.split("\n")[0] for button in reader.words("Target")] == LONG
    assert reader.said.startswith("“word0” looked at: word0 0.61")
    select.select_by_visible_text("Order")
    assert reader.said.startswith("“la” looked at")


def test_a_long_sentence_fits_a_phone(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    Select(reader.all("select")[0]).select_by_visible_text("L")
    words = reader.words("Target")
    (box,) = reader.all(".am-box")
    for i in (30, 2):  # to the right and down, and back again
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", words[i])
        before = browser.execute_script("return scrollY")
        # no mouse here: on its way it would choose, and so scroll to, other words
        browser.execute_script("arguments[0].click()", words[i])
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390
        assert browser.execute_script("return scrollY") == before
        strongest = reader.all("td.on")[i]
        assert strongest.text.split() == [".61", "gold"]
        inside, corner, head, cell = (
            browser.execute_script("return arguments[0].getBoundingClientRect().toJSON()", element)
            for element in (box, reader.all("thead td")[0], reader.all("tbody th")[i], strongest)
        )
        assert inside["right"] <= 390
        assert corner["left"] == pytest.approx(inside["left"], abs=1)
        assert corner["top"] == pytest.approx(inside["top"], abs=1)
        assert head["left"] == pytest.approx(inside["left"], abs=1)
        # the cell lies in the part of the box that the sticky words leave free
        assert corner["right"] - 1 <= cell["left"] <= cell["right"] <= inside["right"] + 1
        assert corner["bottom"] - 1 <= cell["top"] <= cell["bottom"] <= inside["bottom"] + 1


@every_theme
def test_every_text_can_be_read_in_both_themes(
    browser: webdriver.Chrome, page: str, prepare: str, dark: bool
) -> None:
    with in_theme(browser, page, prepare):
        # all shades at once, the worst of them next to where the text changes its colour
        shades = [0, 0.01, 0.2, 0.4, 0.6, 0.694, 0.695, 0.8, 1]
        browser.execute_script(
            "document.querySelectorAll('.attention-map')[1].outerHTML = arguments[0]",
            AttentionMap.single(["s"] * 9, ["t"], [shades])._repr_html_(),
        )
        assert_readable(browser, dark, at_least=51)


def test_outlines_stand_out_in_both_themes(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        root = browser.find_element(By.CSS_SELECTOR, ".attention-map")
        cell = browser.find_element(By.CSS_SELECTOR, "td.g")
        ground = root.value_of_css_property("background-color")
        assert cell.value_of_css_property("outline-width") == "2px"
        assert contrast(cell.value_of_css_property("outline-color"), ground) >= 3


def test_the_styles_of_a_page_do_not_reach_the_table(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    measure = (
        "const cell = document.querySelectorAll('tbody tr')[1].lastElementChild;"
        "const style = getComputedStyle(cell);"
        "return [getComputedStyle(cell.parentNode).backgroundColor, style.backgroundColor,"
        " style.padding, style.textAlign, style.borderTopWidth, cell.offsetWidth]"
    )
    before = browser.execute_script(measure)
    browser.execute_script(  # as notebooks and themes have it
        "document.head.insertAdjacentHTML('beforeend', `<style>"
        "html.a body.a table tbody tr:nth-child(even) { background: red; }"
        "html.a body.a table tr td { padding: 1em; text-align: right; border: 5px solid red; }"
        "</style>`); document.documentElement.className = document.body.className = 'a';"
    )
    assert browser.execute_script(measure) == before


def test_without_a_script_the_tables_are_there(browser: webdriver.Chrome, page: str) -> None:
    with without_script(browser):
        browser.get(page)
        reader = Reader(browser)
        assert reader.all("button, select, input, [role=status]") == []
        assert reader.texts(".am-title") == ["Order", "L"]
        assert len(reader.all("table")) == 2
        assert reader.texts("th")[:6] == SOURCE + TARGET
        cells = reader.all("td")[1:4]
        shades = {cell.value_of_css_property("background-color") for cell in cells}
        assert len(shades) == 3
        assert cells[0].value_of_css_property("outline-style") == "solid"


def test_on_paper_the_whole_table_is_there(browser: webdriver.Chrome, page: str) -> None:
    with media(browser, "print", "dark"):
        open_page(browser, page)
        resize(browser, 700, 1000)  # about the width of A4 between its margins
        reader = Reader(browser)
        assert reader.all("button, select, input") == []
        assert reader.texts(".am-title") == ["Order", "L"]
        table = reader.all("table")[1]
        assert table.size["width"] <= 700
        assert contrast(reader.root.value_of_css_property("background-color"), "#ffffff") == 1
        assert len([text for text in reader.texts("tbody td") if text]) > 1600
