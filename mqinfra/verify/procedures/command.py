"""Commands that the caller gives, run without a shell, and what became of them."""

import shlex
import subprocess

from pydantic import JsonValue

_SAID = 200


def run(command: str, patience: float, **names: str) -> JsonValue:
    """Run a command; its exit code, -1 where it could not be run to its end, and the last that it said of errors.

    Args:
        command: the command, with its arguments quoted as in a shell.
        patience: seconds that it may take.
        names: what stands for `{name}` in each argument.
    """
    try:
        words = [_filled(word, names) for word in shlex.split(command)]
        ran = subprocess.run(words, capture_output=True, timeout=max(1.0, patience), check=False)  # noqa: S603 - the caller's own
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return {"code": -1, "said": str(error)[-_SAID:]}
    return {"code": ran.returncode, "said": ran.stderr.decode("utf-8", "replace")[-_SAID:]}


def why_not(seen: JsonValue) -> str:
    """Why a command that was run did not do what it should, as a clause; empty where it did."""
    code = seen.get("code") if isinstance(seen, dict) else None
    if code == 0:
        return ""
    said = str(seen.get("said", "")).strip() if isinstance(seen, dict) else "it was not run"
    return f"({code}): {said}"


def _filled(word: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        word = word.replace(f"{{{name}}}", value)
    return word
