"""What `allowed:` consents to: exactly these values of these fields, until a day, at the change or at what made it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from mqinfra.engine.losses import finished, weigh_losses
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, CostKind, FieldDifference, Reason, Undo
from mqinfra.model.declaration import Allowance, Declaration, Desired, Origin, Tombstone
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.span import Path, Span
from mqinfra.providers.base.catalogue import installed

TODAY = date(2026, 12, 1)
POLICY = Address.parse("rabbitmq/policies/shop/limits")
FIRST, SECOND = Address.parse("rabbitmq/queues/shop/a"), Address.parse("rabbitmq/queues/shop/b")
LENGTH: Path = ("definition", "max-length")
TTL: Path = ("definition", "message-ttl")
OVER = Loss(FIRST, LENGTH, "messages over 10 are dropped", keeps=10)
OVER_TOO = replace(OVER, address=SECOND)
OLD = Loss(FIRST, TTL, "messages older than 1h expire")
KIND = installed().providers["rabbitmq"].kinds["policies"]
CHANGE = Change(
    POLICY,
    Action.UPDATE,
    Reason.DIFFERS,
    (FieldDifference(LENGTH, 100, 10), FieldDifference(TTL, None, 3_600_000)),
    after={"pattern": "^", "definition": {"max-length": 10, "message-ttl": 3_600_000}},
)


class _Nowhere:
    def span(self, _path: Path) -> Span | None:
        return Span("rabbit.yaml", 1, 1)

    key_span = span

    def line(self, _span: Span) -> str | None:
        return None


def desired(allowed: Mapping[Address, Allowance] = MappingProxyType({}), maker: Address | None = None) -> Desired:
    spec = KIND.spec.model_validate({"pattern": "^", "definition": {"max-length": 10, "message-ttl": 3_600_000}})
    declaration = Declaration(spec, _Nowhere(), (Origin(Span("rabbit.yaml", 1, 1), None, maker),))
    return Desired("shop", "local", {POLICY: declaration}, clusters={"rabbitmq": "rabbitmq"}, allowed=allowed)


def allowance(until: date | None = date(2026, 12, 8), **by: object) -> Allowance:
    values = {name.replace("_", "-").replace("definition-", "definition."): value for name, value in by.items()}
    return Allowance(Span("rabbit.yaml", 9, 3), frozenset({"messages"}), until=until, by=values)  # type: ignore[arg-type]


COUNTED = {OVER: Counted(40), OVER_TOO: Counted(0), OLD: Counted(50, exact=False)}


def test_a_loss_blocks_with_its_numbers_and_the_line_to_paste() -> None:
    found = weigh_losses(CHANGE, [OVER, OVER_TOO, OLD], COUNTED, desired(), KIND, TODAY)
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == "MQ208"
    assert diagnostic.message == (
        "policy `limits` can't be changed: 40 messages of `a` would be lost (messages over 10 are dropped); "
        "up to 50 messages of `a` would be lost (messages older than 1h expire)"
    )
    line = (
        "rabbitmq/policies/shop/limits: {evenIf: [messages], "
        "by: {definition.max-length: 10, definition.message-ttl: 3600000}, until: 2026-12-08}"
    )
    assert diagnostic.help == (f"to allow it, write under `allowed:`: `{line}`",)
    assert [cost.number for cost in found.change.costs] == [40, 50]
    assert found.change.undo is Undo.NO


def test_what_takes_nothing_now_is_guarded_and_costs_nothing() -> None:
    found = weigh_losses(CHANGE, [OVER_TOO], {OVER_TOO: Counted(0)}, desired(), KIND, TODAY)
    assert found.diagnostics == ()
    assert found.change.costs == ()
    assert found.change.guard == {"messages lost by definition.max-length": "none"}
    assert found.change.losses == (OVER_TOO,)


def test_what_can_not_be_counted_needs_consent() -> None:
    found = weigh_losses(CHANGE, [OLD], {OLD: Counted()}, desired(), KIND, TODAY)
    assert [item.code for item in found.diagnostics] == ["MQ208"]
    assert found.change.costs[0].kind is CostKind.UNKNOWN
    assert "messages (not countable) of `a` would be lost" in found.change.costs[0].text


def test_consent_to_all_fields_lets_it_go_and_guards_nothing() -> None:
    lines = {POLICY: allowance(definition_max_length=10, definition_message_ttl=3_600_000)}
    found = weigh_losses(CHANGE, [OVER, OLD], COUNTED, desired(lines), KIND, TODAY)
    assert found.diagnostics == ()
    assert (found.change.guard, found.change.losses) == ({}, ())
    assert [cost.number for cost in found.change.costs] == [40, 50]


@pytest.mark.parametrize("value", [9, 11, None, "10"])
def test_consent_is_to_the_exact_value(value: object) -> None:
    lines = {POLICY: allowance(definition_max_length=value)}
    found = weigh_losses(CHANGE, [OVER], COUNTED, desired(lines), KIND, TODAY)
    assert [item.code for item in found.diagnostics] == ["MQ208"]


def test_consent_to_one_field_is_none_to_another() -> None:
    lines = {POLICY: allowance(definition_max_length=10)}
    found = weigh_losses(CHANGE, [OVER, OLD], COUNTED, desired(lines), KIND, TODAY)
    assert "expire" in found.diagnostics[0].message
    assert "dropped" not in found.diagnostics[0].message
    assert "by: {definition.max-length: 10, definition.message-ttl: 3600000}" in found.diagnostics[0].help[0]


@pytest.mark.parametrize(("losses", "codes"), [([OVER], []), ([OVER, OLD], ["MQ208"])])
def test_a_field_of_a_mapping_goes_by_the_mapping_where_no_other_field_of_it_loses(
    losses: list[Loss], codes: list[str]
) -> None:
    lines = {POLICY: allowance(definition=10)}
    found = weigh_losses(CHANGE, losses, COUNTED, desired(lines), KIND, TODAY)
    assert [item.code for item in found.diagnostics] == codes


def test_consent_ends_on_its_day() -> None:
    for until, codes in ((TODAY, []), (date(2026, 11, 30), ["MQ209"])):
        lines = {POLICY: allowance(until, definition_max_length=10)}
        found = weigh_losses(CHANGE, [OVER], COUNTED, desired(lines), KIND, TODAY)
        assert [item.code for item in found.diagnostics] == codes


def test_consent_may_stand_at_the_entry_whose_sugar_made_the_thing() -> None:
    lines = {FIRST: allowance(definition_max_length=10)}
    assert weigh_losses(CHANGE, [OVER], COUNTED, desired(lines, maker=FIRST), KIND, TODAY).diagnostics == ()
    assert weigh_losses(CHANGE, [OVER], COUNTED, desired(lines), KIND, TODAY).diagnostics != ()


def test_a_delete_that_lets_another_policy_win_needs_its_tombstones_consent() -> None:
    gone = Change(POLICY, Action.DELETE, Reason.TOMBSTONE)
    for even_if, codes in ((frozenset[str](), ["MQ208"]), (frozenset({"messages"}), [])):
        stone = Tombstone(Span("rabbit.yaml", 3, 1), even_if, until=date(2026, 12, 8))
        wanted = Desired("shop", "local", {}, {POLICY: stone}, {"rabbitmq": "rabbitmq"})
        found = weigh_losses(gone, [OVER], COUNTED, wanted, KIND, TODAY)
        assert [item.code for item in found.diagnostics] == codes


def test_a_line_that_nothing_needs_any_more_is_said() -> None:
    wanted = desired({POLICY: allowance(definition_max_length=10)})
    assert [item.code for item in finished(wanted, [], TODAY, ["rabbitmq"])] == ["MQ211"]
    assert list(finished(wanted, [POLICY], TODAY, ["rabbitmq"])) == []
    assert list(finished(wanted, [], TODAY, [])) == []
