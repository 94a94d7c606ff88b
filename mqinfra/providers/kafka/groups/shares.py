"""Share groups, which librdkafka neither lists nor describes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mqinfra.providers.kafka.api.faults import KafkaFault

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

    from mqinfra.providers.kafka.api.client import KafkaClient

_WITHOUT_MEMBERS = ("Empty", "Dead")


def share_groups(client: "KafkaClient") -> Mapping[str, bool]:
    """The share groups that the caller may see, and whether each has members.

    Where nobody can ask for them there are none: what is declared of one is its settings, which are read all the same.
    """
    from mqinfra.providers.kafka.api.second_client import Unavailable  # noqa: PLC0415 - brings in the client library

    found = client.second.ask(_listed)
    return {} if isinstance(found, KafkaFault | Unavailable) else found


def _listed(admin: "KafkaAdminClient") -> dict[str, bool]:
    groups = admin.list_groups()
    return {
        str(group["group_id"]): group["group_state"] not in _WITHOUT_MEMBERS
        for group in groups
        if str(group.get("group_type")).lower() == "share"
    }
