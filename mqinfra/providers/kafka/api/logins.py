"""Does a password work? Brokers show no password and nothing of it, so that a login is the only way to tell.

Each try is a client of its own at the listener that we are connected to, with the user's name and password in place of
ours. It asks who the cluster is, which needs no right. Imported only when connecting.
"""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.connection_log import ConnectionLog

MOST_IN_A_PLAN = 50
"""Logins that are tried to compare passwords, one after the other; each takes about a twentieth of a second."""
_AT_ONCE = 8
_POLL = 0.02
_LEARN = 5.0
"""Seconds within which every broker has learnt of a credential that the controller has taken."""
_REFUSED = "invalid credentials"


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody would log in with.

    Attributes:
        mechanism: `SCRAM-SHA-256` or `SCRAM-SHA-512`.
        password: its value.
    """

    mechanism: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.mechanism!r})"


class Logins:
    """Tries logins at one cluster.

    Args:
        properties: librdkafka's properties of our own connection.
        patience: seconds that one try may take.
    """

    def __init__(self, properties: Mapping[str, Any], patience: float) -> None:
        self._properties = {name: value for name, value in properties.items() if not name.startswith("sasl.")}
        self._patience = patience
        self._known: dict[tuple[str, Login], bool] = {}
        self._left = MOST_IN_A_PLAN

    @property
    def impossible(self) -> str:
        """Why no login can be tried, for people; empty where one can."""
        if "sasl" in str(self._properties.get("security.protocol", "")):
            return ""
        return "the listener that mqinfra is connected to takes no logins with a password"

    def works(self, user: str, login: Login) -> bool | None:
        """Try whether somebody can log in; None where that can't be told, or was asked too often."""
        known = self._known.get((user, login))
        if known is not None:
            return known
        if self.impossible or self._left <= 0:
            return None
        self._left -= 1
        return self._remember(user, login, self._try(user, login))

    def prove(self, logins: Mapping[str, Login]) -> Mapping[str, bool | None]:
        """Try logins that should work now, several at once, again and again while the brokers may not know of them."""
        if self.impossible:
            return dict.fromkeys(logins)
        deadline = time.monotonic() + max(_LEARN, self._patience)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            tried = pool.map(lambda user: self._until(user, logins[user], deadline), logins)
            found = dict(zip(logins, tried, strict=True))
        return {user: self._remember(user, logins[user], worked) for user, worked in found.items()}

    def forget(self, user: str) -> None:
        """Forget what was found of a user, whose password is another now."""
        self._known = {key: worked for key, worked in self._known.items() if key[0] != user}

    def _remember(self, user: str, login: Login, worked: bool | None) -> bool | None:  # noqa: FBT001 - three answers
        if worked is not None:
            self._known[user, login] = worked
        return worked

    def _until(self, user: str, login: Login, deadline: float) -> bool | None:
        while True:
            worked = self._try(user, login)
            if worked is not False or time.monotonic() > deadline:
                return worked

    def _try(self, user: str, login: Login) -> bool | None:
        log = ConnectionLog()
        config = self._properties | {
            "sasl.mechanism": login.mechanism,
            "sasl.username": user,
            "sasl.password": login.password,
            "error_cb": log.on_error,
        }
        try:
            admin = AdminClient(config, logger=log.logger)
        except (KafkaException, ValueError, TypeError):
            return None
        asked: Future[Any] = admin.describe_cluster(request_timeout=self._patience)
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            try:
                asked.result(_POLL)
            except NotDone:
                admin.poll(0)
            except KafkaException:
                del asked  # it keeps the error, which keeps this frame with the client
                return None
            else:
                return True
            if log.failures:
                return False if any(_REFUSED in failed.reason for failed in log.failures) else None
        return None
