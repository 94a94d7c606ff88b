"""What every renderer needs of a terminal: harmless text, widths, wrapping and the few colours that mean something.

Separate because it is the one choke point for text that somebody else wrote. Manifests and brokers are untrusted
input in a pull request: a name may hold escape sequences (CVE-2021-25743), right-to-left overrides
(CVE-2021-42574) or a command to the CI runner that reads our output.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.model.printable import CI_COMMAND, all_shown, is_shown

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_TRAILING = re.compile(r"(?:\x1b\[[0-9;]*m| )+\Z")
_NARROWEST = 20


def clean(text: str) -> str:
    r"""Make somebody else's text safe to print on one line.

    C0 and C1 controls (line ends too), `ESC`, bidirectional controls, zero-width and unassigned characters, blanks
    other than the space, and lone surrogates are shown as `\x1b` or `<U+202E>`; commands to CI runners are broken.
    """
    if not (text.isascii() and text.isprintable()) and not all_shown(text):
        text = "".join(char if is_shown(char) else _visible(char) for char in text)
    if "##" in text or "::" in text:
        text = CI_COMMAND.sub(lambda match: f"{match[0][0]}\\x{ord(match[0][0]):02x}", text)
    return text


def clean_all(*texts: str) -> Sequence[str]:
    """`clean` for each of several texts. They are looked at as one, since hardly any has something to clean."""
    joined = " ".join(texts)  # a blank, so that each begins a word as it does alone
    return texts if clean(joined) == joined else [clean(text) for text in texts]


def _visible(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0xA0 else f"<U+{code:04X}>"


def cells(text: str) -> int:
    """Count the terminal columns that a line takes; our own colours take none, East Asian wide characters two."""
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def cut(text: str, width: int) -> str:
    """Shorten uncoloured text to a number of columns, `...` at the end."""
    if cells(text) <= width:
        return text
    kept: list[str] = []
    room = max(width, 4) - 3
    for char in text:
        room -= cells(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + "..."


@dataclass(frozen=True, slots=True)
class Style:
    """How to print. Colour only repeats what symbols and words say.

    Attributes:
        colour: use ANSI colours.
        width: columns; below 20 it counts as 20.
    """

    colour: bool = False
    width: int = 100

    def created(self, text: str) -> str:
        """Something new, or a success."""
        return self._paint("32", text)

    def changed(self, text: str) -> str:
        """Something that changes, or a warning."""
        return self._paint("33", text)

    def destroyed(self, text: str) -> str:
        """Something that is lost, or an error."""
        return self._paint("31", text)

    def hint(self, text: str) -> str:
        """What to do now."""
        return self._paint("36", text)

    def dim(self, text: str) -> str:
        """What most readers skip."""
        return self._paint("2", text)

    def bold(self, text: str) -> str:
        """A heading."""
        return self._paint("1", text)

    def wrap(self, text: str, *, indent: int = 0, hang: int | None = None) -> list[str]:
        """Break text at blanks into lines that fit.

        A word is never broken, so that an address or a command can be copied; a longer one sticks out.

        Args:
            text: one logical line; runs of blanks in it survive where it is not broken.
            indent: blanks before the first line.
            hang: blanks before the others; two more than `indent` unless given.
        """
        width = max(self.width, _NARROWEST)
        if indent + cells(text) <= width:
            return [" " * indent + text]
        lines: list[str] = []
        hang = indent + 2 if hang is None else hang
        line, used, gap = " " * indent, indent, ""
        empty = True
        for word in re.split(r"( +)", text):
            if not word or word.isspace():
                gap += word
                continue
            size = cells(word)
            if not size and "\x1b" in word:
                line += word
                continue
            if not empty and used + len(gap) + size > width:
                lines.append(line)
                line, used, empty = " " * hang, hang, True
            if not empty:
                line, used = line + gap, used + len(gap)
            line, used, gap, empty = line + word, used + size, "", False
        return [*lines, line]

    def aligned(self, text: str, right: str, *, indent: int = 0, hang: int | None = None) -> list[str]:
        """Put a short text at the right edge of the line where there is room, else after the text."""
        if not right:
            return self.wrap(text, indent=indent, hang=hang)
        room = min(max(self.width, _NARROWEST), 120) - indent - cells(text) - cells(right)
        if room >= 2:
            return [" " * indent + text + " " * room + self.dim(right)]
        return self.wrap(f"{text}  {self.dim(right)}", indent=indent, hang=hang)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


PLAIN = Style()
"""No colour, 100 columns: for files and pull requests."""


def document(lines: Iterable[str]) -> str:
    """Join lines to a text that ends with a line end; nothing stays nothing. Blanks at line ends go."""
    text = "\n".join(_TRAILING.sub(_without_blanks, line) if " \x1b[0m" in line else line.rstrip() for line in lines)
    return text + "\n" if text else ""


def _without_blanks(trailing: re.Match[str]) -> str:
    return trailing[0].replace(" ", "")


def plural(number: int, noun: str) -> str:
    """`1 change`, `12,000 changes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
