"""What `gh api` does with the comments of a pull request, kept in a file."""

import json
import os
import re
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Answer one call."""
    path = Path(os.environ["COMMENTS"])
    comments: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    target = next(one for one in arguments if one.startswith("repos/acme/shop/"))
    if target.endswith("/pulls"):
        sys.stdout.write("7\n")
        return 0
    if "--jq" in arguments:
        start = json.loads(f'"{_started(arguments[arguments.index("--jq") + 1])}"')
        sys.stdout.write("".join(f"{number}\n" for number, body in comments.items() if body.startswith(start)))
        return 0
    body = Path(arguments[arguments.index("--field") + 1].removeprefix("body=@")).read_text()
    number = target.rpartition("/")[2] if "PATCH" in arguments else str(len(comments) + 1)
    path.write_text(json.dumps({**comments, number: body}))
    return 0


def _started(query: str) -> str:
    match = re.fullmatch(
        r'\.\[\] \| select\(\.user\.type == "Bot" and \(\.body \| startswith\("(.*)"\)\)\) \| \.id', query
    )
    if match is None:
        raise SystemExit(f"a query that is not understood: {query}")
    return match[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
