"""What a model's docstring says of it and of its fields, so that editors show the text that developers read."""

import inspect
import re

_ATTRIBUTE = re.compile(r"(\w+): (.*)")


def summary(model: type) -> str:
    """The first paragraph of a type's own docstring; empty when it has none."""
    text = inspect.cleandoc(model.__dict__.get("__doc__") or "")
    return " ".join(text.partition("\n\n")[0].partition("\nAttributes:")[0].split())


def attributes(model: type) -> dict[str, str]:
    """Texts of the `Attributes:` sections of a type and its bases, by attribute; the most derived one wins."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        texts |= _section(inspect.cleandoc(base.__dict__.get("__doc__") or ""))
    return texts


def _section(doc: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    name = ""
    for line in doc.partition("Attributes:\n")[2].splitlines():
        if line and not line.startswith(" "):
            break
        match = _ATTRIBUTE.fullmatch(line.strip()) if len(line) - len(line.lstrip()) == 4 else None
        if match is not None:
            name = match[1]
            texts[name] = match[2]
        elif name and line.strip():
            texts[name] += " " + line.strip()
    return {name: _sentence(text) for name, text in texts.items()}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if not text.startswith("`") else text
