"""The calls of the Kafka admin protocol that are about ACLs, with plain values in and out.

Reads go through kafka-python, which has words for every type of resource and takes answers of any size. Where it can't
be used, librdkafka reads slice by slice: over more than 100,000 resources in one answer it ends the whole process. It
answers a caller who may not read ACLs, and a cluster that has none, with an empty list, so that both are found out
before it is asked. Imported only when connecting.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka.admin._acl import AclBinding, AclBindingFilter, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from mqinfra.providers.kafka.api.acl import OPERATIONS, PATTERNS, PERMISSIONS, RESOURCES, Acl, AclList
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.second_acls import CodedError, created, deleted, described
from mqinfra.providers.kafka.api.second_client import SecondClient, Unavailable, fault_of_code
from mqinfra.providers.kafka.api.wire import Wire

_SLICED = (ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID, ResourceType.BROKER)
_NO_MORE = (AclOperation.UNKNOWN, AclOperation.ANY)


class AclCalls:
    """Calls about ACLs to one cluster.

    Attributes:
        known: what `all` read last.

    Args:
        wire: the way to the cluster.
        second: reads and writes what librdkafka can't.
        unreadable: why ACLs can't be read at all; None when they can.
    """

    def __init__(self, wire: Wire, second: SecondClient, unreadable: KafkaFault | None) -> None:
        self._wire, self._second, self._unreadable = wire, second, unreadable
        self.known: Sequence[Acl] = ()

    def all(self) -> AclList | KafkaFault:
        """All there are.

        Raises:
            UserError: the cluster did not answer.
        """
        found = self._read(None)
        if isinstance(found, AclList):
            self.known = found.acls
        return found

    def of(self, principals: Iterable[str]) -> AclList | KafkaFault:
        """All of some principals.

        Raises:
            UserError: the cluster did not answer.
        """
        acls: list[Acl] = []
        missing = ""
        for principal in principals:
            found = self._read(principal)
            if isinstance(found, KafkaFault):
                return found
            acls += found.acls
            missing = missing or found.missing
        return AclList(acls, missing)

    def _read(self, principal: str | None) -> AclList | KafkaFault:
        if self._unreadable is not None:
            return self._unreadable
        answer = self._second.ask(lambda admin: described(admin, principal))
        if isinstance(answer, Unavailable):
            return self._sliced(principal, answer)
        if isinstance(answer, KafkaFault):
            if answer.lost or answer.retry:
                raise self._wire.unreadable("DescribeAcls", answer)
            return answer
        acls, unknown = answer
        return AclList(acls, f"{unknown:,} are of a type that this version does not know" if unknown else "")

    def _sliced(self, principal: str | None, why: Unavailable) -> AclList | KafkaFault:
        """Read with librdkafka what it has words for."""
        acls: list[Acl] = []
        slices = [
            _filter(kind, principal, operation)
            for kind in _SLICED
            for operation in AclOperation
            if operation not in _NO_MORE
        ]
        for _, answer in self._wire.stream("DescribeAcls", slices, self._describe):
            if isinstance(answer, KafkaFault):
                return answer
            acls += map(_acl, answer)
        return AclList(acls, f"reading those of delegation tokens and users {why.reason}")

    def _describe(self, one: AclBindingFilter) -> Mapping[int, Future[Any]]:
        return {0: self._wire.admin.describe_acls(one, request_timeout=self._wire.timeout)}

    def create(self, acls: Sequence[Acl]) -> dict[Acl, KafkaFault | None]:
        """Create ACLs; one that is there is no error."""
        return self._write(
            acls,
            lambda plain: self._wire.admin.create_acls(
                [AclBinding(*_parts(acl)) for acl in plain], request_timeout=self._patience
            ),
            created,
        )

    def delete(self, acls: Sequence[Acl]) -> dict[Acl, KafkaFault | None]:
        """Delete exactly these ACLs; one that is not there is no error."""
        return self._write(
            acls,
            lambda plain: self._wire.admin.delete_acls(
                [AclBindingFilter(*_parts(acl)) for acl in plain], request_timeout=self._patience
            ),
            deleted,
        )

    def _write(
        self,
        acls: Sequence[Acl],
        plainly: Callable[[Sequence[Acl]], Mapping[Any, Future[Any]]],
        by_second: Callable[[Any, Sequence[Acl]], list[CodedError | None]],
    ) -> dict[Acl, KafkaFault | None]:
        plain = [acl for acl in acls if acl.by_librdkafka]
        others = [acl for acl in acls if not acl.by_librdkafka]
        faults = self._wire.write(map(str, range(len(plain))), lambda: plainly(plain)) if plain else {}
        results = dict(zip(plain, faults.values(), strict=True))
        if not others:
            return results
        answer = self._second.ask(lambda admin: by_second(admin, others))
        if isinstance(answer, Unavailable):
            return results | dict.fromkeys(others, fault_named("_NOT_IMPLEMENTED", f"writing it {answer.reason}"))
        if isinstance(answer, KafkaFault):
            return results | dict.fromkeys(others, answer)
        said = zip(others, answer, strict=True)
        return results | {acl: fault_of_code(error) if error is not None else None for acl, error in said}

    @property
    def _patience(self) -> float:
        return self._wire.deadlines["request_timeout"]


def _filter(kind: ResourceType, principal: str | None, operation: AclOperation) -> AclBindingFilter:
    # The stub says that a filter names everything, which would be none.
    unnamed: Any = None
    whose: Any = principal
    return AclBindingFilter(kind, unnamed, ResourcePatternType.ANY, whose, unnamed, operation, AclPermissionType.ANY)


def _parts(acl: Acl) -> tuple[Any, ...]:
    resource, pattern, operation, permission = acl.codes
    return (
        ResourceType(resource),
        acl.name,
        ResourcePatternType(pattern),
        acl.principal,
        acl.host,
        AclOperation(operation),
        AclPermissionType(permission),
    )


def _acl(binding: AclBinding) -> Acl:
    return Acl(
        RESOURCES[binding.restype_int],
        binding.name,
        PATTERNS[binding.resource_pattern_type_int],
        binding.principal,
        binding.host,
        OPERATIONS[binding.operation_int],
        PERMISSIONS[binding.permission_type_int],
    )
