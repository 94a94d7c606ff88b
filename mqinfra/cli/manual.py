"""The man page, `mqinfra(1)`, made from what `--help` says, so that neither tells more than the other."""

import importlib
import re
from collections.abc import Iterator

import click

from mqinfra import __version__
from mqinfra.cli.main import COMMANDS, main
from mqinfra.model.exit_code import ExitCode

VARIABLES = {
    "MQINFRA_ENV": "The environment, as with --env.",
    "MQINFRA_CLUSTERS": "The clusters file, as with --clusters.",
    "MQINFRA_POLICY": "The organisation's policy, as with --policy.",
}
_FILES = {
    "mqinfra.yaml": "The project: its name, what it may own, and its environments.",
    ".mqinfra/": "What sandboxes hold, and schemas for editors. It belongs in .gitignore.",
}
_EXAMPLES = {
    "Begin a project in an empty folder, and look at what it would do:": "mqinfra init && mqinfra plan",
    "Save a plan, and apply exactly that:": "mqinfra plan -o json=plan.json && mqinfra apply plan.json",
    "Read what a code means:": "mqinfra explain MQ203",
}
_COMMAND_FIRST = re.compile(r"^([.'])", re.MULTILINE)


def manual() -> str:
    """The page, as the macros of man(7)."""
    lines = [
        '.\\" Made from the help of the commands by `make docs`.',
        f'.TH MQINFRA 1 "" "mqinfra {__version__}" "User Commands"',
        ".SH NAME",
        "mqinfra \\- topology-as-code for message queues",
        ".SH SYNOPSIS",
        ".B mqinfra",
        "[\\fB\\-C\\fR \\fIDIR\\fR] \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
        _text(_described(main)),
        "YAML manifests say what should exist on brokers and schema registries.",
        "There is no state file: the truth is the manifests and the live brokers.",
        "Nothing is deleted unless a reviewed line names it.",
        ".SH OPTIONS",
        *_options(main),
        ".SH COMMANDS",
    ]
    for path, command in _commands():
        lines += [f".SS {_text(path)}", *_usage(path, command), *_paragraphs(_described(command)), *_options(command)]
    lines += [".SH EXIT STATUS", *(line for code in ExitCode for line in _item(str(int(code)), code.meaning))]
    lines += [".SH ENVIRONMENT", *(line for name, what in VARIABLES.items() for line in _item(name, what))]
    lines += [".SH FILES", *(line for name, what in _FILES.items() for line in _item(name, what))]
    lines.append(".SH EXAMPLES")
    for what, typed in _EXAMPLES.items():
        lines += [".PP", _text(what), ".PP", ".nf", f".RS\n{_text(typed)}\n.RE", ".fi"]
    return "\n".join(line for line in lines if line) + "\n"


def _commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"mqinfra.cli.{name}").command
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", one) for inner, one in command.commands.items())


def _context(command: click.Command) -> click.Context:
    """A context of a command with the settings of the whole, such as `-h`."""
    return click.Context(command, **main.context_settings)


def _usage(path: str, command: click.Command) -> list[str]:
    pieces = " ".join(f"\\fI{_text(piece)}\\fR" for piece in command.collect_usage_pieces(_context(command)))
    return [f"\\fBmqinfra {_text(path)}\\fR {pieces}", ".PP"]


def _described(command: click.Command) -> str:
    return (command.help or "").partition("\f")[0]


def _paragraphs(text: str) -> list[str]:
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n", text.strip())]
    return [line for one in paragraphs if one for line in (_text(one), ".PP")]


def _options(command: click.Command) -> list[str]:
    context = _context(command)
    records = [one.get_help_record(context) for one in command.get_params(context)]
    return [line for record in records if record is not None for line in _item(*record)]


def _item(term: str, what: str) -> list[str]:
    return [".TP", f"\\fB{_text(term)}\\fR", _text(" ".join(what.split()))]


def _text(text: str) -> str:
    """A text whose every character stands for itself; the hyphen is that of options, which can be copied."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return _COMMAND_FIRST.sub(r"\\&\1", plain)
