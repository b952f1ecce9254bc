"""The attention explorer: what it holds, what it refuses, and what a reader can do with it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.models.transformer import Transformer
from attention_course.widgets import AttentionExplorer, HeadMaps, parts
from browser import open_page, resize
from colours import contrast
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
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

SOURCE, TARGET = ["the", "red", "house"], ["la", "maison", "rouge", "la"]
GOLD = {(0, 0), (1, 2), (2, 1)}


def drawn(*shape: int, seed: int = 0, causal: bool = False) -> np.ndarray:
    """Weights (N, H, T, S) whose rows sum to 1, in no row two alike to two decimals."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(shape[-1]), shape[:-1])
    if causal:
        weights = np.tril(weights + 1e-3)
        weights /= weights.sum(-1, keepdims=True)
    return weights


OWN = HeadMaps(SOURCE, SOURCE, drawn(2, 3, 3, 3), title="Source at source")
CROSS = HeadMaps(SOURCE, TARGET, drawn(2, 3, 4, 3, seed=1), GOLD, "Target at source")
FIGURE = AttentionExplorer([OWN, CROSS])


def html_of(*maps: HeadMaps) -> str:
    return AttentionExplorer(maps)._repr_html_()


def given_in(html: str) -> dict[str, Any]:
    return json.loads(str(Page(html).nodes[0].attributes["data-given"]))


def opacity_of(style: str) -> np.ndarray:
    """The opacities in the PNG picture that a small map's style holds."""
    file = base64.b64decode(re.findall(r"base64,([^)]*)\)", style)[0])
    width, height = (int.from_bytes(file[i : i + 4], "big") for i in (16, 20))
    data = file.index(b"IDAT")
    rows = zlib.decompress(file[data + 4 : -12])
    pixels = np.frombuffer(rows, dtype=np.uint8).reshape(height, 1 + 2 * width)
    return pixels[:, 2::2]


# --- what it holds --------------------------------------------------------------------------


def test_the_plain_form_is_stable() -> None:
    assert repr(FIGURE) == "AttentionExplorer(2 examples: 2×3×3×3, 2×3×4×3)"
    assert repr(AttentionExplorer(OWN)) == "AttentionExplorer(1 example: 2×3×3×3)"
    assert repr(CROSS) == "HeadMaps(2×3×4×3)"


def test_all_weights_are_in_it_and_the_means_of_the_heads() -> None:
    own, cross = (np.array(maps) / 1000 for maps in given_in(FIGURE._repr_html_())["maps"])
    for found, kind in ((own, OWN), (cross, CROSS)):
        np.testing.assert_allclose(found[:, :-1], kind.weights, atol=0.00051)
        np.testing.assert_allclose(found[:, -1], kind.weights.mean(1), atol=0.00051)
        np.testing.assert_allclose(found.sum(-1), 1, atol=0.002)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_weights_come_back_to_three_decimals(data: st.DataObject) -> None:
    N, H, T, S = (data.draw(st.integers(1, most)) for most in (3, 3, 5, 5))
    weights = drawn(N, H, T, S, seed=data.draw(st.integers(0, 2**32 - 1)))
    (found,) = given_in(html_of(HeadMaps(["s"] * S, ["t"] * T, weights)))["maps"]
    np.testing.assert_allclose(np.array(found)[:, :H], 1000 * weights, atol=0.51)


def test_a_single_head_has_no_mean_beside_it() -> None:
    html = html_of(HeadMaps(SOURCE, SOURCE, drawn(2, 1, 3, 3)))
    assert np.array(given_in(html)["maps"][0]).shape == (2, 1, 3, 3)
    assert Page(html).texts("th", scope="col") == ["head 1", *SOURCE]
    assert Page(html).texts("p", **{"class": "am-label ae-shown"}) == ["Layer 2, head 1"]


def test_the_small_maps_are_pictures_of_the_weights() -> None:
    page = Page(html_of(CROSS))
    small = page.named("span", role="img")
    assert [node.attributes["aria-label"] for node in small] == [
        f"Layer {n}, {name}"
        for n in (1, 2)
        for name in ("head 1", "head 2", "head 3", "mean of heads")
    ]
    pictures = np.stack([opacity_of(str(node.attributes["style"])) for node in small])
    expected = CROSS.with_means().reshape(8, 4, 3)
    np.testing.assert_allclose(pictures / 255, expected, atol=0.003)
    (example,) = page.named("div", **{"class": "am-example"})
    assert example.attributes["style"] == "--ratio:3/4"  # as wide as there are source words


