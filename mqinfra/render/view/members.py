"""What of a value changes that is made of several: members of sets and lists, rules, alternatives of a pattern."""

import re
from collections.abc import Sequence

from pydantic import JsonValue

from mqinfra.model.form import Form
from mqinfra.model.frozen import dataclass

_ALTERNATIVES = re.compile(r"\^\(\?:(.*)\)\$", re.DOTALL)
_ONE_NAME = re.compile(r"\^((?:[^\\.*+?()\[\]{}|^$]|\\[^\w\s])+)\$", re.DOTALL)
_NAMES = re.compile(r"((?:[^\\.*+?()\[\]{}|^$]|\\[^\w\s])+)(?:\||\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parted:
    """What comes, goes and stays.

    Attributes:
        minus: members that go.
        plus: members that come.
        stay: members that stay.
    """

    minus: Sequence[JsonValue]
    plus: Sequence[JsonValue]
    stay: Sequence[JsonValue]


def parted(form: Form | None, before: JsonValue, after: JsonValue) -> Parted | None:
    """Tell two values apart by their members.

    Args:
        form: what the values are made of; None for what their type tells.
        before: the one that is there.
        after: the one that will be.

    Returns:
        None where they are not read by members, or differ in the order of those that stay, so that only both values
        as a whole tell what changes.
    """
    one, other = _members(form, before), _members(form, after)
    if one is None or other is None:
        return Parted([before], [after], []) if form is Form.REGEX and before and after else None
    minus, plus = [item for item in one if item not in other], [item for item in other if item not in one]
    stay = [item for item in other if item in one]
    if not minus and not plus:
        return None
    if form in (Form.SET, Form.REGEX) or (stay == [item for item in one if item in other] and _told(form, other, plus)):
        return Parted(minus, plus, stay)
    return None


def unsigned(form: Form | None, member: JsonValue) -> JsonValue:
    """A member as it is read behind a plus or minus: a rule that allows needs no plus of its own."""
    return member[1:] if form is Form.RULES and isinstance(member, str) and member[:1] == "+" else member


def _told(form: Form | None, after: Sequence[JsonValue], plus: Sequence[JsonValue]) -> bool:
    """Whether what comes is told by itself: a rule before others may mean nothing."""
    return form is not Form.RULES or list(after[len(after) - len(plus) :]) == list(plus)


def _members(form: Form | None, value: JsonValue) -> Sequence[JsonValue] | None:
    if form is Form.REGEX:
        return _alternatives(value) if isinstance(value, str) else None
    if isinstance(value, list):
        return value
    if form in (Form.SET, Form.LIST) and isinstance(value, str):
        return value.split(",") if value else []
    return None


def _alternatives(pattern: str) -> list[JsonValue] | None:
    """The names that a pattern matches, still escaped, where it matches nothing but whole names."""
    if not pattern:
        return []
    one = _ONE_NAME.fullmatch(pattern)
    if one is not None:
        return [one[1]]
    several = _ALTERNATIVES.fullmatch(pattern)
    if several is None:
        return None
    names = _NAMES.findall(several[1])
    return names if "|".join(names) == several[1] else None
