"""ACLs through kafka-python: all there are, of whatever type.

librdkafka has no words for delegation tokens and users, and ends the whole process (an assertion) over an answer with
more than 100,000 resources.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mqinfra.providers.kafka.api.acl import OPERATIONS, PATTERNS, PERMISSIONS, RESOURCES, Acl

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

_ANY = 1


class CodedError(Exception):
    """An error that the broker answered with.

    Attributes:
        code: Kafka's number of it.
        text: the broker's words.
    """

    def __init__(self, code: int, text: str | None) -> None:
        super().__init__(code)
        self.code, self.text = code, text or ""


def described(admin: "KafkaAdminClient", principal: str | None) -> tuple[list[Acl], int]:
    """All ACLs, or those of one principal, and how many there are of a type that is not known here.

    Raises:
        CodedError: the broker refused.
    """
    from kafka.protocol.admin import DescribeAclsRequest  # noqa: PLC0415 - see SecondClient

    answer = sent(
        admin,
        DescribeAclsRequest(
            resource_type_filter=_ANY,
            resource_name_filter=None,
            pattern_type_filter=_ANY,
            principal_filter=principal,
            host_filter=None,
            operation=_ANY,
            permission_type=_ANY,
            min_version=3,  # before it, users are left out
        ),
    )
    if answer.error_code:
        raise CodedError(answer.error_code, answer.error_message)
    return _known(answer.resources)


def _known(resources: Iterable[Any]) -> tuple[list[Acl], int]:
    found: list[Acl] = []
    unknown = 0
    for resource in resources:
        kind, pattern = RESOURCES.get(resource.resource_type), PATTERNS.get(resource.pattern_type)
        for acl in resource.acls:
            operation, permission = OPERATIONS.get(acl.operation), PERMISSIONS.get(acl.permission_type)
            if kind is None or pattern is None or operation is None or permission is None:
                unknown += 1
            else:
                found.append(Acl(kind, resource.resource_name, pattern, acl.principal, acl.host, operation, permission))
    return found, unknown


def created(admin: "KafkaAdminClient", acls: Sequence[Acl]) -> list[CodedError | None]:
    """Create ACLs with one call; what the broker says to each."""
    from kafka.protocol.admin import CreateAclsRequest  # noqa: PLC0415 - see SecondClient

    creations = []
    for acl in acls:
        resource, pattern, operation, permission = acl.codes
        creations.append(
            CreateAclsRequest.AclCreation(
                resource_type=resource,
                resource_name=acl.name,
                resource_pattern_type=pattern,
                principal=acl.principal,
                host=acl.host,
                operation=operation,
                permission_type=permission,
            )
        )
    answer = sent(admin, CreateAclsRequest(creations=creations, min_version=3))
    return [_error(result) for result in answer.results]


def deleted(admin: "KafkaAdminClient", acls: Sequence[Acl]) -> list[CodedError | None]:
    """Delete exactly these ACLs with one call; what the broker says to each. One that is not there is no error."""
    from kafka.protocol.admin import DeleteAclsRequest  # noqa: PLC0415 - see SecondClient

    filters = []
    for acl in acls:
        resource, pattern, operation, permission = acl.codes
        filters.append(
            DeleteAclsRequest.DeleteAclsFilter(
                resource_type_filter=resource,
                resource_name_filter=acl.name,
                pattern_type_filter=pattern,
                principal_filter=acl.principal,
                host_filter=acl.host,
                operation=operation,
                permission_type=permission,
            )
        )
    answer = sent(admin, DeleteAclsRequest(filters=filters, min_version=3))
    return [_error(result) or _first(map(_error, result.matching_acls)) for result in answer.filter_results]


def sent(admin: Any, request: Any) -> Any:  # noqa: ANN401 - kafka-python types neither its messages nor its manager
    """The answer to a message that kafka-python has no call for."""
    manager = admin._manager  # noqa: SLF001 - it has no call that takes or gives what it has no type for
    return manager.run(manager.send, request)


def _error(result: Any) -> CodedError | None:  # noqa: ANN401 - a part of an answer
    return CodedError(result.error_code, result.error_message) if result.error_code else None


def _first(errors: Iterable[CodedError | None]) -> CodedError | None:
    return next((error for error in errors if error is not None), None)
