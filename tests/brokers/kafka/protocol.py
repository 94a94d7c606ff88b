"""Kafka's requests and replies, as a proxy tells them apart."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.brokers.incoming import Incoming, MessageError
from tests.brokers.kafka.messages import ApiKey, admin
from tests.brokers.proxy import Protocol
from tests.brokers.recorder import Request

_LARGEST_FRAME = 200 * 1024 * 1024
_LENGTH = struct.Struct(">i")
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
class KafkaRequest(Request):
    """One request as it came: its frame is header and body, without the length before them."""

    api_key: int
    api_version: int
    correlation_id: int
    frame: bytes

    @property
    def name(self) -> str:
        return api_name(self.api_key)

    @property
    def raw(self) -> bytes:
        return _LENGTH.pack(len(self.frame)) + self.frame

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


class KafkaProtocol(Protocol[KafkaRequest]):
    """Messages with their length before them."""

    def read_request(self, incoming: Incoming) -> KafkaRequest | None:
        if not incoming.waiting and not incoming.more():
            return None
        frame = _read_frame(incoming)[_LENGTH.size :]
        key, version, correlation = _HEADER.unpack_from(frame)
        return KafkaRequest(key, version, correlation, frame)

    def read_reply(self, incoming: Incoming, request: KafkaRequest) -> bytes:  # noqa: ARG002 - Protocol's signature
        return _read_frame(incoming)


def _read_frame(incoming: Incoming) -> bytes:
    head = incoming.exactly(_LENGTH.size)
    (size,) = _LENGTH.unpack(head)
    if not 0 < size <= _LARGEST_FRAME:
        raise MessageError(f"a frame of {size} bytes")
    return head + incoming.exactly(size)