def test_the_table_begins_with_the_mean_of_the_last_layer() -> None:
    page = Page(html_of(CROSS))
    heads = ["head 1", "head 2", "head 3", "mean"]
    assert page.texts("th", scope="col") == [*heads, *SOURCE]
    assert page.texts("th", scope="row") == ["layer 1", "layer 2", *TARGET]
    assert page.texts("p", **{"class": "am-label ae-shown"}) == ["Layer 2, mean of heads"]
    cells = [cell for cell in page.named("td") if "--w" in str(cell.attributes.get("style"))]
    shades = np.array([float(str(cell.attributes["style"]).removeprefix("--w:")) for cell in cells])
    np.testing.assert_allclose(shades.reshape(4, 3), CROSS.weights[-1].mean(0), atol=0.00051)
    golden = [i for i, cell in enumerate(cells) if "g" in str(cell.attributes.get("class")).split()]
    assert golden == [0, 5, 7]


def test_a_models_maps_fit_in_as_they_are() -> None:
    torch.manual_seed(0)
    model = Transformer(9, 9, d=8, heads=2, layers=2, d_ff=8).eval()
    source, target = torch.randint(4, 9, (1, 5)), torch.randint(4, 9, (1, 4))
    with torch.no_grad():
        looks = model.looks(source, torch.ones(1, 5, dtype=torch.bool), target)
    sizes = {"encoder": (5, 5), "decoder": (4, 4), "cross": (4, 5)}
    for kind, (T, S) in sizes.items():
        maps = HeadMaps(["s"] * S, ["t"] * T, getattr(looks, kind)[0])
        np.testing.assert_allclose(maps.weights, getattr(looks, kind)[0], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(ANY_WORD, min_size=1, max_size=4), ANY_WORD)
def test_no_word_can_break_out(words: list[str], title: str) -> None:
    maps = HeadMaps(words, words, drawn(1, 2, len(words), len(words)), None, title)
    page = Page(html_of(maps, maps))
    assert page.texts("th", scope="col") == ["head 1", "head 2", "mean", *words] * 2
    assert page.texts("th", scope="row") == ["layer 1", *words] * 2
    assert page.named("div", **{"class": "am-example"})[0].attributes["data-title"] == title
    assert_made_of(page, "div style p table thead tbody tr th td span script")


def test_equal_figures_have_equal_ids_and_others_do_not() -> None:
    def identity(**changes: Any) -> str:
        return id_of(html_of(HeadMaps(**{**GOOD, **changes})))

    weights = GOOD["weights"]
    other = weights.copy()
    other[0, 0, 0] = np.roll(other[0, 0, 0], 1)  # in a head that the table does not begin with
    assert identity() == identity(weights=torch.tensor(weights), gold=[*GOLD])
    ids = [
        identity(),
        identity(source=SOURCE[::-1]),
        identity(target=TARGET[::-1]),
        identity(weights=other),
        identity(gold=None),
        identity(title="other"),
    ]
    assert_all_different(ids)


def transformer_maps(layers: int, heads: int, words: int) -> AttentionExplorer:
    """As many maps as such a Transformer has, each with some small and some large weights."""
    draws = np.random.default_rng(0)
    spoken = [f"word{i}" for i in range(words)]
    kinds = []
    for title in ("encoder", "decoder", "cross"):
        weights = draws.dirichlet(np.full(words, 0.3), (layers, heads, words))
        kinds.append(HeadMaps(spoken, spoken, weights, title=title))
    return AttentionExplorer(kinds)


@pytest.mark.parametrize(("layers", "heads", "kilobytes"), [(2, 4, 45), (6, 8, 120)])
def test_it_is_as_small_as_its_docstring_says(layers: int, heads: int, kilobytes: int) -> None:
    size = len(transformer_maps(layers, heads, 8)._repr_html_().encode())
    assert 0.9 * kilobytes < size / 1000 <= kilobytes
    said = " ".join(str(AttentionExplorer.__doc__).split())
    assert f"{kilobytes} kB where there are {layers}" in said


