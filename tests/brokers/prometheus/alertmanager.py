"""An Alertmanager that tells a webhook of every alert, each by itself and at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.brokers.prometheus.node import WatchNode
from tests.brokers.prometheus.release import alertmanager_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Alertmanager(WatchNode):
    """One process, alone: it looks for no others."""

    def __init__(self, folder: Path, webhook: str) -> None:
        at_once = {"group_by": ["..."], "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"}
        configuration = {
            "route": {"receiver": "webhook", **at_once},
            "receivers": [{"name": "webhook", "webhook_configs": [{"url": webhook, "send_resolved": False}]}],
        }
        super().__init__("Alertmanager", folder, {"alertmanager.yml": yaml.safe_dump(configuration)})

    def program(self) -> Sequence[str]:
        alone = ("--cluster.listen-address=", "--config.file=alertmanager.yml", "--storage.path=data")
        return [*alertmanager_in(self.folder), *alone]
