"""What holds of the vocabulary for every input: addresses, units, settings, specs."""

from contextlib import suppress
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, JsonValue

from mqinfra.model.address import Address, AddressError
from mqinfra.model.scope import pattern_owns
from mqinfra.model.selector import Glob, Selector
from mqinfra.model.setting import Problem, Setting, SettingType, Unit
from mqinfra.model.spec import Spec, flat, nested
from mqinfra.model.unit import format_bytes, format_ms, parse_bytes, parse_ms

# Every code point, lone surrogates among them, and plenty of what has a meaning of its own in an address.
names = st.text(st.characters() | st.sampled_from("/%,=* \t\n\x00\x7f\x85\u00a0\u2028\ud800\udfff"), max_size=12)
aliases = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,5}", fullmatch=True)
pairs = st.dictionaries(names, names, max_size=3).map(lambda items: tuple(items.items()))


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    path = tuple(draw(st.lists(names, max_size=3)))
    named = draw(pairs)
    return Address(draw(aliases), draw(aliases), path if path or named else ("x",), named)


@given(addresses())
def test_every_address_survives_its_text(address: Address) -> None:
    again = Address.parse(str(address))
    assert again == address
    assert (again.path, again.pairs, str(again)) == (address.path, address.pairs, str(address))
    assert hash(again) == hash(address)


@given(addresses())
def test_text_of_an_address_is_one_printable_word(address: Address) -> None:
    text = str(address)
    assert text == "".join(text.split())
    assert "*" not in text
    text.encode()  # no surrogate is left


@given(addresses(), addresses())
def test_different_addresses_have_different_texts(one: Address, other: Address) -> None:
    same = (one.cluster, one.kind, one.path, one.pairs) == (other.cluster, other.kind, other.path, other.pairs)
    assert (one == other) is same


@given(st.text(st.sampled_from("akfT/%,=*. 0245F\u00a0é"), max_size=20).map(lambda text: "kafka/topics/" + text))
def test_what_parses_as_an_address_means_one_thing(text: str) -> None:
    with suppress(AddressError):
        address = Address.parse(text)
        assert Address.parse(str(address)) == address


@given(addresses())
def test_an_address_selects_itself(address: Address) -> None:
    selector = Selector.parse(str(address))
    assert isinstance(selector, Selector), selector
    assert selector.matches(address, f"kafka/{address.kind}", {}, "a.yaml")


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=4), st.lists(st.text("ab", max_size=3), max_size=4))
def test_a_glob_covers_what_its_stars_stand_for(parts: list[str], filling: list[str]) -> None:
    stars = (*filling, "", "", "")[: len(parts) - 1]
    text = parts[0] + "".join(star + part for star, part in zip(stars, parts[1:], strict=True))
    assert Glob(tuple(parts)).matches(text)


@given(names, names)
def test_a_scope_pattern_owns_names_that_go_on_after_its_delimiter(prefix: str, rest: str) -> None:
    assert pattern_owns(f"{prefix}.*", f"{prefix}.{rest}") is bool(rest)
    assert not pattern_owns(f"{prefix}.*", prefix)


@given(st.integers(0, 10**14))
def test_what_is_written_for_people_reads_back(value: int) -> None:
    assert parse_ms(format_ms(value)) == value
    assert parse_bytes(format_bytes(value)) == value


@given(st.text(max_size=70) | st.from_regex(r"([0-9.]{1,20}(ms|s|w|GiB|B)){1,3}", fullmatch=True))
def test_units_never_fail_and_never_round(text: str) -> None:
    for value in (parse_ms(text), parse_bytes(text)):
        assert value is None or value >= 0


settings = st.builds(
    Setting,
    name=st.just("key"),
    type=st.sampled_from(SettingType),
    unit=st.none() | st.sampled_from(Unit),
    minimum=st.none() | st.integers(-5, 5),
    maximum=st.none() | st.integers(5, 10**6),
    choices=st.sampled_from([(), ("compact", "delete")]),
    special=st.none() | st.just({-1: "unlimited"}),
)
raw_values: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["7d", "1GiB", "true", "compact,delete", "delete , compact", "1e3", "1e999", "-1", "unlimited"]),
    st.from_regex(r"[+-]?[0-9]{0,30}\.?[0-9]{0,30}(e[+-]?[0-9]{1,3})?", fullmatch=True),
    st.lists(st.sampled_from(["compact", "delete", "x", " delete"]), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)


@given(settings, raw_values)
def test_a_canonical_value_is_its_own_canonical_form(setting: Setting, raw: JsonValue) -> None:
    value = setting.parse(raw)
    if isinstance(value, Problem):
        assert value.message
        return
    again = setting.parse(value)
    assert again == value
    assert type(again) is type(value)
    assert setting.same(raw, value)


@given(settings, raw_values, raw_values)
def test_meaning_the_same_goes_both_ways(setting: Setting, one: JsonValue, other: JsonValue) -> None:
    assert setting.same(one, other) == setting.same(other, one)


@given(settings, st.integers() | st.floats(allow_nan=False))
def test_numbers_stay_within_bounds_or_are_special(setting: Setting, raw: float) -> None:
    value = setting.parse(raw)
    if isinstance(value, Problem) or setting.type not in (SettingType.INT, SettingType.LONG, SettingType.DOUBLE):
        return
    low, high = setting.bounds
    assert isinstance(value, int | float)
    assert value in (setting.special or {}) or ((low is None or value >= low) and (high is None or value <= high))


class Sample(Spec):
    size: int | None = None
    words: tuple[str, ...] = ()
    config: dict[str, Any] = Field(default_factory=dict)


samples = st.fixed_dictionaries(
    {},
    optional={
        "size": st.none() | st.integers(),
        "words": st.lists(st.text(max_size=4), max_size=3),
        "config": st.dictionaries(
            st.text(max_size=4), st.none() | st.integers() | st.text(max_size=4), min_size=1, max_size=3
        ),
    },
)


@given(samples)
def test_a_spec_survives_json_and_its_fields(data: dict[str, Any]) -> None:
    spec = Sample.model_validate(data)
    assert Sample.model_validate(spec.to_json()) == spec
    assert spec.fields() == flat(spec.to_json())
    assert nested(spec.fields()) == spec.to_json()
    assert all(spec.field(path) == value for path, value in spec.fields().items())


@given(addresses())
def test_a_line_to_paste_names_the_address_in_block_and_in_flow_style(address: Address) -> None:
    if not str(address).isprintable():
        return  # YAML can't hold all characters as they are
    for text in (f"removed: {{{address.yaml_key}: {{}}}}", f"removed:\n  {address.yaml_key}: {{}}\n"):
        assert yaml.safe_load(text) == {"removed": {str(address): {}}}
