"""Exercise 9: what its notebook shows is what its questions have, and what they say of answers."""

from __future__ import annotations

import itertools
import math
import re

import pytest
import torch
from attention_course.exercises import choosing, growing, registry
from attention_course.exercises.self_attention import (
    by_hand_answers as by_hand,
)
from attention_course.exercises.self_attention import (
    heads,
    heads_answers,
    masks_answers,
    positions,
    positions_answers,
    reading,
    sizes,
    train,
    training,
)
from attention_course.exercises.self_attention.attend import QUESTION as ATTEND
from attention_course.exercises.self_attention.attend_answers import attention, gradient_lost
from attention_course.models.positions import sinusoids
from attention_course.models.self_attention import Memory, MultiHeadAttention, attend, causal_mask
from sheets import Sheet
from torch import Tensor

SHEET = Sheet("self_attention")
TEXT, shown, examined = SHEET.text, SHEET.shown, SHEET.examined


# --- the text -----------------------------------------------------------------------------------


def test_the_slow_heads_in_the_text_are_those_of_the_question() -> None:
    slow = shown("slow_heads")
    for inputs in heads.QUESTION.draw(3):
        given = [inputs[name] for name in ("queries", "keys", "values", "W_O", "heads")]
        assert torch.equal(slow(*given), heads_answers.slow_heads(*given))
    many = (f"{count:,}".replace(",", " ") for count in (heads.MANY_HEADS["heads"], growing.MANY))
    assert "tries {} heads, and {} of each of the others".format(*many) in TEXT


def test_the_training_in_the_text_is_that_of_the_question() -> None:
    batches = train.SENTENCES // choosing.BATCH_SIZE
    assert f"{batches} batches of {choosing.BATCH_SIZE} such sentences" in TEXT
    assert f"one layer, {training.HEADS} heads, {training.D} numbers a word" in TEXT
    assert f"Of {train.UNSEEN} sentences" in TEXT
    assert f"at least {100 * train.RIGHT:.0f} % rightly" in TEXT
    assert f"of their {train.UNSEEN // 2} pairs of twins both" in TEXT
    assert f"in at least {100 * train.TWINS:.0f} %" in TEXT


def test_the_broken_layer_in_the_text_is_the_known_mistake() -> None:
    broken = shown("broken_layer")
    for inputs in registry.question("self_attention.masks").draw(3):
        given = masks_answers.broken_layer(*inputs.values())
        torch.testing.assert_close(broken(*inputs.values()), given)


def test_the_maps_in_the_text_are_those_of_the_question() -> None:
    part = TEXT[TEXT.index("## Read what heads look for") :]
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| ([\d. |]+) \|$", part, re.MULTILINE)
    table = [[float(cell) for cell in row.split(" | ")] for _, row in rows]
    assert table == [row for one in reading.maps().values() for row in one]
    assert tuple(word for word, _ in rows) == reading.SENTENCE * 4
    heads = re.findall(r"^\| \| (the \|.*) \|$", part, re.MULTILINE)
    assert [tuple(head.split(" | ")) for head in heads] == [reading.SENTENCE] * 4
    assert f"*{' '.join(reading.SENTENCE)}*" in part


def test_the_table_by_hand_is_that_of_the_question() -> None:
    rows = re.findall(r"^\| (\w+) \| \((.+)\) \| \((.+)\) \| \((.+)\) \|$", TEXT, re.MULTILINE)
    assert tuple(word for word, *_ in rows) == by_hand.WORDS
    for (_, query, key, value), *right in zip(
        rows, by_hand.QUERIES, by_hand.KEYS, by_hand.VALUES, strict=True
    ):
        numbers = []
        for cell in query.split(", "):
            found = re.fullmatch(r"\$(?:(-?)2 \\ln (\d)|0)\$", cell)
            assert found is not None
            numbers.append(float(found[2] or 1) ** (-1 if found[1] else 1))
        assert [tuple(numbers), *(_numbers(cell) for cell in (key, value))] == right


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(float(number) for number in cell.split(", "))


