"""What users may do to keys, without a server: patterns by bytes, reading and writing apart, commands in order."""

import pytest

from mqinfra.providers.redis.acl.glob import escaped, fixed_part, matches, name_of
from mqinfra.providers.redis.acl.rights import Rights


@pytest.mark.parametrize(
    ("glob", "covered", "not_covered"),
    [
        ("orders", ["orders"], ["order", "orders2", "Orders"]),
        ("o*s", ["os", "orders", "o\ns"], ["order"]),
        ("??", ["ab", "é"], ["a", "éa"]),
        ("[abc]", ["a", "c"], ["d", "ab"]),
        ("[^abc]", ["d"], ["a", ""]),
        ("[c-a]", ["a", "b", "c"], ["d", "-"]),
        ("[a-]x]", ["]", "^", "a", "x"], ["b", "-"]),
        (r"[\]x]", ["]", "x"], ["\\"]),
        ("[]x", [], ["x", "]x"]),
        ("[^]x", ["ax", "]x"], ["x"]),
        ("[ab", ["a", "b"], ["[ab"]),
        ("[", [], ["["]),
        (r"\*", ["*"], ["a", r"\*"]),
        ("a\\", ["a\\"], ["a"]),
        ("[!a]", ["!", "a"], ["b"]),
    ],
)
def test_patterns_cover_what_the_server_says(glob: str, covered: list[str], not_covered: list[str]) -> None:
    assert [name for name in (*covered, *not_covered) if matches(glob, name)] == covered


@pytest.mark.parametrize("name", ["orders", "a*b", "a?b[c]", "\\", "^é"])
def test_an_escaped_name_is_covered_by_itself_alone(name: str) -> None:
    assert matches(escaped(name), name)
    assert not matches(escaped(name), name + "x")
    assert fixed_part(escaped(name)) == name_of(escaped(name)) == name


@pytest.mark.parametrize(
    ("commands", "keys", "adds", "reads"),
    [
        (["+@stream"], ["~orders"], True, True),
        (["+@stream"], ["%R~orders"], False, True),
        (["+@stream"], ["%W~orders"], True, False),
        (["+@stream"], ["%R~o*", "%W~*s"], True, True),
        (["+@stream", "-@fast"], ["~orders"], False, True),
        (["+@stream", "-@blocking"], ["~orders"], True, False),
        (["-@all", "+xadd"], ["~orders"], True, False),
        (["+@all", "-@all"], ["~orders"], False, False),
        (["+xadd|x", "+xreadgroup"], ["~orders"], False, True),
        (["+@all"], [], False, False),
        (["+@all"], ["~parcels"], False, False),
    ],
)
def test_a_call_needs_its_command_and_its_key(commands: list[str], keys: list[str], *, adds: bool, reads: bool) -> None:
    rights = Rights.of(commands, keys)
    some = {"orders", "mail"}
    assert rights.may("xadd", some) == ({"orders"} if adds else set())
    assert rights.may("xreadgroup", some) == ({"orders"} if reads else set())


@pytest.mark.parametrize(
    ("commands", "unknown"),
    [
        (["+json.set", "+json.get", "-json.set"], {"json.get"}),
        (["+hotkeys|get", "-hotkeys"], set()),
        (["+json.set", "-@all"], set()),
        (["+json.set", "+@all"], set()),
        (["+client|setinfo", "+get", "-json.set"], set()),
    ],
)
def test_commands_that_no_table_has_are_kept_apart(commands: list[str], unknown: set[str]) -> None:
    assert Rights.of(commands, []).unknown == unknown
