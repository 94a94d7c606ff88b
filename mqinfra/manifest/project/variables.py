"""Variables: `${name}` of the environment's declared variables, and nothing else. No code, no process environment.

A step of its own between reading and layering, so that every undefined variable is found, also where another layer
wins.
"""

import re
from collections.abc import Mapping
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.node import Map, Seq, size
from mqinfra.manifest.text.scalar import describe
from mqinfra.manifest.text.source import Place
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.setting import as_text, did_you_mean

_USE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def escape(text: str) -> str:
    """Write text so that no variable is seen in it."""
    return text.replace("${", "$${")


class Variables:
    """The variables of one environment, put in place of their names."""

    def __init__(
        self,
        values: Mapping[str, Any],
        environment: str,
        found: list[Diagnostic],
        limits: Limits,
        *,
        refusal: str = "",
    ) -> None:
        """Begin.

        Args:
            values: what the variables stand for.
            environment: who declares them.
            found: where findings go.
            limits: how many nodes they may bring.
            refusal: why none can be used here; empty where they can.
        """
        self._values, self._environment, self._found, self._refusal = values, environment, found, refusal
        self._left = limits.nodes
        self._done: dict[int, tuple[Any, Any]] = {}

    def fill(self, node: Any, place: Place) -> Any:  # noqa: ANN401 - any node
        """Replace every use below a node; nodes without one are returned as they are."""
        if isinstance(node, str):
            return self._text(node, place) if "${" in node else node
        if not isinstance(node, Map | Seq) or not node.source.templated:
            return node
        known = self._done.get(id(node))
        if known is None:
            filled = self._map(node) if isinstance(node, Map) else self._seq(node)
            self._done[id(node)] = known = (node, filled)  # keeps the node alive, so that its id stays its own
        return known[1]

    def _map(self, node: Map) -> Map:
        data: dict[str, Any] = {}
        for key, value, key_place, value_place in node.entries():
            name = self._key(key, key_place) if "${" in key else key
            if name in data:
                message = f"duplicate key `{name}`, once by a variable"
                self._found.append(key_place.report(codes.DUPLICATE, message))
                name = key
            data[name] = self.fill(value, value_place)
        return Map(node.source, node.at, data) if len(data) == len(node) else node

    def _seq(self, node: Seq) -> Seq:
        return Seq(node.source, node.at, [self.fill(item, place) for item, place in node.entries()])

    def _key(self, key: str, place: Place) -> str:
        name = self._text(key, place)
        return name if isinstance(name, str) else as_text(name)

    def _text(self, text: str, place: Place) -> Any:  # noqa: ANN401 - a variable has any type
        whole = _USE.fullmatch(text)
        if whole is not None and whole[1] is not None:
            return self._value(whole, place)
        return _USE.sub(lambda match: self._part(match, place), text)

    def _part(self, match: re.Match[str], place: Place) -> str:
        if match[1] is None:
            return "${"
        value = self._value(match, place)
        if isinstance(value, str | int | float):
            return value if isinstance(value, str) else as_text(value)
        message = f"the variable `{match[1]}` is {describe(value)} and can't be used inside text"
        self._found.append(place.report(codes.VARIABLE, message, help="make the variable the whole value"))
        return match[0]

    def _known(self, name: str, place: Place) -> Any:  # noqa: ANN401 - a variable has any type
        """A variable that is a large mapping, used often, is a bomb as an alias may be one."""
        value = self._values[name]
        if isinstance(value, str | int | float):
            return value
        if self._left > 0:
            self._left -= size(value)
            if self._left <= 0:
                message = "variables expand the file beyond the number of keys and values that it may have"
                hint = "raise `limits: {nodes: ...}` in mqinfra.yaml if this is intended"
                self._found.append(place.report(codes.LIMIT, message, help=hint))
        return value if self._left > 0 else None

    def _value(self, match: re.Match[str], place: Place) -> Any:  # noqa: ANN401 - a variable has any type
        name = match[1]
        if name in self._values and match[2]:
            return self._known(name, place)
        plain = "write `$${` to mean a plain `${`"
        if self._refusal:
            self._found.append(place.report(codes.VARIABLE, self._refusal, help=("write the value itself", plain)))
        elif not match[2] or not NAME.fullmatch(name):
            message = f"`{match[0]}` is not a valid use of a variable"
            self._found.append(place.report(codes.VARIABLE, message, help=("write `${name}`", plain)))
        else:
            message = f"the variable `{name}` is not declared in environment `{self._environment}`"
            hints = (did_you_mean(name, self._values), f"declare it under `variables:` of `{self._environment}`", plain)
            self._found.append(place.report(codes.VARIABLE, message, help=hints))
        return match[0]
