"""All dialects of exporters of this broker's metrics."""

from mqinfra.providers.base.monitoring.dialect import Dialect
from mqinfra.providers.kafka.monitoring.dialects.burrow import BURROW
from mqinfra.providers.kafka.monitoring.dialects.kafka_exporter import KAFKA_EXPORTER
from mqinfra.providers.kafka.monitoring.dialects.kafka_lag_exporter import KAFKA_LAG_EXPORTER
from mqinfra.providers.kafka.monitoring.dialects.kminion import KMINION

DIALECTS: tuple[Dialect, ...] = (KAFKA_EXPORTER, KMINION, KAFKA_LAG_EXPORTER, BURROW)
