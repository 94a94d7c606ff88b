"""A schema registry in this process that behaves as Confluent's sources say: no package registry serves the real one.

Written to core/src/main/java/io/confluent/kafka/schemaregistry/rest/resources/*.java and rest/exceptions/Errors.java.
It judges compatibility of Avro alone, by the library, and takes every other language as compatible.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from avro.schema import parse

from tests.brokers.ports import HOST

if TYPE_CHECKING:
    from tests.brokers.tls import ServerIdentity

LEVELS = frozenset(f"{word}{rest}" for word in ("BACKWARD", "FORWARD", "FULL") for rest in ("", "_TRANSITIVE")) | {
    "NONE"
}
MODES = frozenset(("READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"))


class Answer(Exception):  # noqa: N818 - what the server says
    """A no, with its status and error code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Version:
    """A version of a subject."""

    number: int
    id: int
    body: dict[str, Any]
    deleted: bool = False


@dataclass
class Registry:
    """What it holds."""

    subjects: dict[str, list[Version]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    levels: dict[str, dict[str, Any]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)

    def live(self, subject: str) -> list[Version]:
        some = [one for one in self.subjects.get(subject, []) if not one.deleted]
        if not some:
            raise Answer(404, 40401, f"Subject '{subject}' not found.")
        return some

    def version(self, subject: str, text: str) -> Version:
        some = self.live(subject)
        if text in ("latest", "-1"):
            return some[-1]
        for one in some:
            if str(one.number) == text:
                return one
        raise Answer(404, 40402, f"Version {text} not found.")

    def level(self, subject: str) -> str:
        held = self.levels.get(subject) or self.levels.get("") or {}
        return str(held.get("compatibilityLevel", "BACKWARD"))

    def mode(self, subject: str) -> str:
        return self.modes.get(subject) or self.modes.get("", "READWRITE")

    def check(self, subject: str, body: dict[str, Any], some: list[Version]) -> list[str]:
        """Why a schema is not compatible with versions; nothing where it is."""
        level = self.level(subject)
        messages: list[str] = []
        for one in reversed(some if level.endswith("_TRANSITIVE") else some[-1:]):
            if body.get("references") or (body.get("schemaType") or "AVRO") != "AVRO":
                continue
            new, old = parse(body["schema"]), parse(one.body["schema"])
            pairs = [(new, old)] if level.startswith(("BACKWARD", "FULL")) else []
            pairs += [(old, new)] if level.startswith(("FORWARD", "FULL")) else []
            for reader, writer in pairs:
                result = ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)  # type: ignore[no-untyped-call]
                if result.compatibility is SchemaCompatibilityType.incompatible:
                    messages += [
                        f"{{errorType:'INCOMPATIBLE', description:'{text}'}}" for text in sorted(result.messages)
                    ]
        return [*messages, f"{{compatibility: '{level}'}}"] if messages else []

    def register(self, subject: str, body: dict[str, Any]) -> dict[str, Any]:
        mode = self.mode(subject)
        if mode.startswith("READONLY"):
            raise Answer(422, 42205, f"Subject {subject} is in read-only mode")
        if (mode == "IMPORT") != ("id" in body and body["id"] is not None and body["id"] >= 0):
            raise Answer(422, 42205, f"Subject {subject} is {'' if mode == 'IMPORT' else 'not '}in import mode")
        self.valid(body)
        held = self.subjects.setdefault(subject, [])
        live = [one for one in held if not one.deleted]
        for one in live:
            if _same(one.body, body):
                return {"id": one.id}
        if live and (why := self.check(subject, body, live)):
            raise Answer(409, 40901, f"Schema being registered is incompatible with an earlier schema: {why}")
        number = (
            body.get("version")
            if mode == "IMPORT" and body.get("version")
            else max((one.number for one in held), default=0) + 1
        )
        identity = (
            body["id"] if mode == "IMPORT" else self.ids.setdefault(json.dumps(_content(body)), len(self.ids) + 1)
        )
        held.append(Version(int(number or 1), int(identity), _content(body)))
        return {"id": identity}

    def valid(self, body: dict[str, Any]) -> None:
        for one in body.get("references") or ():
            self.version(one["subject"], str(one["version"]))
        if not body.get("references") and (body.get("schemaType") or "AVRO") == "AVRO":
            try:
                parse(body["schema"])
            except (AvroException, ValueError) as error:
                raise Answer(422, 42201, f"Invalid schema: {error}") from None

    def users(self, subject: str, number: int) -> list[int]:
        return sorted(
            {
                one.id
                for some in self.subjects.values()
                for one in some
                if not one.deleted
                for reference in one.body.get("references") or ()
                if (reference["subject"], int(reference["version"])) == (subject, number)
            }
        )

    def delete(self, subject: str, *, permanent: bool) -> list[int]:
        held = self.subjects.get(subject, [])
        if not held:
            raise Answer(404, 40401, f"Subject '{subject}' not found.")
        live = [one for one in held if not one.deleted]
        if permanent and live:
            raise Answer(404, 40405, f"Subject '{subject}' was not deleted first before being permanently deleted")
        if not permanent and not live:
            raise Answer(404, 40404, f"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently")
        if any(self.users(subject, one.number) for one in live):
            raise Answer(422, 42206, f"One or more references exist to the schema {subject}.")
        numbers = [one.number for one in held]
        if permanent:
            del self.subjects[subject]
        for one in live:
            one.deleted = True
        self.levels.pop(subject, None)
        self.modes.pop(subject, None)
        return numbers


