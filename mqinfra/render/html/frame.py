"""What every page of ours is held in: its own style and script, which alone its content security policy allows.

Data stands in a script element that no browser runs, with every `<` escaped, and scripts write it by `textContent`.
"""

import base64
import hashlib
import json
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@cache
def part(package: str, name: str) -> str:
    """A file of the `page` folder of a package: `render.html`, `page.css`."""
    return files(f"mqinfra.{package}").joinpath("page", name).read_text("utf-8")


@cache
def joined_script(*parts: tuple[str, str]) -> str:
    """Scripts as one that leaves nothing behind, each as package and name without `.js`."""
    body = "\n".join(part(package, f"{name}.js") for package, name in parts)
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def policy_of(style: str, script: str) -> str:
    """The content security policy of a page: its style and script by their hashes, and nothing else."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def data_text(shown: object) -> str:
    """What a page shows, as JSON that no markup can end; records are written by their fields."""
    text = json.dumps(shown, default=_by_fields, ensure_ascii=False, separators=(",", ":"))
    # One by one: `translate` asks of every character, of which a page of 30,000 changes has 20 million.
    for char, escape in _ESCAPES.items():
        text = text.replace(char, escape)
    return text


def _by_fields(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any record
    return {name: getattr(record, name) for name in _names(record.__class__)}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