def test_the_page_fetches_nothing_and_does_not_move() -> None:
    assert_fetches_nothing_and_does_not_move(FIGURE._repr_html_())


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16, torch.float16])
def test_weights_may_have_half_precision(kind: torch.dtype) -> None:
    weights = torch.softmax(torch.randn(2, 3, 4, 3, generator=torch.manual_seed(0)), -1).to(kind)
    maps = HeadMaps(SOURCE, TARGET, weights.requires_grad_())
    np.testing.assert_allclose(maps.weights, weights.detach().double(), atol=1e-9)


def test_the_maps_keep_what_they_were_given() -> None:
    weights = drawn(1, 2, 4, 3)
    maps = HeadMaps(SOURCE, TARGET, weights)
    before = weights[0, 0, 0, 0]
    weights[0, 0, 0, 0] = 0
    assert maps.weights[0, 0, 0, 0] == before
    with pytest.raises(ValueError, match="read-only"):
        maps.weights[0, 0, 0, 0] = 0


# --- what it refuses ------------------------------------------------------------------------

GOOD: dict[str, Any] = {
    "source": SOURCE,
    "target": TARGET,
    "weights": drawn(2, 2, 4, 3),
    "gold": GOLD,
    "title": "t",
}


def changed(value: float) -> np.ndarray:
    weights = np.array(GOOD["weights"])
    weights[1, 0, 2, 1] = value
    return weights


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": "the red house"}, r"source is the single string .*source\.split\(\)"),
        ({"target": []}, "target is empty, expected at least one word"),
        ({"target": [4, 5, 6, 7]}, "target holds 4 of type int, expected words"),
        (
            {"target": TARGET[:3]},
            r"weights have shape \(2, 2, 4, 3\), expected \(layers, heads, 3, 3\) = \(layers, "
            r"heads, target words, source words\)$",
        ),
        ({"source": [*SOURCE, "end"]}, r"shape \(2, 2, 4, 3\), expected \(layers, heads, 4, 4\)"),
        ({"weights": drawn(1, 2, 2, 4, 3)}, r"choose one of the batch, for example weights\[0\]"),
        ({"weights": drawn(2, 4, 3)}, r"for one layer give weights\[None\]"),
        ({"weights": drawn(4, 3)}, r"shape \(4, 3\), expected \(layers, heads, 4, 3\)"),
        ({"weights": drawn(2, 2, 3, 4)}, "they look transposed"),
        ({"weights": np.zeros((0, 2, 4, 3))}, r"shape \(0, 2, 4, 3\).* none where they are not"),
        ({"weights": np.zeros((2, 0, 4, 3))}, r"shape \(2, 0, 4, 3\), expected"),
        ({"weights": [[1, 2], [1]]}, r"not a table of numbers .*expected shape \(layers, heads"),
        ({"weights": changed(np.nan)}, r"weights\[1, 0, 2, 1\] is nan.*finite"),
        ({"weights": changed(-0.1)}, r"weights\[1, 0, 2, 1\] is -0.1.*at least 0"),
        (
            {"weights": changed(1.5)},
            r"weights\[1, 0, 2\] sum to \d\.\d{3}, expected every row to sum to 1 within 0.01$",
        ),
        ({"weights": np.zeros((1, 1, 4, 3))}, r"weights\[0, 0, 0\] sum to 0.000, expected every"),
        (
            {"weights": np.swapaxes(drawn(2, 2, 3, 4), 2, 3)},
            r"the columns do, as after a softmax over the target words",
        ),
        ({"gold": {(0, 3)}}, r"gold pair \(0, 3\) lies outside.*0 <= source index < 3"),
        ({"gold": [3]}, "gold holds 3, expected pairs"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HeadMaps(**{**GOOD, **arguments})


def test_an_explorer_is_made_of_head_maps() -> None:
    with pytest.raises(ValueError, match="at least one HeadMaps, got none"):
        AttentionExplorer([])
    with pytest.raises(TypeError, match=r"got ndarray; for one kind .*HeadMaps\(source, target"):
        AttentionExplorer([GOOD["weights"]])


# --- what a reader can do -------------------------------------------------------------------

LONG = [f"word{i}" for i in range(30)]
LARGE = AttentionExplorer(HeadMaps(LONG, LONG, drawn(6, 8, 30, 30, causal=True)))


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with two figures, the first of them shown twice."""
    return write_page(tmp_path / "explorers.html", FIGURE, LARGE, FIGURE)


# The beginnings of what the two rows of words are called, as a selector has them.
LOOKED_AT, LOOKING = '"Words that are"', '"Words that look,"'


def kinds(reader: Reader) -> list[WebElement]:
    return reader.words("Who")


def heads(reader: Reader) -> list[WebElement]:
    return reader.all("button:has(.ae-map)")


def table(reader: Reader) -> np.ndarray:
    """The weights behind the shades of the large table; its numbers and its text's colour fit."""
    rows = reader.browser.execute_script(
        "return [...arguments[0].querySelectorAll('tbody tr')].map(row =>"
        " [...row.querySelectorAll('td')].map(cell =>"
        " [parseFloat(cell.style.getPropertyValue('--w')) || 0, cell.innerText,"
        "  cell.classList.contains('f')]))",
        reader.all("table")[1],
    )
    shades = np.array([[shade for shade, _, _ in row] for row in rows])
    numbers = [
        [float("0" + (re.match(r"[\d.]+", text) or [""])[0]) for _, text, _ in r] for r in rows
    ]
    np.testing.assert_allclose(numbers, shades, atol=0.01)  # below that, blank
    flipped = np.array([[light for _, _, light in row] for row in rows])
    np.testing.assert_array_equal(flipped, shades >= parts.FLIP_FROM)
    return shades


def chosen(reader: Reader) -> dict[str, list[str]]:
    """The pressed buttons: which kind, which word, which head."""
    return {
        what: [node.accessible_name.split(":")[0] for node in reader.all(selector)]
        for what, selector in {
            "kind": ".am-bar button[aria-pressed=true]",
            "word": ".am-view button[aria-pressed=true]",
            "head": "td button[aria-pressed=true]",
        }.items()
    }


def strongest(weights: np.ndarray, words: list[str]) -> list[list[str]]:
    """For lines (heads, words) the word of the largest weight, and the weight as it is shown."""
    return [
        [words[line.argmax()], f"{line.max().round(3):.2f}".removeprefix("0")] for line in weights
    ]


def captions(reader: Reader) -> list[list[str]]:
    return [
        [node.text for node in button.find_elements("css selector", ".ae-word, .ae-number")]
        for button in heads(reader)
    ]


def test_figures_live_side_by_side_without_complaint(browser: webdriver.Chrome, page: str) -> None:
    readers = three_readers(browser, page)
    assert [len(reader.all(".am-view")) for reader in readers] == [1, 1, 1]
    assert [len(kinds(reader)) for reader in readers] == [2, 0, 2]
    assert [len(heads(reader)) for reader in readers] == [8, 54, 8]
    heads(readers[2])[1].click()
    assert chosen(readers[0])["head"] == ["Layer 2, mean of heads"]
    assert chosen(readers[2])["head"] == ["Layer 1, head 2"]


def test_a_word_shows_where_it_looks_in_every_head(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    reader.hover(reader.words(LOOKING)[1])
    all_lines = OWN.with_means()[:, :, 1].reshape(8, 3)
    line = all_lines[-1]
    order = np.argsort(-line)
    read = ", ".join(f"{SOURCE[s]} {line[s]:.2f}" for s in order)
    assert reader.said == f"Layer 2, mean of heads. “red” looked at: {read}."
    shown = [f"{w:.2f}".removeprefix("0") for w in line]
    assert reader.numbers(LOOKED_AT) == shown
    assert reader.texts("td.on") == shown
    assert captions(reader) == strongest(all_lines, SOURCE)
    first = heads(reader)[0].accessible_name
    word, number = strongest(all_lines, SOURCE)[0]
    assert first == f"Layer 1, head 1: {word} {number}"


def test_a_word_shows_who_looks_at_it(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    kinds(reader)[1].click()
    reader.hover(reader.words(LOOKED_AT)[2])
    line = CROSS.with_means()[..., 2].reshape(8, 4)
    assert captions(reader) == strongest(line, TARGET)
    assert reader.said.startswith("Layer 2, mean of heads. “house” was looked at by: ")
    assert reader.said.endswith("Gold: maison.")
    assert reader.numbers(LOOKING)[0] == f"{line[-1, 0]:.2f}".removeprefix("0")


def test_a_small_map_brings_its_head_into_the_table(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    kinds(reader)[1].click()
    reader.words(LOOKING)[2].click()
    weights = CROSS.with_means()
    np.testing.assert_allclose(table(reader), weights[1, 3], atol=0.00051)
    for n in (0, 1):
        for h, name in enumerate(("head 1", "head 2", "head 3", "mean of heads")):
            heads(reader)[4 * n + h].click()
            np.testing.assert_allclose(table(reader), weights[n, h], atol=0.00051)
            assert chosen(reader) == {
                "kind": ["Target at source"],
                "word": ["rouge"],
                "head": [f"Layer {n + 1}, {name}"],
            }
            assert reader.texts(".ae-shown") == [f"Layer {n + 1}, {name}"]
            assert reader.said.startswith(f"Layer {n + 1}, {name}. “rouge” looked at: ")
            assert reader.said.endswith(" Gold: red.")
            most = strongest(weights[n, h, 2:3], SOURCE)[0][0]
            assert reader.said.split("looked at: ")[1].startswith(most)
            assert [text.split()[-1] for text in reader.texts("td.g")] == ["gold"] * 3


def test_each_kind_has_its_own_choice(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    assert reader.texts(".am-title") == []
    assert len(reader.all("table")) == 2
    heads(reader)[0].click()
    kinds(reader)[1].click()
    assert chosen(reader)["kind"] == ["Target at source"]
    assert len(reader.all("table")) == 2
    assert chosen(reader)["head"] == ["Layer 2, mean of heads"]
    kinds(reader)[0].click()
    assert chosen(reader)["head"] == ["Layer 1, head 1"]
    np.testing.assert_allclose(table(reader), OWN.weights[0, 0], atol=0.00051)


def test_a_word_that_was_clicked_stays_when_the_mouse_moves_on(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    looking, looked_at = reader.words(LOOKING), reader.words(LOOKED_AT)
    reader.hover(looking[2])
    reader.hover(heads(reader)[0])  # nothing was clicked: the last word stays
    assert chosen(reader)["word"] == ["house"]
    looking[1].click()
    reader.hover(looked_at[0])  # on its way the mouse shows another word …
    assert chosen(reader)["word"] == ["the"]
    reader.hover(heads(reader)[3])  # … and neither that nor a head stays
    assert chosen(reader) == {
        "kind": ["Source at source"],
        "word": ["red"],
        "head": ["Layer 2, mean of heads"],
    }
    reader.hover(reader.all("table")[1].find_elements("css selector", "tbody th")[2])
    assert chosen(reader)["word"] == ["house"]
    reader.hover(heads(reader)[3])
    assert chosen(reader)["word"] == ["red"]


def framed(reader: Reader, number: int) -> list[float]:
    """The frame in a small map: left, top, width and height as shares of the map's."""
    return reader.browser.execute_script(
        "const map = arguments[0].querySelector('.ae-map');"
        "const frame = getComputedStyle(map, '::after');"
        "return ['left', 'top', 'width', 'height'].map(side => parseFloat(frame[side]) /"
        " (side === 'left' || side === 'width' ? map.clientWidth : map.clientHeight))",
        heads(reader)[number],
    )


def test_the_chosen_words_line_is_framed_in_every_small_map(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    kinds(reader)[1].click()
    reader.words(LOOKING)[2].click()
    for number in (0, 7):
        assert framed(reader, number) == pytest.approx([0, 2 / 4, 1, 1 / 4], abs=0.02)
    reader.words(LOOKED_AT)[1].click()
    for number in (0, 7):
        assert framed(reader, number) == pytest.approx([1 / 3, 0, 1 / 3, 1], abs=0.02)


def test_a_small_map_shows_its_weights(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """As it is painted: full, half and no weight, one square each, none of them blurred."""
    weights = [[[[0, 1], [0.5, 0.5]]]]
    figure = AttentionExplorer(HeadMaps(["a", "b"], ["x", "y"], weights))
    open_page(browser, write_page(tmp_path / "small.html", figure))
    reader = Reader(browser)
    (small,) = reader.all(".ae-map")
    browser.execute_script(  # without the frame
        "document.head.insertAdjacentHTML('beforeend',"
        "'<style>.ae-map::after { display: none; }</style>')"
    )
    image = pixels(browser, small)
    height, width = image.shape[:2]
    assert width == pytest.approx(height, abs=1)
    ground, full = [255, 255, 255], [8, 60, 130]
    half = np.mean([ground, full], axis=0)
    for (row, column), colour in {(0, 0): ground, (0, 1): full, (1, 0): half, (1, 1): half}.items():
        y, x = row * height // 2, column * width // 2
        part = image[y + 2 : y + height // 2 - 2, x + 2 : x + width // 2 - 2]
        np.testing.assert_allclose(
            part.reshape(-1, 3), np.tile(colour, (part.size // 3, 1)), atol=3
        )


def pixels(browser: webdriver.Chrome, element: WebElement) -> np.ndarray:
    """What is painted there (Y, X, 3)."""
    picture = "data:image/png;base64," + element.screenshot_as_base64
    size, flat = browser.execute_async_script(
        "const done = arguments[1], image = new Image();"
        "image.onload = () => {"
        " const canvas = document.createElement('canvas');"
        " canvas.width = image.width; canvas.height = image.height;"
        " const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);"
        " done([[image.height, image.width],"
        "  [...pen.getImageData(0, 0, image.width, image.height).data]]); };"
        "image.src = arguments[0];",
        picture,
    )
    return np.array(flat).reshape(*size, 4)[..., :3]


def test_keys_move_between_kinds_words_and_heads(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    stops = []
    for _ in range(6):
        reader.press(Keys.TAB)
        stops.append(browser.switch_to.active_element.accessible_name.split(":")[0])
    # one stop for each row of buttons, not one for each button
    assert [stops[0], stops[3], stops[4]] == [
        "Source at source",
        "All layers and heads Source at source",
        "Layer 2, mean of heads",
    ]
    assert stops[5] == "Attention weights Source at source"
    browser.execute_script("arguments[0].focus()", heads(reader)[-1])
    weights = OWN.with_means()
    for key, n, h in (
        (Keys.ARROW_LEFT, 1, 2),
        (Keys.ARROW_UP, 0, 2),
        (Keys.ARROW_UP, 0, 2),  # there is no row above
        (Keys.ARROW_DOWN, 1, 2),
        (Keys.ARROW_DOWN, 1, 2),
        (Keys.HOME, 0, 0),
        (Keys.ARROW_RIGHT, 0, 1),
        (Keys.END, 1, 3),
    ):
        reader.press(key)
        np.testing.assert_allclose(table(reader), weights[n, h], atol=0.00051)
        assert browser.switch_to.active_element == heads(reader)[4 * n + h]
        stop = reader.all("td button[tabindex='0']")
        assert stop == [heads(reader)[4 * n + h]]
    assert browser.switch_to.active_element.value_of_css_property("outline-width") == "3px"
    reader.words(LOOKING)[0].click()
    reader.press(Keys.ARROW_RIGHT)
    assert chosen(reader)["word"] == ["red"]
    browser.execute_script("arguments[0].focus()", kinds(reader)[0])
    reader.press(Keys.ARROW_RIGHT)
    assert chosen(reader)["kind"] == ["Target at source"]
    assert reader.said.startswith("Layer 2, mean of heads. “la (word 1)” looked at")


def test_a_screen_reader_hears_the_numbers(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    reader = Reader(browser)
    (region,) = reader.all("[role=status]")
    assert region.aria_role == "status"
    assert [node.aria_role for node in reader.all("table")[1:]] == ["table"]
    row = reader.all("table")[1].find_elements("css selector", "tbody tr")[0]
    roles = [node.aria_role for node in row.find_elements("css selector", "th, td")]
    assert roles == ["rowheader", "cell", "cell", "cell"]
    for group in reader.all("[role=group]"):
        assert group.accessible_name


def test_a_tap_chooses_words_heads_and_kinds(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    reader = Reader(browser)
    reader.tap(kinds(reader)[1])
    assert chosen(reader)["kind"] == ["Target at source"]
    reader.tap(reader.words(LOOKING)[2])
    reader.tap(heads(reader)[1])
    assert chosen(reader) == {
        "kind": ["Target at source"],
        "word": ["rouge"],
        "head": ["Layer 1, head 2"],
    }


def test_it_fits_a_phone(browser: webdriver.Chrome, page: str) -> None:
    resize(browser, 390, 844)
    open_page(browser, page)
    width = "return document.documentElement.scrollWidth"
    small, large = Reader(browser), Reader(browser, 1)
    for button in [*kinds(small), *heads(small)]:
        box = button.rect
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        assert box["width"] >= 24
        assert box["height"] >= 24
    assert browser.execute_script(width) == 390
    # many heads and words scroll within their boxes
    for head, word in ((10, 28), (53, 3)):
        browser.execute_script("arguments[0].click()", heads(large)[head])
        browser.execute_script("arguments[0].click()", large.words(LOOKING)[word])
        assert browser.execute_script(width) == 390
        for box in large.all(".am-box"):
            assert box.rect["x"] + box.rect["width"] <= 390
            # nothing shines through the words that stay in sight
            for cell in box.find_elements("css selector", "thead *, tbody th"):
                if cell.value_of_css_property("position") == "sticky":
                    ground = large.root.value_of_css_property("background-color")
                    assert cell.value_of_css_property("background-color") == ground
    expected = drawn(6, 8, 30, 30, causal=True)[5].mean(0)
    shades = browser.execute_script(
        "return [...arguments[0].querySelectorAll('td')].map(cell =>"
        " parseFloat(cell.style.getPropertyValue('--w')) || 0)",
        large.all("table")[1].find_elements("css selector", "tbody tr")[3],
    )
    np.testing.assert_allclose(shades, expected[3], atol=0.00051)


def test_small_maps_and_table_stand_side_by_side_where_there_is_room(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    for width, beside in ((1280, True), (390, False)):
        resize(browser, width, 900)
        overview, weights = Reader(browser).all("table")
        right = overview.rect["x"] + overview.rect["width"]
        assert (weights.rect["x"] >= right) is beside


@every_theme
def test_every_text_can_be_read_in_both_themes(
    browser: webdriver.Chrome, tmp_path: Path, prepare: str, dark: bool
) -> None:
    shades = np.array([0, 0.02, 0.04, 0.2, 0.74])  # on both sides of where the text flips
    weights = np.stack([np.roll(shades, i) for i in range(5)])[None, None]
    maps = HeadMaps(list("abcde"), list("uvwxy"), weights, {(0, 0)})
    with in_theme(browser, write_page(tmp_path / "one.html", AttentionExplorer(maps)), prepare):
        assert_readable(browser, dark, at_least=35)


def test_frames_and_shades_stand_out_in_both_themes(browser: webdriver.Chrome, page: str) -> None:
    open_page(browser, page)
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        reader = Reader(browser)
        ground = reader.root.value_of_css_property("background-color")
        fill, frame = browser.execute_script(
            "const map = arguments[0];"
            "return [getComputedStyle(map, '::before').backgroundColor,"
            " getComputedStyle(map, '::after').outlineColor]",
            reader.all(".ae-map")[0],
        )
        assert contrast(fill, ground) >= 3
        assert contrast(frame, ground) >= 3


def test_without_a_script_small_maps_and_tables_are_there(
    browser: webdriver.Chrome, page: str
) -> None:
    with without_script(browser):
        resize(browser, 390, 844)
        browser.get(page)
        reader = Reader(browser)
        assert reader.all("button, select, input, [role=status]") == []
        assert reader.texts(".am-title") == ["Source at source", "Target at source"]
        assert len(reader.all(".ae-map")) == 16
        np.testing.assert_allclose(table(reader), OWN.weights[-1].mean(0), atol=0.00051)
        assert reader.texts(".ae-shown") == ["Layer 2, mean of heads"] * 2
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_on_paper_all_kinds_are_there_with_the_chosen_heads(
    browser: webdriver.Chrome, page: str
) -> None:
    open_page(browser, page)
    heads(Reader(browser))[0].click()
    with media(browser, "print", "dark"):
        resize(browser, 700, 1000)
        reader = Reader(browser)
        assert reader.texts(".am-title") == ["Source at source", "Target at source"]
        assert reader.texts(".ae-shown") == ["Layer 1, head 1", "Layer 2, mean of heads"]
        np.testing.assert_allclose(table(reader), OWN.weights[0, 0], atol=0.00051)
        assert len(reader.all(".ae-map")) == 16
        assert reader.all(".am-bar, .am-view, .ae-word") == []
        assert contrast(reader.root.value_of_css_property("background-color"), "#ffffff") == 1
