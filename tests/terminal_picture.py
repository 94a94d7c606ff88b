"""A picture of what a command prints on a terminal, as SVG: for the README, made of real output."""

import re
from html import escape

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff", "36": "#76e3ea"}
_STYLE = (
    "text{font:13.3px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6edf3}"
    ".bold{font-weight:700}.dim{opacity:.65}"
)
_COLUMNS = 120
_WIDTH, _HEIGHT, _MARGIN = 8.0, 19, 16


def svg(text: str, title: str) -> str:
    """Draw lines with their colours.

    Args:
        text: what was printed, with escape sequences for colours.
        title: what the picture shows, for those who can't see it.
    """
    lines = [part for line in text.rstrip("\n").split("\n") for part in _wrapped(line)]
    columns = max(len(_SGR.sub("", line)) for line in lines)
    width, height = round(columns * _WIDTH) + 2 * _MARGIN, len(lines) * _HEIGHT + 2 * _MARGIN
    rows = [
        f'<text x="{_MARGIN}" y="{_MARGIN + (number + 1) * _HEIGHT - 5}" xml:space="preserve">{_spans(line)}</text>'
        for number, line in enumerate(lines)
    ]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>',
            *rows,
            "</svg>",
            "",
        )
    )


def _wrapped(line: str) -> list[str]:
    """A line as a terminal of 120 columns shows it; one that is longer has the colour that it begins with."""
    plain = _SGR.sub("", line)
    if len(plain) <= _COLUMNS:
        return [line]
    first = _SGR.search(line)
    colour = first[0] if first is not None else ""
    return [f"{colour}{plain[at : at + _COLUMNS]}" for at in range(0, len(plain), _COLUMNS)]


def _spans(line: str) -> str:
    spans: list[str] = []
    colour, classes, at = "", set[str](), 0
    for match in [*_SGR.finditer(line), None]:
        end = match.start() if match is not None else len(line)
        if line[at:end]:
            named = f' class="{" ".join(sorted(classes))}"' if classes else ""
            filled = f' fill="{colour}"' if colour else ""
            text = escape(line[at:end])
            spans.append(f"<tspan{named}{filled}>{text}</tspan>" if named or filled else text)
        if match is not None:
            at = match.end()
            for code in match[1].split(";"):
                if code in {"", "0"}:
                    colour, classes = "", set()
                elif code in {"1", "2"}:
                    classes.add("bold" if code == "1" else "dim")
                elif code in _COLOURS:
                    colour = _COLOURS[code]
    return "".join(spans)
