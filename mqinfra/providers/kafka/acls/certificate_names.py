"""What brokers make of the name in a client's certificate: `ssl.principal.mapping.rules` (`SslPrincipalMapper`)."""

import re
from collections.abc import Iterator

from mqinfra.model.frozen import dataclass

_RULE = re.compile(
    r"\s*(?:(?P<default>DEFAULT)|RULE:(?P<pattern>(?:\\.|[^\\/])*)/(?P<result>(?:\\.|[^\\/])*)/(?P<case>[LU]?))\s*(?:,|$)"
)
_BACK_REFERENCE = re.compile(r"\$(\d+)")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9.-]*=")


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str] | None
    result: str = ""
    case: str = ""

    def apply(self, name: str) -> str | None:
        """What the rule makes of a name; None where it does not match all of it."""
        if self.pattern is None:
            return name
        if self.pattern.fullmatch(name) is None:
            return None
        made = self.pattern.sub(self.result, name, count=1)
        return made.lower() if self.case == "L" else made.upper() if self.case == "U" else made


def is_distinguished(name: str) -> bool:
    """Whether a name is one of a certificate, `CN=billing,OU=shop`."""
    return _ATTRIBUTE.match(name) is not None


def mapped(name: str, rules: str) -> str | None:
    """What brokers call a client whose certificate has a name.

    Args:
        name: its distinguished name, as RFC 2253 writes it.
        rules: the brokers' `ssl.principal.mapping.rules`.

    Returns:
        None where no rule matches, so that the client can't connect at all.

    Raises:
        ValueError: the rules can't be read here: they are Java's regular expressions.
    """
    return next((made for rule in _rules(rules) if (made := rule.apply(name)) is not None), None)


def _rules(text: str) -> Iterator[_Rule]:
    position = 0
    while position < len(text.rstrip()):
        found = _RULE.match(text, position)
        if found is None:
            raise ValueError(f"unreadable from `{text[position:]}`")
        position = found.end()
        if found["default"]:
            yield _Rule(None)
        else:
            try:
                pattern = re.compile(found["pattern"])
                _BACK_REFERENCE.sub(r"\\g<\1>", found["result"])
            except re.error as error:
                raise ValueError(str(error)) from error
            yield _Rule(pattern, _BACK_REFERENCE.sub(r"\\g<\1>", found["result"]), found["case"])