def _content(body: dict[str, Any]) -> dict[str, Any]:
    kept = ("schema", "schemaType", "references", "metadata", "ruleSet")
    return {name: body[name] for name in kept if body.get(name) and body[name] != "AVRO"}  # which goes without saying


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    first, second = _content(one), _content(other)
    return first == second or (
        first.keys() == second.keys()
        and all(first[name] == second[name] for name in first if name != "schema")
        and _plain(first["schema"]) == _plain(second["schema"])
    )


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class Confluent:
    """The server, on a port of its own.

    `before` may answer a request in place of the registry: it gets method and path, and gives status, headers and
    body, or None. `requests` are those that came, with their heads.
    """

    def __init__(self, identity: ServerIdentity | None = None) -> None:
        self.registry = Registry()
        self.lock = RLock()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.before: Any = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one packet: the second would wait for the first's acknowledgement.
            wbufsize = 2**16
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                text = self.rfile.read(size)
                with outer.lock:
                    outer.requests.append((self.command, self.path, dict(self.headers)))
                    said = outer.before(self.command, self.path) if outer.before is not None else None
                    status, headers, body = said or outer.answer(self.command, self.path, json.loads(text or b"null"))
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/vnd.schemaregistry.v1+json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                self.wfile.flush()

            do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self._scheme = "http"
        if identity is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity.keystore)
            # The handshake is the thread's of the connection, so that a client that does not speak TLS stops nobody.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._scheme = "https"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://{HOST}:{self._server.server_address[1]}"

    @property
    def written(self) -> list[str]:
        """The requests that ask for a change; checks and look-ups ask for none."""
        return [
            f"{method} {path}"
            for method, path, _ in self.requests
            if method in ("PUT", "DELETE")
            or (method == "POST" and urlsplit(path).path.endswith("/versions") and "/compatibility/" not in path)
        ]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, target: str, body: Any) -> tuple[int, dict[str, str], Any]:
        """What the registry says."""
        parts = urlsplit(target)
        words = [unquote(word) for word in parts.path.split("/")[1:]]
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            return 200, {}, self._route(method, words, query, body)
        except Answer as no:
            return no.status, {}, {"error_code": no.code, "message": str(no)}

    def _route(self, method: str, words: list[str], query: dict[str, str], body: Any) -> Any:
        match method, words:
            case _, ["config" | "mode" as word, *rest]:
                return self._setting(method, word, rest[0] if rest else "", query, body)
            case "GET", ["subjects"]:
                return self._names(query)
            case "GET", ["contexts"]:
                return sorted(
                    {".", *(f".{name[2:].split(':')[0]}" for name in self.registry.subjects if name.startswith(":."))}
                )
            case "GET", ["v1", "metadata", "id"]:
                return {
                    "scope": {"path": [], "clusters": {"kafka-cluster": "k1", "schema-registry-cluster": "sr"}},
                    "id": "",
                }
            case "GET", ["v1", "metadata", "version"]:
                return {"version": "7.9.1", "commitId": "0"}
            case "GET", ["schemas", "ids", identity]:
                # Those of deleted versions too, until they are gone for good.
                for one in (one for some in self.registry.subjects.values() for one in some):
                    if str(one.id) == identity:
                        return one.body
                raise Answer(404, 40403, f"Schema {identity} not found")
            case "GET", ["schemas", "ids", identity, "versions"]:
                return [
                    {"subject": name, "version": one.number}
                    for name, some in self.registry.subjects.items()
                    for one in some
                    if str(one.id) == identity and not one.deleted
                ]
            case _, ["compatibility", "subjects", subject, "versions", *_]:
                some = [one for one in self.registry.subjects.get(subject, []) if not one.deleted]
                self.registry.valid(body)
                messages = self.registry.check(subject, body, some) if some else []
                told = {"messages": messages} if query.get("verbose") == "true" else {}
                return {"is_compatible": not messages, **told}
            case _, ["subjects", subject, *rest]:
                return self._subject(method, subject, rest, query, body)
        raise Answer(404, 404, "HTTP 404 Not Found")

    def _names(self, query: dict[str, str]) -> list[str]:
        deleted = query.get("deletedOnly") == "true"
        names = sorted(
            name
            for name, some in self.registry.subjects.items()
            if some and all(one.deleted for one in some) is deleted
        )
        start = int(query.get("offset", 0))
        return names[start : start + int(query.get("limit", len(names) or 1))]

    def _subject(self, method: str, subject: str, rest: list[str], query: dict[str, str], body: Any) -> Any:
        held = self.registry
        match method, rest:
            case "POST", []:
                for one in held.live(subject):
                    if _same(one.body, body):
                        return {"subject": subject, "version": one.number, "id": one.id, **one.body}
                raise Answer(404, 40403, "Schema not found")
            case "POST", ["versions"]:
                return held.register(subject, body)
            case "DELETE", []:
                return held.delete(subject, permanent=query.get("permanent") == "true")
            case "GET", ["versions"] if query.get("deleted") == "true":
                return [one.number for one in held.subjects.get(subject, [])]
            case "GET", ["versions"]:
                return [one.number for one in held.live(subject)]
            case "GET", ["versions", number]:
                found = held.version(subject, number)
                return {"subject": subject, "version": found.number, "id": found.id, **found.body}
            case "GET", ["versions", number, "referencedby"]:
                return held.users(subject, held.version(subject, number).number)
        raise Answer(404, 404, "HTTP 404 Not Found")

    def _setting(self, method: str, word: str, subject: str, query: dict[str, str], body: Any) -> Any:
        held = self.registry
        if word == "config":
            return self._level(method, subject, query, body)
        if method == "GET":
            if subject and subject not in held.modes and query.get("defaultToGlobal") != "true":
                raise Answer(404, 40409, f"Subject '{subject}' does not have subject-level mode configured")
            return {"mode": held.mode(subject)}
        if method == "DELETE":
            if subject not in held.modes:
                raise Answer(404, 40409, f"Subject '{subject}' does not have subject-level mode configured")
            return {"mode": held.modes.pop(subject)}
        if body["mode"] not in MODES:
            raise Answer(422, 42204, "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT")
        if body["mode"] == "IMPORT" and query.get("force") != "true" and held.subjects.get(subject):
            raise Answer(422, 42205, "Cannot import since found existing subjects")
        held.modes[subject] = body["mode"]
        return {"mode": body["mode"]}

    def _level(self, method: str, subject: str, query: dict[str, str], body: Any) -> Any:
        held = self.registry
        if method == "GET":
            if subject and subject not in held.levels and query.get("defaultToGlobal") != "true":
                raise Answer(404, 40408, f"Subject '{subject}' does not have subject-level compatibility configured")
            return {
                **held.levels.get("", {}),
                **held.levels.get(subject, {}),
                "compatibilityLevel": held.level(subject),
            }
        if method == "DELETE":
            if subject not in held.levels:
                raise Answer(404, 40408, f"Subject '{subject}' does not have subject-level compatibility configured")
            return held.levels.pop(subject)
        level = body.get("compatibility", held.level(subject))
        if level not in LEVELS:
            raise Answer(422, 42203, "Invalid compatibility level")
        rest = {name: value for name, value in body.items() if name != "compatibility"}
        held.levels[subject] = {**held.levels.get(subject, {}), **rest, "compatibilityLevel": level}
        return {"compatibility": level, **rest}