def test_the_sizes_in_the_text_are_those_of_the_question() -> None:
    for said in (
        f"$T = {sizes.T}$ French words look at $S = {sizes.S}$ English words",
        f"$B = {sizes.B}$ texts",
        f"$d = {sizes.D}$ numbers",
        f"$H = {sizes.H}$ heads",
        f"with {sizes.MORE} heads and the same $d$",
    ):
        assert said in TEXT


# --- what is right is what the course's own modules do ------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_attention_is_that_of_the_course(seed: int) -> None:
    for inputs in ATTEND.draw(seed):
        expected, _ = attend(*inputs.values(), need_weights=True)
        torch.testing.assert_close(attention(*inputs.values()), expected)


@pytest.mark.parametrize("seed", range(20))
def test_scores_do_not_saturate_and_masks_bar_something(seed: int) -> None:
    for case, inputs in zip(ATTEND.cases, ATTEND.draw(seed), strict=True):
        query, key, _, mask = inputs.values()
        weights = (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1)
        assert 1.1 / key.shape[2] < weights.amax(-1).mean() < 0.85
        assert (~mask).any(-1).all()
        empty = (~mask).all(-1)
        assert empty.any() == (
            "nowhere" in case.name or case.name in ("equal sizes", "double precision")
        )


@pytest.mark.parametrize("seed", [1, 2])
def test_many_heads_are_those_of_the_course(seed: int) -> None:
    for inputs in heads.QUESTION.draw(seed):
        given = [inputs[name] for name in ("queries", "keys", "values", "W_O", "heads")]
        queries, keys, values, W_O, count = given
        layer = MultiHeadAttention(len(W_O), count).to(W_O.dtype)
        with torch.no_grad():
            for linear in (layer.W_Q, layer.W_K, layer.W_V, layer.W_O):
                linear.weight.copy_(torch.eye(len(W_O)))
            memory = Memory(layer.project(keys).keys, layer.project(values).values)
            joined, _ = layer(queries, memory)
        torch.testing.assert_close(heads_answers.all_heads(*given), joined @ W_O)


def test_the_layer_with_masks_is_that_of_the_course() -> None:
    for inputs in registry.question("self_attention.masks").draw(5):
        x, real, W_Q, W_K, W_V = inputs.values()
        mask = real[:, None] & causal_mask(x.shape[1])
        expected, _ = attend(x @ W_Q, x @ W_K, x @ W_V, mask, need_weights=True)
        torch.testing.assert_close(masks_answers.written_so_far(*inputs.values()), expected)


def test_positions_are_those_of_the_course() -> None:
    for inputs in positions.QUESTION.draw(5):
        x, base = inputs.values()
        expected = x + sinusoids(torch.arange(x.shape[1]), x.shape[2], base)
        torch.testing.assert_close(positions_answers.with_positions(x, base), expected)


def test_the_three_words_are_what_the_function_gives() -> None:
    query = 2 * torch.tensor(by_hand.QUERIES, dtype=torch.float64).log()
    key, value = (torch.tensor(v, dtype=torch.float64) for v in (by_hand.KEYS, by_hand.VALUES))
    right, row = by_hand.three_words(), by_hand.ASKING
    out, weights = attend(query, key, value, need_weights=True)
    assert weights is not None
    assert weights[row].tolist() == pytest.approx(right["weights"])
    assert out[row].tolist() == pytest.approx(right["new"])
    _, causal = attend(query, key, value, causal=True, need_weights=True)
    assert causal is not None
    assert causal[row].tolist() == pytest.approx(right["causal"])


def test_the_slopes_are_those_of_autograd() -> None:
    scores = torch.tensor(by_hand.SCORES, dtype=torch.float64)
    values = torch.tensor(by_hand.VALUES, dtype=torch.float64)
    slopes = torch.autograd.functional.jacobian(lambda e: e.softmax(0), scores)
    pull = torch.autograd.functional.jacobian(lambda e: e.softmax(0) @ values, scores)
    right = by_hand.three_words()
    assert slopes[:, by_hand.PULLED].tolist() == pytest.approx(right["slopes"])
    assert pull[:, by_hand.PULLED].tolist() == pytest.approx(right["pull"])


