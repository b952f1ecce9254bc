"""Exercise 4: what its notebook shows is what its questions have, and what they say of answers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from attention_course.exercises import choosing, registry, writing
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import examine
from attention_course.exercises.luong import (
    all_at_once,
    all_at_once_answers,
    family,
    input_feeding,
    input_feeding_answers,
    reading,
    train,
    training,
)
from attention_course.exercises.luong import by_hand_answers as by_hand
from attention_course.exercises.luong.local_p_answers import local_p_weights
from attention_course.models import masks
from attention_course.models.windows import Align
from sheets import Sheet
from torch import Tensor

SHEET = Sheet("luong")
TEXT, shown, examined = SHEET.text, SHEET.shown, SHEET.examined


# --- the text -----------------------------------------------------------------------------------


def test_the_slow_version_in_the_text_is_that_of_the_question() -> None:
    slow = shown("slow_states")
    for inputs in all_at_once.QUESTION.draw(3):
        first = all_at_once.QUESTION.sent(inputs)
        assert torch.equal(slow(*first.values()), all_at_once_answers.slow_states(*first.values()))


def test_the_broken_decoder_in_the_text_is_the_known_mistake() -> None:
    broken = shown("broken_decoder")
    for inputs in input_feeding.QUESTION.draw(3):
        given = input_feeding_answers.broken_decoder(*inputs.values())
        torch.testing.assert_close(broken(*inputs.values()), given)


def test_the_maps_in_the_text_are_those_of_the_question() -> None:
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| ([\d. |]+) \|$", TEXT, re.MULTILINE)
    table = [[float(cell) for cell in row.split(" | ")] for _, row in rows]
    assert table == [row for one in reading.maps().values() for row in one]
    names = [name.translate(str.maketrans("₁₂", "12")) for name, _ in rows]
    assert tuple(names) == reading.TARGET * 3
    heads = re.findall(r"^\| \| (a \|.*) \|$", TEXT, re.MULTILINE)
    assert [tuple(head.split(" | ")) for head in heads] == [reading.SOURCE] * 3


def test_the_map_of_local_p_is_made_by_the_model_of_the_course() -> None:
    """What is read there is what `Align` does, wherever it has found the positions."""
    e, p = torch.tensor(reading.SCORES), torch.tensor(reading.POSITIONS)
    found = {}
    for window, D in (("global", 1), ("local-m", 1), ("local-p", 2)):
        align = Align(1, window, D)  # type: ignore[arg-type]
        mask = torch.ones(1, e.shape[1], dtype=torch.bool)
        rows = []
        for t in range(len(e)):
            if window == "local-p":
                z = torch.logit(p[t] / e.shape[1])
                torch.nn.init.constant_(align.v_p.weight, float(z) / 0.5)
                torch.nn.init.ones_(align.W_p.weight)
            rows.append(align(torch.full((1, 1), 0.5).atanh(), e[t : t + 1], mask, t)[0][0])
        found[window] = torch.stack(rows)
    for window, weights in reading.maps().items():
        torch.testing.assert_close(torch.tensor(weights), found[window], atol=0.00501, rtol=0.0)


def test_the_numbers_in_the_text_are_those_of_the_questions() -> None:
    scores = re.search(r"^\| \$e_s\$ \| (.+) \|$", TEXT, re.MULTILINE)
    assert scores is not None
    powers = []
    for cell in scores[1].split(" | "):
        times = re.fullmatch(r"\$(\d*) ?(\\ln 2)?\$", cell)
        assert times is not None
        powers.append(int(times[1] or 1) if times[2] else 0)
    assert tuple(by_hand.SCORES) == tuple(
        torch.tensor(2.0).double().log().item() * k for k in powers
    )
    assert f"$D = {by_hand.D}$, $z = \\ln {by_hand.ODDS}$" in TEXT
    assert f"$n = {family.HIDDEN}$ numbers each" in TEXT
    assert f"$m = {family.EMBEDDING}$" in TEXT
    assert f"up to {family.LONGEST} words" in TEXT
    window = (
        f"a sentence of {family.WORDS} words, where $D = {family.D}$ and $p_t = {family.POSITION}$"
    )
    assert window in TEXT


def test_the_table_of_exponentials_is_right() -> None:
    lines = TEXT.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("| $x$ |"))
    x, exp = ([float(cell) for cell in lines[i].strip("|").split("|")[1:]] for i in (at, at + 2))
    assert [round(value, 2) for value in torch.tensor(x).neg().exp().tolist()] == exp


def test_the_training_in_the_text_is_that_of_the_question() -> None:
    batches = train.SENTENCES // choosing.BATCH_SIZE
    assert f"{batches} batches of {choosing.BATCH_SIZE} such pairs" in TEXT
    assert f"{training.HIDDEN} numbers in a state" in TEXT
    assert f"sources have {train.SHORTEST} to {train.LONGEST} words" in TEXT
    assert f"at least {100 * writing.ENOUGH:.0f} % of {train.UNSEEN} targets" in TEXT
    assert "one to three times in a row" in TEXT
    assert train.MOST == 3


# --- predictions and pencils --------------------------------------------------------------------


def test_what_the_scores_cost_is_what_those_of_the_course_cost() -> None:
    from attention_course.models.scores import make_score

    n, right = family.HIDDEN, family.costs()
    for name, options in (("concat", {}), ("location", {"max_length": family.LONGEST})):
        score = make_score(name, n, n, **options)
        assert sum(p.numel() for p in score.parameters()) == right[name]


def test_the_step_by_hand_is_what_the_function_gives() -> None:
    scores = torch.tensor([by_hand.SCORES], dtype=torch.float64)
    z = torch.tensor([by_hand.ODDS], dtype=torch.float64).log()
    mask = torch.arange(len(by_hand.SCORES))[None] < by_hand.WORDS
    weights = local_p_weights(scores, z, by_hand.D, mask)
    torch.testing.assert_close(weights[0].tolist(), by_hand.one_step()["weights"])


def test_the_function_is_what_the_model_of_the_course_does() -> None:
    for seed in (1, 2, 3):
        for inputs in registry.question("luong.local_p").draw(seed):
            scores, z, D, mask = inputs.values()
            align = Align(1, "local-p", D).to(z.dtype)
            torch.nn.init.ones_(align.W_p.weight)
            torch.nn.init.ones_(align.v_p.weight)
            align.v_p.weight.data *= 10  # z = 10 tanh(h)
            expected, _ = align(torch.atanh(z / 10)[:, None], scores, mask, 0)
            torch.testing.assert_close(local_p_weights(scores, z, D, mask), expected)


# --- local_p ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_inputs_tell_windows_apart(seed: int) -> None:
    """In each case but the wide one the window leaves words out, and the Gaussian takes some."""
    for case, inputs in zip(
        registry.question("luong.local_p").cases,
        registry.question("luong.local_p").draw(seed),
        strict=True,
    ):
        scores, z, D, mask = inputs.values()
        weights = local_p_weights(scores, z, D, mask)
        wide = "wider" in case.name
        assert (weights.sum(1) < (1 if wide else 0.99)).all(), case.name
        assert (mask & (weights == 0)).any() != wide, case.name


def test_a_power_of_the_gaussian_is_no_known_mistake_of_another_kind() -> None:
    for power, name in {1.0: None, 0.25: "sigma is D", 2.0: "variance not doubled"}.items():

        def scaled(scores: Tensor, z: Tensor, D: int, mask: Tensor, power: float = power) -> Tensor:
            s, p = torch.arange(scores.shape[1]), (mask.sum(1) * torch.sigmoid(z))[:, None]
            window = mask & ((s - p.floor()).abs() <= D)
            return masks.masked_softmax(scores, window) * torch.exp(
                -power * (s - p) ** 2 / (2 * (D / 2) ** 2)
            )

        assert examined("local_p", scaled).mistake == name


# --- all_at_once --------------------------------------------------------------------------------

RIGHT = all_at_once_answers.all_states


def test_a_list_comprehension_is_a_loop() -> None:
    def listed(queries: Tensor, annotations: Tensor, mask: Tensor, *matrices: Tensor) -> Tensor:
        words = [RIGHT(h, annotations, mask, *matrices) for h in queries.split(1, dim=1)]
        return torch.cat(words, dim=1)

    verdict = examined("all_at_once", listed)
    assert verdict.mistake == "loop over target words"
    assert not any(verdict.passed)


def test_a_few_calls_more_are_no_loop() -> None:
    def careful(queries: Tensor, annotations: Tensor, mask: Tensor, *matrices: Tensor) -> Tensor:
        if queries.shape[1] > 8:
            queries = queries.contiguous().clone()
        return RIGHT(queries, annotations, mask, *matrices)

    assert all(examined("all_at_once", careful).passed)


def test_a_scale_left_in_the_attention_of_torch_is_named() -> None:
    def scaled(
        queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
    ) -> Tensor:
        c = F.scaled_dot_product_attention(
            queries @ W_a, annotations, annotations, attn_mask=mask[:, None]
        )
        return torch.tanh(torch.cat([c, queries], dim=-1) @ W_c.T)

    assert examined("all_at_once", scaled).mistake == "scaled"


def test_an_answer_that_rests_on_equal_sizes_is_told_so() -> None:
    def equal(
        queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
    ) -> Tensor:
        if len(mask) > 1:
            return RIGHT(queries, annotations, mask, W_a, W_c)
        weights = masks.masked_softmax(queries @ W_a @ annotations.mT, mask)  # (1, S): fits any T
        return torch.tanh(torch.cat([weights @ annotations, queries], dim=-1) @ W_c.T)

    def only_one(queries: Tensor, annotations: Tensor, mask: Tensor, *matrices: Tensor) -> Tensor:
        assert len(mask) == 1
        return RIGHT(queries, annotations, mask, *matrices)

    assert all(examined("all_at_once", equal).passed)
    case = next(case for case in all_at_once.QUESTION.cases if case.name == "a batch of one")
    question = replace(all_at_once.QUESTION, cases=(case,), mistakes=())
    verdict = examine(question, only_one, SEED)
    assert "raises an error where there are more sentences" in verdict.hint


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "windows",
    [
        ["global", "local-m", "local-p"],
        ["global", "local-p", "local-m"],
        ["local-p", "local-m", "global"],
        ["local-m", "local-p", "global"],
    ],
)
def test_any_other_order_of_the_windows_is_told_which_map_has_no_zeros(windows: list[str]) -> None:
    verdict = examined("reading", lambda: reading.read_maps() | {"windows": windows})
    assert verdict.mistake == "global misnamed"
