"""A process that compiles Protobuf files, one job per line: protoc prints what is wrong, so that it needs its own.

In: `{"files": {"a.proto": "..."}, "main": "a.proto"}`. Out: `{"set": "base64"}` or `{"errors": "..."}`.
"""

import base64
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grpc_tools import protoc

from mqinfra.providers.base.child import obedient

_INCLUDED = str(Path(protoc.__file__).parent / "_proto")


def main() -> None:
    """Do jobs until there are no more."""
    for line in sys.stdin:
        job = json.loads(line)
        sys.stdout.write(json.dumps(_compiled(job["files"], job["main"])) + "\n")
        sys.stdout.flush()


def _compiled(files: Mapping[str, str], main_file: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="mqinfra-protoc-") as folder:
        root, out, said = Path(folder, "in"), Path(folder, "out"), Path(folder, "said")
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        words = [f"-I{root}", f"-I{_INCLUDED}", f"--descriptor_set_out={out}", "--include_imports"]
        with said.open("wb") as errors:
            kept = os.dup(2)
            os.dup2(errors.fileno(), 2)
            try:
                code = protoc.main(["protoc", *words, "--include_source_info", main_file])
            finally:
                os.dup2(kept, 2)
                os.close(kept)
        if code != 0:
            return {"errors": said.read_text(encoding="utf-8", errors="replace").replace(f"{root}/", "")}
        return {"set": base64.b64encode(out.read_bytes()).decode()}


if __name__ == "__main__":
    obedient(main)
