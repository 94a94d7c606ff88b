"""Single Kafka requests to a plaintext port of a test broker: no client object, no threads."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from tests.brokers.errors import BrokerError
from tests.brokers.kafka.messages import admin, metadata
from tests.brokers.ports import HOST

_METADATA_TOPIC = "__cluster_metadata"
_INTERNAL = frozenset({"__consumer_offsets", "__transaction_state", "__share_group_state"})
_ANY = 1
_TOPIC = 2
_GROUP, _GROUP_CONFIG, _RESET = 32, 8, 1


def call(port: int, request: Any, response: Any, version: int, timeout: float = 15.0) -> Any:
    """Send one request and return its decoded answer."""
    request.API_VERSION = version
    request.with_header(correlation_id=1, client_id="mqinfra-tests")
    with socket.create_connection((HOST, port), timeout) as connection:
        connection.sendall(request.encode(version=version, header=True, framed=True))
        (size,) = struct.unpack(">i", _read(connection, 4))
        return response.decode(_read(connection, size), version=version, header=True)


def _read(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise ConnectionError("the broker closed the connection")
        parts += part
    return bytes(parts)


def brokers_seen(port: int) -> tuple[frozenset[int], int, str]:
    """The broker ids in one node's metadata, the controller it names (-1: none), and the cluster id."""
    answer = call(port, metadata.MetadataRequest(topics=[]), metadata.MetadataResponse, 9, timeout=3.0)
    ids = frozenset(broker.node_id for broker in answer.brokers)
    return ids, int(answer.controller_id), str(answer.cluster_id)


def topics_seen(port: int) -> list[str]:
    """Every topic one node knows, without Kafka's own."""
    answer = call(port, metadata.MetadataRequest(topics=None), metadata.MetadataResponse, 9)
    return [topic.name for topic in answer.topics if not topic.is_internal and topic.name not in _INTERNAL]


def topic_seen(port: int, name: str) -> tuple[list[Any], dict[str, str]]:
    """Leader, replicas and those in sync of each partition of a topic, and its settings, as one node knows them."""
    asked = metadata.MetadataRequest.MetadataRequestTopic(name=name)
    [topic] = call(port, metadata.MetadataRequest(topics=[asked]), metadata.MetadataResponse, 9).topics
    parts = [
        (one.partition_index, one.leader_id, tuple(one.replica_nodes), tuple(sorted(one.isr_nodes)))
        for one in sorted(topic.partitions, key=lambda one: int(one.partition_index))
    ]
    return parts, {entry.name: entry.value for entry in _settings(port, _TOPIC, [name]).results[0].configs}


def _settings(port: int, kind: int, names: Sequence[str]) -> Any:
    resource = admin.DescribeConfigsRequest.DescribeConfigsResource
    asked = [resource(resource_type=kind, resource_name=name, configuration_keys=None) for name in names]
    request = admin.DescribeConfigsRequest(resources=asked, include_synonyms=False, include_documentation=False)
    return call(port, request, admin.DescribeConfigsResponse, 4)


def delete_topics(port: int, names: list[str]) -> dict[str, int]:
    """Delete topics in one request; the error codes of those that were refused."""
    request = admin.DeleteTopicsRequest(topic_names=names, timeout_ms=30_000)
    answer = call(port, request, admin.DeleteTopicsResponse, 5, timeout=60.0)
    return {result.name: result.error_code for result in answer.responses if result.error_code}


def reassign(port: int, name: str, replicas: Mapping[int, Sequence[int]]) -> None:
    """Begin to move replicas of a topic's partitions to other brokers."""
    topic = admin.AlterPartitionReassignmentsRequest.ReassignableTopic
    moved = [
        topic.ReassignablePartition(partition_index=partition, replicas=list(brokers))
        for partition, brokers in replicas.items()
    ]
    request = admin.AlterPartitionReassignmentsRequest(timeout_ms=15_000, topics=[topic(name=name, partitions=moved)])
    answer = call(port, request, admin.AlterPartitionReassignmentsResponse, 0)
    refused = [part for said in answer.responses for part in said.partitions if part.error_code]
    if answer.error_code or refused:
        raise BrokerError(f"the reassignment was refused: {answer.error_code} {refused}")


def quorum_leader(port: int) -> int:
    """The node that is the active controller."""
    partition = admin.DescribeQuorumRequest.TopicData.PartitionData(partition_index=0)
    topic = admin.DescribeQuorumRequest.TopicData(topic_name=_METADATA_TOPIC, partitions=[partition])
    answer = call(port, admin.DescribeQuorumRequest(topics=[topic]), admin.DescribeQuorumResponse, 1)
    return int(answer.topics[0].partitions[0].leader_id)


