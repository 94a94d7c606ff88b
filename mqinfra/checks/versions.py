"""What a cluster and a table of settings know of each other. Separate because two rules about config keys ask it."""

from mqinfra.model.setting import SettingTable
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Subject


def newest(table: SettingTable) -> tuple[int, ...]:
    """The newest broker version that a table speaks of; empty when it names none."""
    return max((version for setting in table for version in (setting.since, setting.until)), default=())


def dotted(version: tuple[int, ...]) -> str:
    """Write a version as people do: `4.1`."""
    return ".".join(map(str, version))


class BrokerKeys:
    """Keys that a broker itself reported. Vendors add keys of their own, which no table has and the broker takes."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, Path], bool] = {}

    def has_key(self, subject: Subject, path: Path) -> bool:
        """Tell whether the broker has the key on any resource of the kind that was read; answered once per key."""
        if subject.reading is None:
            return False
        question = (subject.address.cluster, subject.address.kind, path)
        if question not in self._found:
            self._found[question] = any(
                path in live.inherited or path in live.spec.fields()
                for address, live in subject.reading.resources.items()
                if address.kind == subject.address.kind
            )
        return self._found[question]
