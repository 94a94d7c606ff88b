"""A yaml-language-server as a process, spoken to in the Language Server Protocol over its standard streams."""

import json
import subprocess
import threading
from pathlib import Path
from queue import Queue
from typing import Any, Self

VERSION = "1.19.2"
_PATIENCE = 60.0


def install(folder: Path) -> Path:
    """Install the server below a folder, unless it is there; gives what starts it."""
    start = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not start.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            "npm",
            "install",
            "--silent",
            "--no-save",
            "--prefix",
            str(folder),
            f"yaml-language-server@{VERSION}",
        ]
        subprocess.run(command, check=True, capture_output=True)
    return start


class LanguageServer:
    """One server; files are given as texts."""

    def __init__(self, start: Path, root: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(start), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._root, self._next = root, 0
        self._answers: Queue[dict[str, Any]] = Queue()
        self._findings: Queue[dict[str, Any]] = Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self._tell("initialized", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a file, and give what the server finds in it."""
        uri = (self._root / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while True:
            found = self._findings.get(timeout=_PATIENCE)
            if found["uri"] == uri:
                diagnostics: list[dict[str, Any]] = found["diagnostics"]
                return diagnostics

    def complete(self, name: str, line: int, column: int) -> list[str]:
        """What the server offers at a place, counted from 0."""
        position = {"line": line, "character": column}
        given = {"textDocument": {"uri": (self._root / name).as_uri()}, "position": position}
        answer = self.ask("textDocument/completion", given)
        items = answer["items"] if isinstance(answer, dict) else answer
        return [str(item["label"]) for item in items]

    def hover(self, name: str, line: int, column: int) -> str:
        """What the server says of a place, counted from 0."""
        position = {"line": line, "character": column}
        given = {"textDocument": {"uri": (self._root / name).as_uri()}, "position": position}
        answer = self.ask("textDocument/hover", given)
        return "" if answer is None else str(answer["contents"]["value"])

    def ask(self, method: str, parameters: dict[str, Any]) -> Any:
        """Ask, and wait for the answer."""
        self._next += 1
        self._send({"id": self._next, "method": method, "params": parameters})
        while True:
            answer = self._answers.get(timeout=_PATIENCE)
            if answer["id"] == self._next:
                return answer.get("result")

    def _tell(self, method: str, parameters: dict[str, Any]) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            for line in iter(stream.readline, b"\r\n"):
                if not line:
                    return
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            message = json.loads(stream.read(length))
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": None if message["method"] != _CONFIGURATION else [{}]})
            elif message.get("method") == "textDocument/publishDiagnostics":
                self._findings.put(message["params"])
            elif "id" in message:
                self._answers.put(message)


_CONFIGURATION = "workspace/configuration"
