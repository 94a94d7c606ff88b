"""DOT, for Graphviz and what reads its files."""

from collections.abc import Mapping

from mqinfra.model.topology import Flow, Status
from mqinfra.render.graph.picture import Arrow, Picture, areas, marked, subtitle

_COLOURS = {
    Status.CREATE: ("#dafbe1", "#1a7f37"),
    Status.UPDATE: ("#fff8c5", "#9a6700"),
    Status.REPLACE: ("#fbefff", "#8250df"),
    Status.DELETE: ("#ffebe9", "#cf222e"),
    Status.ADOPT: ("#ddf4ff", "#0969da"),
}
_UNDECLARED = (Status.UNDECLARED, Status.FORGET)
_LINES: Mapping[Flow, Mapping[str, str]] = {
    Flow.MESSAGES: {},
    Flow.ACCESS: {"style": "dashed"},
    Flow.MEMBERSHIP: {"dir": "none"},
    Flow.SETTINGS: {"style": "dotted", "dir": "none", "constraint": "false"},
}


def render_dot(picture: Picture) -> str:
    """Draw a picture from left to right, a frame around what lies together."""
    lines = [
        "digraph topology {",
        '  graph [rankdir=LR, fontname="Helvetica", compound=true];',
        '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#8c959f", fontname="Helvetica"];',
        '  edge [color="#57606a", fontname="Helvetica", fontsize=10];',
    ]
    for number, (name, members) in enumerate(areas(picture.nodes).items()):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(name)};"]
        lines += [f"    n{member} [{_attributes(_box(picture, member))}];" for member in members]
        lines.append("  }")
    lines += [_arrow(arrow) for arrow in picture.arrows]
    return "\n".join([*lines, "}", ""])


def _box(picture: Picture, number: int) -> dict[str, str]:
    node = picture.nodes[number]
    given = {"label": _quoted(subtitle(node), marked(node))}
    if node.status in _COLOURS:
        fill, line = _COLOURS[node.status]
        given |= {"fillcolor": f'"{fill}"', "color": f'"{line}"'}
    if node.status in _UNDECLARED:
        given["style"] = '"rounded,dashed"'
    return given


def _arrow(arrow: Arrow) -> str:
    given = dict(_LINES[arrow.flow])
    if arrow.words:
        given["label"] = _quoted(*arrow.words)
    if arrow.status in _COLOURS:
        given["color"] = f'"{_COLOURS[arrow.status][1]}"'
    attributes = f" [{_attributes(given)}]" if given else ""
    return f"  n{arrow.source} -> n{arrow.target}{attributes};"


def _attributes(given: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())


def _quoted(*lines: str) -> str:
    r"""Write lines as one label. In it `\N` and `&lt;` would stand for something else."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(escaped) + '"'
