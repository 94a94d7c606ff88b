"""What consumers of a group may claim: entries of those that are gone, and entries that were given back.

Redis hands no entry out again of its own accord. Consumers in use take over what is idle for some time; a trial knows
who is gone, so it waits for nothing, and nothing is claimed from a consumer that is merely slow.
"""

import threading
from dataclasses import dataclass, field


@dataclass
class Claims:
    """What may be claimed, by group.

    Attributes:
        gone: consumers that left entries behind.
        returned: ids of entries that a consumer gave back.
    """

    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _gone: dict[str, list[str]] = field(default_factory=dict, init=False)
    _returned: dict[str, list[str]] = field(default_factory=dict, init=False)

    def left(self, group: str, consumer: str) -> None:
        """A consumer is gone."""
        with self._lock:
            self._gone.setdefault(group, []).append(consumer)

    def give_back(self, group: str, entry: str) -> None:
        """An entry was given back, or is pending for a consumer that is gone; it may be both, and is claimed once."""
        with self._lock:
            some = self._returned.setdefault(group, [])
            if entry not in some:
                some.append(entry)

    def gone(self, group: str) -> list[str]:
        """Consumers that left entries behind, each told to one asker alone."""
        with self._lock:
            return self._gone.pop(group, [])

    def returned(self, group: str, most: int) -> list[str]:
        """Ids of entries that were given back, each told to one asker alone."""
        with self._lock:
            some = self._returned.get(group, [])
            taken, self._returned[group] = some[:most], some[most:]
            return taken
