"""Mermaid, which GitHub and GitLab draw in comments. Names are written in codes of characters: none is syntax."""

import re

from mqinfra.model.topology import Flow, Status
from mqinfra.render.graph.picture import Arrow, Picture, areas, marked, subtitle

_PLAIN = re.compile(r"[^\w .,/+~=-]", re.ASCII)
_STYLES = {
    Status.CREATE: "fill:#dafbe1,stroke:#1a7f37,color:#0a3d18",
    Status.UPDATE: "fill:#fff8c5,stroke:#9a6700,color:#3b2300",
    Status.REPLACE: "fill:#fbefff,stroke:#8250df,color:#3e1f79",
    Status.DELETE: "fill:#ffebe9,stroke:#cf222e,color:#82071e",
    Status.ADOPT: "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    Status.FORGET: "fill:#f6f8fa,stroke:#57606a,color:#24292f,stroke-dasharray:4 3",
    Status.UNDECLARED: "fill:#f6f8fa,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
}
_LINKS = {Flow.MESSAGES: "-->", Flow.ACCESS: "-.->", Flow.MEMBERSHIP: "---", Flow.SETTINGS: "-.-"}


def render_mermaid(picture: Picture) -> str:
    """Draw a picture as a flow chart from left to right, a frame around what lies together."""
    lines = ["flowchart LR"]
    for number, (name, members) in enumerate(areas(picture.nodes).items()):
        lines.append(f'  subgraph a{number}["{_text(name)}"]')
        for member in members:
            node = picture.nodes[member]
            style = f":::{node.status.value}" if node.status in _STYLES else ""
            lines.append(f'    n{member}["{_text(subtitle(node))}<br>{_text(marked(node))}"]{style}')
        lines.append("  end")
    lines += [_arrow(arrow) for arrow in picture.arrows]
    used = {node.status for node in picture.nodes}
    lines += [f"  classDef {status.value} {style}" for status, style in _STYLES.items() if status in used]
    return "\n".join([*lines, ""])


def _arrow(arrow: Arrow) -> str:
    link = _LINKS[arrow.flow]
    words = "<br>".join(_text(word) for word in arrow.words)
    return f"  n{arrow.source} {link}" + (f'|"{words}"| ' if words else " ") + f"n{arrow.target}"


def _text(text: str) -> str:
    """Write a text so that it stands in quotes: whatever is not plain by its code, as Mermaid has it."""
    return _PLAIN.sub(lambda match: f"#{ord(match[0])};", text)
