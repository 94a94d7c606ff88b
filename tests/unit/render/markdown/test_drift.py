"""Drift as a comment: what moved, what nobody recorded, and no meaning in names and values of others."""

from mqinfra.model.address import Address
from mqinfra.model.drift import Drift, DriftedField
from mqinfra.model.record import Owner
from mqinfra.render.markdown.drift import drift_markdown
from mqinfra.render.terminal import clean
from tests.unit.render.html.hostile_plan import NAMES
from tests.unit.render.markdown.reader import assert_only_ours, read

OWNER = Owner("shop", "prod")


def drift(name: str, *fields: tuple[str, object, object], **rest: bool) -> Drift:
    some = tuple(DriftedField((field,), one, other) for field, one, other in fields)  # type: ignore[arg-type]
    return Drift(Address("kafka", "topics", (name,)), some, **rest)


def test_fields_show_both_values_and_resources_that_moved_alike_are_one_row() -> None:
    some = [drift(name, ("partitions", 6, 12)) for name in ("e01", "e02", "e03")]
    found = read(drift_markdown(OWNER, some, ()))
    assert found.rows == [[["topics e01 .. e03 (3)"], ["partitions 6 -> 12"]]]
    assert ": 3 resources drifted" in found.prose


def test_what_was_deleted_and_what_no_record_tells_of_are_told_apart() -> None:
    some = [
        drift("gone", gone=True),
        drift("again", remade=True),
        drift("missing", gone=True, recorded=False),
        drift("other", ("partitions", 3, 6), recorded=False),
    ]
    text = drift_markdown(OWNER, some, ["redis"])
    first, _, second = text.partition("**No record tells why**")
    assert "| `topic gone` | `was deleted` |" in first
    assert "| `topic again` | `was deleted and made again` |" in first
    assert "| `topic missing` | `is not there` |" in second
    assert "| `topic other` | `partitions 3 -> 6` |" in second
    assert "not known of redis" in text


def test_five_thousand_drifted_resources_fit() -> None:
    some = [drift(f"t{at:04}", ("config", at, at + 70_000)) for at in range(5000)]
    text = drift_markdown(OWNER, some, ())
    assert len(text) <= 65_536
    assert "Shortened to fit a comment" in text


def test_nothing_of_somebody_else_leaves_code() -> None:
    some = [drift(name, (name, name, f"{name}!")) for name in sorted(set(NAMES))]
    found = read(drift_markdown(Owner(NAMES[1], NAMES[2]), some, NAMES))
    assert_only_ours(found)
    for name in NAMES:
        assert " ".join(clean(name).split()) in found.code
