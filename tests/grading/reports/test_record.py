"""`results.json` against its schema, and back."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attention_course.grading.marks import Mark, Reason, Run
from attention_course.grading.reports import record
from grading.reports import classes


def stored(run: Run) -> Any:
    return json.loads(record.results(run))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(record.SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(
    "run", [classes.every_reason(), classes.run(), classes.a_class(3), classes.run(seed=None)]
)
def test_results_are_as_the_schema_says(
    validator: jsonschema.Draft202012Validator, run: Run
) -> None:
    assert [error.message for error in validator.iter_errors(stored(run))] == []


BREAKS = {
    "an unknown key": lambda found: found.update(more=1),
    "no seed": lambda found: found.pop("seed"),
    "another format": lambda found: found.update(format=2),
    "an absolute path": lambda found: found["submissions"][0].update(path="/home/ada/x.ipynb"),
    "an absolute path of an unreadable file": lambda f: f["unreadable"][0].update(path="/x.zip"),
    "an unknown reason": lambda found: found["submissions"][0]["marks"][0].update(reason="bad"),
    "points as text": lambda found: found["submissions"][0]["marks"][0].update(points="3"),
    "a mark without its hint": lambda found: found["submissions"][0]["marks"][0].pop("hint"),
    "an unknown way": lambda found: found["submissions"][0]["marks"][0].update(how="guessed"),
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS)
def test_the_schema_refuses(validator: jsonschema.Draft202012Validator, broken: Any) -> None:
    found = copy.deepcopy(stored(classes.every_reason()))
    broken(found)
    assert not validator.is_valid(found)


def test_the_schema_knows_every_reason_and_every_part_of_a_mark() -> None:
    schema = json.loads(record.SCHEMA.read_text(encoding="utf-8"))["$defs"]["mark"]
    assert schema["properties"]["reason"]["enum"] == [reason.value for reason in Reason]
    assert set(schema["required"]) == set(Mark.__dataclass_fields__)


def test_everything_comes_back() -> None:
    run = classes.every_reason()
    found = stored(run)
    assert found["seed"] == run.seed
    assert found["versions"] == run.versions
    assert (found["different"], found["from_store"]) == (12, 3)
    assert [tuple(p.values()) for p in found["protections"]] == list(run.protections)
    assert [tuple(u.values()) for u in found["unreadable"]] == [
        (item.student, item.path, item.why) for item in run.unreadable
    ]
    for one, marked in zip(found["submissions"], run.marked, strict=True):
        assert tuple(map(Mark.from_json, one["marks"])) == marked.marks
        assert (one["student"], one["points"]) == (marked.student, marked.points)
        assert one["complete"] is marked.complete


@pytest.mark.parametrize("name", ["🦊", "a\0b", "\udcff", 'a"b\\', "\u2028", "<script>"])
def test_any_name_comes_back(name: str) -> None:
    assert stored(classes.run(classes.marked(name)))["submissions"][0]["student"] == name


def test_a_number_that_json_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        record.results(Run((), (), 0, seconds=float("nan")))


def test_the_schema_is_part_of_the_package() -> None:
    assert record.SCHEMA.parent == Path(record.__file__).parent
