"""Principals: whom the brokers take a client for."""

import re

_FORM = re.compile(r"[A-Za-z][A-Za-z0-9_]*:.+", re.DOTALL)
_IAM = re.compile(r"(User:)?arn:aws[a-z-]*:", re.IGNORECASE)


def principal_of(text: str) -> str:
    """Check a principal.

    Raises:
        ValueError: no broker would ever take a client for it.
    """
    if _IAM.match(text):
        raise ValueError(
            "an IAM identity of Amazon MSK obeys IAM policies and no ACLs; grant `kafka-cluster:` actions in IAM"
        )
    if not _FORM.fullmatch(text):
        raise ValueError(f"must be TYPE:NAME, such as `User:{text}`")
    kind, _, name = text.partition(":")
    if kind != "User" and kind.lower() == "user":
        raise ValueError(f"the type is case-sensitive; write `User:{name}`")
    return text
