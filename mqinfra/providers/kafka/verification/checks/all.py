"""The checks of Kafka, by number."""

from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.kafka.verification.checks.allowed import Allowed
from mqinfra.providers.kafka.verification.checks.compaction import KeepsLastValues
from mqinfra.providers.kafka.verification.checks.delay import Delay
from mqinfra.providers.kafka.verification.checks.denied import Denied
from mqinfra.providers.kafka.verification.checks.durability import Durability
from mqinfra.providers.kafka.verification.checks.enforced import Enforced
from mqinfra.providers.kafka.verification.checks.exactly_once import ExactlyOnce
from mqinfra.providers.kafka.verification.checks.group_health import GroupHealth
from mqinfra.providers.kafka.verification.checks.idempotent import Idempotent
from mqinfra.providers.kafka.verification.checks.in_sync import InSync
from mqinfra.providers.kafka.verification.checks.lag import Lag
from mqinfra.providers.kafka.verification.checks.logins import RefusedLogins
from mqinfra.providers.kafka.verification.checks.quota import HeldToQuota
from mqinfra.providers.kafka.verification.checks.retention import Retention
from mqinfra.providers.kafka.verification.checks.retention_in_time import DeletesInTime
from mqinfra.providers.kafka.verification.checks.schema_payload import SchemaPayload

CHECKS: tuple[Check, ...] = (
    ExactlyOnce(),
    Idempotent(),
    Retention(),
    DeletesInTime(),
    KeepsLastValues(),
    Durability(),
    RefusedLogins(),
    Allowed(),
    Denied(),
    Enforced(),
    SchemaPayload(),
    GroupHealth(),
    Lag(),
    Delay(),
    HeldToQuota(),
    InSync(),
)
