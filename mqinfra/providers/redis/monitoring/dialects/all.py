"""All dialects of exporters of this broker's metrics."""

from mqinfra.providers.base.monitoring.dialect import Dialect
from mqinfra.providers.redis.monitoring.dialects.redis_exporter import REDIS_EXPORTER

DIALECTS: tuple[Dialect, ...] = (REDIS_EXPORTER,)
