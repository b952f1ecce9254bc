"""That what is stored for chapter 4 was measured as the settings say."""

from __future__ import annotations

import json

from attention_course.replications import luong, luong_rates, read


def test_what_is_stored_was_measured_with_these_settings() -> None:
    stored = read(luong.NAME)
    assert stored["settings"]["tasks"] == json.loads(json.dumps(luong.SETTINGS))
    names = {f"{task}: {v}" for task, how in luong.SETTINGS.items() for v in how["variants"]}
    rows = [(row["variant"], row["seed"]) for row in stored["rows"]]
    assert set(rows) == {(name, seed) for name in names for seed in (0, 1, 2)}
    assert len(rows) == len(set(rows))
    assert not stored["provenance"]["commit"].endswith("dirty")


def test_the_settings_of_chapter_4_have_the_best_rates() -> None:
    stored = read(luong_rates.NAME)
    assert stored["settings"]["grid"] == [*luong_rates.GRID]
    assert not stored["provenance"]["commit"].endswith("dirty")
    assert luong_rates.best_rates(stored["rows"]) == {
        f"{task}: {variant}": luong.SETTINGS[task]["learning_rate"]
        for task, variants in luong_rates.TUNED.items()
        for variant in variants
    }
    assert luong.SETTINGS["copied"]["learning_rate"] == luong.SETTINGS["stretched"]["learning_rate"]


def test_the_rates_were_found_for_the_models_that_use_them() -> None:
    """All settings but the rates themselves are as they were when the grid was run."""
    then, now = (
        json.loads(json.dumps(s))
        for s in (read(luong_rates.NAME)["settings"]["tasks"], luong.SETTINGS)
    )
    for task, variants in luong_rates.TUNED.items():
        for variant in variants:
            before = then[task]["variants"][variant]
            before.pop("learning_rate", None)
            assert before == now[task]["variants"][variant]
        others = {"variants": 0, "learning_rate": 0}
        assert {**then[task], **others} == {**now[task], **others}


def test_the_seeds_are_not_those_of_the_results() -> None:
    rates, results = (read(name)["provenance"]["seeds"] for name in ("04-luong-rates", "04-luong"))
    assert not set(rates) & set(results)
