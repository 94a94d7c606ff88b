"""What a diagnostic code means, for `mqinfra explain MQ203`, and the page of all codes for the docs."""

from collections.abc import Iterable, Mapping

from mqinfra.model.code import Code
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.terminal import Style, document

FAMILIES = {
    "1": "Text and schema",
    "2": "Destructive",
    "3": "Impossible on this broker",
    "4": "Availability",
    "5": "References",
    "6": "Naming and policy",
    "7": "Security",
}


def render_code(code: Code, style: Style, former: str = "") -> str:
    """Explain a code on a terminal.

    Args:
        code: the code.
        style: how to write.
        former: the number that was asked for, where it is one that the code had before.
    """
    lines = [f"{former} is now {code.id}.", ""] if former else []
    lines += [f"{style.bold(code.id)} ({code.severity.value}): {code.title}", ""]
    lines += _paragraphs(code.explanation, style)
    for title, example in (("Triggers it:", code.bad), ("Fixed:", code.good)):
        if example:
            lines += [title, "", *(f"    {line}" for line in example.strip("\n").splitlines()), ""]
    return document(lines[:-1])


def render_exit_codes(style: Style) -> str:
    """List the exit codes for `mqinfra explain exit-codes`."""
    return document(line for code in ExitCode for line in style.wrap(f"{code.value:>4}  {code.meaning}", hang=6))


def codes_markdown(codes: Iterable[Code], former: Mapping[str, Code]) -> str:
    """Write docs/diagnostics.md: a table of all codes, then each with its explanation and examples.

    Args:
        codes: the codes.
        former: numbers that are no longer given, and what they are now.
    """
    known = sorted(codes, key=lambda code: code.id)
    lines = ["# Diagnostics", "", "Generated from the code; `mqinfra explain CODE` prints the same.", ""]
    lines += ["| code | severity | meaning |", "|---|---|---|"]
    lines += [f"| [{code.id}](#{code.id.lower()}) | {code.severity.value} | {_cell(code.title)} |" for code in known]
    family = ""
    for code in known:
        letters = code.id.rstrip("0123456789")
        digit = code.id[len(letters)]
        if letters + digit != family:
            family = letters + digit
            lines += ["", f"## {family}xx: {FAMILIES[digit]}"]
        lines += ["", f"### {code.id}", "", f"**{code.title}** ({code.severity.value})", "", code.explanation.strip()]
        for title, example in (("Triggers it:", code.bad), ("Fixed:", code.good)):
            if example:
                lines += ["", title, "", *(f"    {line}" for line in example.strip("\n").splitlines())]
    if former:
        lines += ["", "## Former codes", "", "Numbers that are no longer given.", "", "| code | is now |", "|---|---|"]
        lines += [f"| {id_} | [{code.id}](#{code.id.lower()}) |" for id_, code in sorted(former.items())]
    lines += ["", "## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code.value} | {code.meaning} |" for code in ExitCode]
    return document(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _paragraphs(text: str, style: Style) -> list[str]:
    """Wrap Markdown paragraphs; what is indented or listed keeps its lines."""
    lines: list[str] = []
    for paragraph in text.strip("\n").split("\n\n"):
        verbatim = any(line.startswith((" ", "- ", "* ", "|", "```")) for line in paragraph.splitlines())
        if verbatim:
            lines += [piece for line in paragraph.splitlines() for piece in style.wrap(line)]
        else:
            lines += style.wrap(" ".join(paragraph.split()), hang=0)
        lines.append("")
    return lines