def test_heads_cost_what_those_of_the_course_cost() -> None:
    right = sizes.cost_of_heads()
    for name, count in (("parameters", sizes.H), ("more_heads", sizes.MORE)):
        layer = MultiHeadAttention(sizes.D, count)
        assert sum(p.numel() for p in layer.parameters()) == right[name]
    layer = MultiHeadAttention(sizes.D, sizes.H).double()
    memory = layer.project(torch.randn(sizes.B, sizes.S, sizes.D, dtype=torch.float64))
    asking = torch.randn(sizes.B, sizes.T, sizes.D, dtype=torch.float64)
    _, weights = layer(asking, memory, need_weights=True)
    assert weights.shape == right["weights"]
    assert layer.project(asking).keys.shape == right["queries"]
    pieces = (
        layer.W_V.weight.T.chunk(sizes.H, dim=1)[0],
        layer.W_O.weight.T.chunk(sizes.H, dim=0)[0],
    )
    assert torch.linalg.matrix_rank(pieces[0] @ pieces[1]) == right["rank"]


# --- attend -------------------------------------------------------------------------------------


def test_scalings_are_told_apart() -> None:
    names = {
        0.0: "no scale",
        0.5: "multiplied by the root",
        -1.0: "divided by d_k",
        -0.5: "",
        1.0: None,
    }
    for power, name in names.items():

        def scaled(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, power: float = power) -> Tensor:
            return attention(q * q.shape[-1] ** (power + 0.5), k, v, mask)

        verdict = examined("attend", scaled)
        assert all(verdict.passed) if name == "" else verdict.mistake == name


def test_lost_gradients_are_seen_with_every_seed() -> None:
    for seed in range(5):

        def lost(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
            return gradient_lost(q @ k.mT / math.sqrt(q.shape[-1]), mask) @ v

        verdict = examined("attend", lost, seed)
        assert verdict.mistake == "NaN in the gradient"


# --- reading ------------------------------------------------------------------------------------


def test_the_blind_heads_give_equal_words_equal_scores() -> None:
    """What needs no positions does not tell the two "the" apart; what needs them does."""
    first, second = (t for t, word in enumerate(reading.SENTENCE) if word == "the")
    letters = dict(zip(reading.scores(), "ABCD", strict=True))
    for name, (e, _) in reading.scores().items():
        alike = torch.equal(e[first], e[second]) and torch.equal(e[:, first], e[:, second])
        assert alike == (letters[name] in reading.read_heads()["blind"])


@pytest.mark.parametrize("heads", list(itertools.permutations(reading.LOOKS)))
def test_any_other_order_of_the_heads_is_told_what_to_look_for(heads: tuple[str, ...]) -> None:
    verdict = examined("reading", lambda: reading.read_heads() | {"heads": list(heads)})
    assert all(verdict.passed) or verdict.mistake is not None


# --- heads --------------------------------------------------------------------------------------


def test_a_view_that_cuts_texts_is_named_whichever_way_it_is_used() -> None:
    found = {
        (split, merge): examined(
            "heads",
            heads_answers.heads_with(
                split=heads_answers.cut_straight if split else heads_answers.split,
                merge=heads_answers.joined_straight if merge else heads_answers.merge,
            ),
        )
        for split in (False, True)
        for merge in (False, True)
    }
    assert all(found.pop((False, False)).passed)
    assert {verdict.mistake for verdict in found.values()} == {
        "cut straight",
        "joined straight",
        "cut and joined straight",
    }


def test_heads_taken_apart_by_chunk_are_no_loop() -> None:
    def chunked(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, count: int) -> Tensor:
        q, k, v = (torch.stack(x.chunk(count, -1), dim=1) for x in (queries, keys, values))
        return heads_answers.merge(heads_answers.weights_of(q, k) @ v) @ W_O

    assert all(examined("heads", chunked).passed)


# --- train --------------------------------------------------------------------------------------


def test_a_judge_without_positions_gives_twins_one_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever it has learnt: no more than half of the sentences, and no pair of twins."""
    monkeypatch.setattr(train, "SENTENCES", 64)
    for seed in (1, 2):
        drawn = train.QUESTION.draw(seed)[0]
        given = training.trained(
            lambda make_model, batches: make_model("none"), train.QUESTION.sent(drawn)
        )
        found = train.finish(given, drawn)
        assert found["right"] <= 0.5
        assert found["twins"] == 0
