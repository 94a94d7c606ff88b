"""Types of brokers, kinds and their fields for `mqinfra explain kafka/topics.config.retention.ms`."""

from collections.abc import Iterator, Mapping

from mqinfra.model.description import FieldDescription, KindDescription, ProviderDescription
from mqinfra.model.setting import Setting, Unit, Value
from mqinfra.model.spec import Mutability
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.render.terminal import Style, document

_MUTABILITY = {
    Mutability.MUTABLE: "can change on a live resource",
    Mutability.GROW_ONLY: "can only grow on a live resource",
    Mutability.IMMUTABLE: "is fixed when the resource is created",
    Mutability.CREATE_ONLY: "is used when the resource is created and never compared",
    Mutability.ONCE: "is done once for each `id`, and never compared",
    Mutability.OBSERVED: "is kept by the broker, and no manifest declares it",
}


def render_provider(provider: ProviderDescription, style: Style) -> str:
    """List the fields of a cluster's block and the kinds of a type of broker, one line each."""
    width = max(map(len, provider.kinds), default=0)
    kinds = [f"  {name.ljust(width)}  {_first(text)}" for name, text in provider.kinds.items()]
    head = f"{provider.description} Described up to version {provider.newest}."
    block = ["A cluster under `clusters:`:", "", *_rows(provider.block)]
    return document([style.bold(provider.type), head, "", *block, "", f"Kinds, under `{provider.type}:`:", "", *kinds])


def render_kind(kind: KindDescription, style: Style) -> str:
    """List a kind's fields, one line each."""
    return document([style.bold(f"{kind.name}: {kind.title}"), kind.description, "", *_rows(kind.fields)])


def _rows(fields: Mapping[str, FieldDescription]) -> list[str]:
    width = max(map(len, fields), default=0)
    return [
        f"  {name.ljust(width)}  {field.type}" + (f"  {_first(field.description)}" if field.description else "")
        for name, field in fields.items()
    ]


def render_field(kind: KindDescription, field: FieldDescription, style: Style) -> str:
    """Say everything about one field."""
    lines = [style.bold(f"{kind.name}.{field.name}"), f"  {field.type}; it {_MUTABILITY[field.mutability]}"]
    if field.description:
        lines.append(f"  {field.description}")
    if field.setting is not None:
        lines += [f"  {line}" for line in _rules(field.setting)]
    return document(lines)


def render_concept(text: str, style: Style) -> str:
    """Print an idea's text; its examples are indented in place of their fences."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif line.startswith("# "):
            lines.append(style.bold(line.removeprefix("# ")))
        else:
            lines.append(f"    {line}" if inside and line else line)
    return document(lines)


def _rules(setting: Setting) -> Iterator[str]:
    if setting.default not in {None, ""}:
        yield f"the broker's own default is {_value(setting.default, setting.unit)}"
    bounds = [("at least", setting.minimum), ("at most", setting.maximum)]
    limits = [f"{word} {_value(bound, setting.unit)}" for word, bound in bounds if bound is not None]
    if limits:
        yield ", ".join(limits)
    for number, word in (setting.special or {}).items():
        yield f"{number} means {word}"
    if setting.choices:
        yield "one of " + ", ".join(setting.choices)
    if setting.since:
        yield "since version " + ".".join(map(str, setting.since))
    if setting.until:
        yield "removed in version " + ".".join(map(str, setting.until))


def _value(value: Value, unit: Unit | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and value == int(value) and unit is not None and value > 0:
        people = format_ms(int(value)) if unit is Unit.MS else format_bytes(int(value))
        return str(int(value)) if people.startswith(str(int(value))) else f"{int(value)} ({people})"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def _first(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def kind_markdown(kind: KindDescription) -> str:
    """Document a kind: its fields, then the broker's keys with their rules."""
    lines = [f"# {kind.name}", "", kind.description, "", "## Fields", "", "| field | type | on a live resource | |"]
    lines.append("|---|---|---|---|")
    own = [field for field in kind.fields.values() if field.setting is None]
    keys = [field for field in kind.fields.values() if field.setting is not None]
    lines += [
        f"| `{field.name}` | {field.type} | {_MUTABILITY[field.mutability]} | {_cell(field.description)} |"
        for field in own
    ]
    if keys:
        lines += ["", "## The broker's own keys", "", "| key | type | rules | |", "|---|---|---|---|"]
        lines += [
            f"| `{field.name}` | {field.type} | {_cell(_rule_text(field))} | {_cell(field.description)} |"
            for field in keys
        ]
    return "\n".join([*lines, ""])


def _rule_text(field: FieldDescription) -> str:
    return "; ".join(_rules(field.setting)) if field.setting is not None else ""


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")