def delete_all_acls(port: int) -> None:
    """Delete every ACL in one request."""
    everything = admin.DeleteAclsRequest.DeleteAclsFilter(
        resource_type_filter=_ANY,
        resource_name_filter=None,
        pattern_type_filter=_ANY,
        principal_filter=None,
        host_filter=None,
        operation=_ANY,
        permission_type=_ANY,
    )
    answer = call(port, admin.DeleteAclsRequest(filters=[everything]), admin.DeleteAclsResponse, 2, timeout=60.0)
    for result in answer.filter_results:
        if result.error_code:
            raise BrokerError(f"deleting the ACLs failed: {result.error_code} {result.error_message}")


Quotas = Mapping[tuple[tuple[str, str | None], ...], Mapping[str, float]]
"""Limits by whom they are about: pairs of a type and a name, None for the default, sorted by type."""


def quotas(port: int) -> Quotas:
    """All quotas there are."""
    answer = call(
        port, admin.DescribeClientQuotasRequest(components=[], strict=False), admin.DescribeClientQuotasResponse, 1
    )
    if answer.error_code:
        raise BrokerError(f"DescribeClientQuotas failed: {answer.error_code} {answer.error_message}")
    return {
        tuple(sorted(((part.entity_type, part.entity_name) for part in one.entity), key=lambda part: part[0])): {
            value.key: value.value for value in one.values
        }
        for one in answer.entries
    }


def alter_quotas(port: int, wanted: Mapping[tuple[tuple[str, str | None], ...], Mapping[str, float | None]]) -> None:
    """Set limits, and remove those that are None."""
    entry = admin.AlterClientQuotasRequest.EntryData
    entries = [
        entry(
            entity=[entry.EntityData(entity_type=kind, entity_name=name) for kind, name in entity],
            ops=[entry.OpData(key=key, value=value or 0.0, remove=value is None) for key, value in limits.items()],
        )
        for entity, limits in wanted.items()
    ]
    request = admin.AlterClientQuotasRequest(entries=entries, validate_only=False)
    for one in call(port, request, admin.AlterClientQuotasResponse, 1).entries:
        if one.error_code:
            raise BrokerError(f"AlterClientQuotas failed: {one.error_code} {one.error_message}")


def metadata_end_offset(port: int) -> int:
    """The end offset of the leader's metadata log: it moves with every write to the cluster's metadata."""
    partition = admin.DescribeQuorumRequest.TopicData.PartitionData(partition_index=0)
    topic = admin.DescribeQuorumRequest.TopicData(topic_name=_METADATA_TOPIC, partitions=[partition])
    answer = call(port, admin.DescribeQuorumRequest(topics=[topic]), admin.DescribeQuorumResponse, 1)
    if answer.error_code:
        raise BrokerError(f"DescribeQuorum failed: error {answer.error_code}")
    described = answer.topics[0].partitions[0]
    for voter in described.current_voters:
        if voter.replica_id == described.leader_id:
            return int(voter.log_end_offset)
    raise BrokerError("DescribeQuorum names no leader")


def delete_groups(port: int) -> None:
    """Delete the groups that one node knows, but for those with members."""
    listed = call(port, admin.ListGroupsRequest(states_filter=[], types_filter=[]), admin.ListGroupsResponse, 4)
    names = [group.group_id for group in listed.groups if group.group_state == "Empty"]
    if names:
        call(port, admin.DeleteGroupsRequest(groups_names=names), admin.DeleteGroupsResponse, 2)


def groups_with_settings(port: int) -> list[str]:
    """Groups that have settings of their own, there or not (Kafka 4.1)."""
    request = admin.ListConfigResourcesRequest(resource_types=[_GROUP])
    answer = call(port, request, admin.ListConfigResourcesResponse, 1)
    return [found.resource_name for found in answer.config_resources]


def reset_group_settings(port: int, names: Sequence[str]) -> None:
    """Take all settings of groups back to the brokers' defaults."""
    found = _settings(port, _GROUP, names)
    altered = admin.IncrementalAlterConfigsRequest.AlterConfigsResource
    resources = [
        altered(
            resource_type=_GROUP,
            resource_name=one.resource_name,
            configs=[
                altered.AlterableConfig(name=entry.name, config_operation=_RESET, value=None)
                for entry in one.configs
                if entry.config_source == _GROUP_CONFIG
            ],
        )
        for one in found.results
    ]
    request = admin.IncrementalAlterConfigsRequest(resources=resources, validate_only=False)
    call(port, request, admin.IncrementalAlterConfigsResponse, 1)
