"""What clients asked of a Kafka broker, as a proxy between them saw it."""

from __future__ import annotations

import struct
import threading
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.brokers.kafka.messages import ApiKey, admin

_MOST_RECORDED = 200_000
_HEADER = struct.Struct(">hhi")

# Requests that may change what the cluster holds. A producer id and group offsets count too:
# both are stored, and a read-only command has no reason to ask for either.
MUTATING = frozenset(
    {
        ApiKey.Produce,
        ApiKey.OffsetCommit,
        ApiKey.CreateTopics,
        ApiKey.DeleteTopics,
        ApiKey.DeleteRecords,
        ApiKey.InitProducerId,
        ApiKey.AddPartitionsToTxn,
        ApiKey.AddOffsetsToTxn,
        ApiKey.EndTxn,
        ApiKey.WriteTxnMarkers,
        ApiKey.TxnOffsetCommit,
        ApiKey.CreateAcls,
        ApiKey.DeleteAcls,
        ApiKey.AlterConfigs,
        ApiKey.AlterReplicaLogDirs,
        ApiKey.CreatePartitions,
        ApiKey.CreateDelegationToken,
        ApiKey.RenewDelegationToken,
        ApiKey.ExpireDelegationToken,
        ApiKey.DeleteGroups,
        ApiKey.ElectLeaders,
        ApiKey.IncrementalAlterConfigs,
        ApiKey.AlterPartitionReassignments,
        ApiKey.OffsetDelete,
        ApiKey.AlterClientQuotas,
        ApiKey.AlterUserScramCredentials,
        ApiKey.UpdateFeatures,
        ApiKey.UnregisterBroker,
        ApiKey.AddRaftVoter,
        ApiKey.RemoveRaftVoter,
        ApiKey.DeleteShareGroupState,
        ApiKey.AlterShareGroupOffsets,
        ApiKey.DeleteShareGroupOffsets,
    }
)

# Those of them that can be asked for as a dry run.
_WITH_DRY_RUN: dict[int, Any] = {
    ApiKey.CreateTopics: admin.CreateTopicsRequest,
    ApiKey.CreatePartitions: admin.CreatePartitionsRequest,
    ApiKey.IncrementalAlterConfigs: admin.IncrementalAlterConfigsRequest,
    ApiKey.AlterConfigs: admin.AlterConfigsRequest,
    ApiKey.AlterClientQuotas: admin.AlterClientQuotasRequest,
    ApiKey.UpdateFeatures: admin.UpdateFeaturesRequest,
}


@cache
def api_name(key: int) -> str:
    try:
        return str(ApiKey(key).name)
    except ValueError:
        return f"Api{key}"


@dataclass(frozen=True)
class Request:
    """One request as it came: its bytes are header and body, without the length before them."""

    api_key: int
    api_version: int
    correlation_id: int
    frame: bytes

    @property
    def api_name(self) -> str:
        return api_name(self.api_key)

    @property
    def dry_run(self) -> bool:
        """Whether the request asks for validation only; what cannot be read counts as a real one."""
        message = _WITH_DRY_RUN.get(self.api_key)
        if message is None:
            return False
        try:
            return bool(self.decoded(message).validate_only)
        except Exception:  # noqa: BLE001 - whatever the decoder trips over, the safe answer is the same
            return False

    @property
    def mutating(self) -> bool:
        return self.api_key in MUTATING and not self.dry_run

    def decoded(self, message: Any) -> Any:
        """The request's body, decoded by a class of kafka.protocol such as CreateTopicsRequest."""
        return message.decode(self.frame, version=self.api_version, header=True)


def read_request(frame: bytes) -> Request:
    """Read a request's header; struct.error when the frame is too short to be one."""
    key, version, correlation = _HEADER.unpack_from(frame)
    return Request(key, version, correlation, frame)


class Recorder:
    """The requests seen since the last `clear`, oldest first; bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self.overflowed = False

    def add(self, request: Request) -> None:
        with self._lock:
            if len(self._requests) < _MOST_RECORDED:
                self._requests.append(request)
            else:
                self.overflowed = True

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()
            self.overflowed = False

    @property
    def requests(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    def mutating(self) -> list[Request]:
        """The requests that asked the broker to change something, dry runs left out."""
        return [request for request in self.requests if request.mutating]

    def counts(self) -> Counter[str]:
        """How often each api was asked for, by name."""
        return Counter(request.api_name for request in self.requests)

    def of(self, api: str) -> list[Request]:
        return [request for request in self.requests if request.api_name == api]
