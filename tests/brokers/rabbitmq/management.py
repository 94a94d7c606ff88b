"""The tests' own way into the management API: it makes a node forget, and counts on no client library.

Not through `requests`, which would heed the machine's HTTP proxy settings.
"""

from __future__ import annotations

import base64
import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.brokers.ports import HOST

# Deleting a vhost of many queues takes a while.
_TIMEOUT = 120.0
_DEFAULT_VHOST = "/"
_PAUSES = (0.1, 0.5)


class Refused(Exception):  # noqa: N818 - what the server did
    """The management API answered with a status other than success."""

    def __init__(self, method: str, path: str, status: int, answer: str) -> None:
        super().__init__(f"{method} {path} was answered with {status}: {answer}")
        self.status = status


@dataclass(frozen=True)
class State:
    """What a fresh node holds, to go back to; in the words of the management API."""

    user: dict[str, Any]
    vhost: dict[str, Any]
    permission: dict[str, Any]
    global_parameters: dict[str, Any]


class Management:
    """Requests as one user; a connection each, so that a restart of the node disturbs nothing."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._port = port
        self._user = user
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}

    def get(self, *segments: str, query: str = "") -> Any:
        """What GET of `/api/` and these segments answers, with each segment percent-encoded.

        A list that is made while queues come and go may end in 500 (seen on 3.10.8), and not when it is asked again.
        """
        for pause in _PAUSES:
            try:
                return self.call("GET", *segments, query=query)
            except Refused as error:
                if error.status != http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
            time.sleep(pause)
        return self.call("GET", *segments, query=query)

    def call(self, method: str, *segments: str, body: object = None, query: str = "") -> Any:
        """The answer's JSON, or None where it has none.

        Raises:
            Refused: the status is not 2xx.
            OSError: the server does not answer.
        """
        path = "/".join(["/api", *(quote(segment, safe="") for segment in segments)]) + (query and f"?{query}")
        connection = http.client.HTTPConnection(HOST, self._port, timeout=_TIMEOUT)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            response = connection.getresponse()
            answer = response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            raise Refused(method, path, response.status, answer.decode(errors="replace"))
        return json.loads(answer) if answer else None

    def state(self) -> State:
        """What the node holds of what `restore` puts back."""
        return State(
            user=self.get("users", self._user),
            vhost=_comparable(self.get("vhosts", _DEFAULT_VHOST)),
            permission=self.get("permissions", _DEFAULT_VHOST, self._user),
            global_parameters={each["name"]: each["value"] for each in self.get("global-parameters")},
        )

    def restore(self, state: State) -> None:
        """Delete what was made since, and put back what was changed.

        The default vhost is deleted and made anew if there is anything in it.

        Raises:
            Refused: this user was deleted or lost rights it needs.
        """
        found = self.get("definitions")
        vhosts = {vhost["name"]: vhost for vhost in self.get("vhosts")}
        names = vhosts.keys()
        for name in names - {_DEFAULT_VHOST}:
            if vhosts[name].get("protected_from_deletion"):
                self.call("DELETE", "vhosts", name, "deletion", "protection")
            self.call("DELETE", "vhosts", name)
        for user in found["users"]:
            if user["name"] != self._user:
                self.call("DELETE", "users", user["name"])
        self._restore_user(state)
        if _DEFAULT_VHOST not in names:
            self._make_vhost(state)
        elif self._is_used(found, state):
            self.call("DELETE", "vhosts", _DEFAULT_VHOST)
            self._make_vhost(state)
        for parameter in found["global_parameters"]:
            if parameter["name"] not in state.global_parameters:
                self.call("DELETE", "global-parameters", parameter["name"])
        now = {each["name"]: each["value"] for each in self.get("global-parameters")}
        for name, value in state.global_parameters.items():
            if now.get(name) != value:
                self.call("PUT", "global-parameters", name, body={"name": name, "value": value})

    def _restore_user(self, state: State) -> None:
        now = self.get("users", self._user)
        for limit in now.get("limits") or ():
            self.call("DELETE", "user-limits", self._user, limit)
        if now["tags"] != state.user["tags"]:
            body = {name: state.user[name] for name in ("password_hash", "hashing_algorithm", "tags")}
            self.call("PUT", "users", self._user, body=body)

    def _is_used(self, found: dict[str, Any], state: State) -> bool:
        """Whether the default vhost holds or is anything that it was not; `found` has no exclusive queues."""
        kinds = ("queues", "exchanges", "bindings", "policies", "parameters", "topic_permissions")
        return (
            any(each["vhost"] == _DEFAULT_VHOST for kind in kinds for each in found[kind])
            or bool(self.get("queues", _DEFAULT_VHOST, query="disable_stats=true"))
            or [each for each in found["permissions"] if each["vhost"] == _DEFAULT_VHOST] != [state.permission]
            or _comparable(self.get("vhosts", _DEFAULT_VHOST)) != state.vhost
        )

    def _make_vhost(self, state: State) -> None:
        # 3.10 says `undefined` for a type that nobody chose. Tags are read as a list, and written with commas.
        settings = {name: state.vhost[name] for name in ("description", "tracing", "default_queue_type")}
        vhost = {name: value for name, value in settings.items() if value != "undefined"}
        self.call("PUT", "vhosts", _DEFAULT_VHOST, body={**vhost, "tags": ",".join(state.vhost["tags"])})
        rights = {right: state.permission[right] for right in ("configure", "write", "read")}
        self.call("PUT", "permissions", _DEFAULT_VHOST, self._user, body=rights)


def _comparable(vhost: dict[str, Any]) -> dict[str, Any]:
    """A vhost without what is measured rather than set."""
    settings = ("name", "description", "tags", "default_queue_type", "tracing", "metadata")
    return {name: vhost[name] for name in settings if name in vhost}
