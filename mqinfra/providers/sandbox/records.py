"""Records of a sandbox, which stand in its file beside its state, and those that a snapshot was saved with."""

from collections.abc import Callable, Collection, Mapping

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base import codes
from mqinfra.providers.base.records import RecordStore, Stored


class SnapshotStore(RecordStore):
    """Records as a snapshot has them: those of the project that took it, and no others."""

    place = "the snapshot"
    rights = ()

    def __init__(self, owner: Owner, alias: str, held: Mapping[Owner, Stored]) -> None:
        self.owner, self._alias, self._held = owner, alias, held

    def load(self) -> Stored:
        """Give what was saved.

        Raises:
            UserError: the snapshot was taken without the owner's records.
        """
        if self.owner not in self._held:
            raise self._unknown("no longer declared: not known: the snapshot was taken without records")
        return self._held[self.owner]

    def save(self, texts: Mapping[str, str | None]) -> None:
        """A snapshot takes no writes; `apply` refuses such plans long before.

        Raises:
            Bug: always.
        """
        raise Bug(f"{len(texts)} records were sent to a snapshot")

    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:  # noqa: ARG002 - it has none of them
        """A snapshot has the records of one owner, and can't tell of others.

        Raises:
            UserError: always.
        """
        raise self._unknown("claims of other projects are not known: the snapshot was taken without their records")

    def load_others(self) -> Mapping[Owner, Stored]:
        """A snapshot has the records of one owner, and can't tell of others.

        Raises:
            UserError: always.
        """
        raise self._unknown("claims of other projects are not known: the snapshot was taken without their records")

    def _unknown(self, why: str) -> UserError:
        return UserError([codes.RECORDS.at(why, address=self._alias, help="take a new one with `mqinfra snapshot`")])


class SandboxStore(RecordStore):
    """Records in the sandbox's own file, of which every write is one atomic replace."""

    def __init__(
        self,
        owner: Owner,
        place: str,
        held: Callable[[], Mapping[Owner, Stored]],
        keep: Callable[[Owner, Mapping[str, str]], None],
    ) -> None:
        """Make a store.

        Args:
            owner: whose records they are.
            place: where they are, for people.
            held: reads what all owners have in the file. Raises UserError.
            keep: puts an owner's texts in place of those that it had. Raises UserError.
        """
        self.owner, self.place = owner, place
        self.rights = (f"read and write the {place}",)
        self._all, self._keep = held, keep

    def load(self) -> Stored:
        """Read the owner's texts.

        Raises:
            UserError: the file can't be read.
        """
        return self._all().get(self.owner, Stored())

    def save(self, texts: Mapping[str, str | None]) -> None:
        """Write the file once.

        Raises:
            UserError: it can't be read or written.
        """
        merged = {**self.load().texts, **texts}
        self._keep(self.owner, {key: text for key, text in merged.items() if text is not None})

    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        """Look into the same file.

        Raises:
            UserError: it can't be read.
        """
        wanted = frozenset(keys)
        found = {
            owner: {key: text for key, text in stored.texts.items() if key in wanted}
            for owner, stored in self._all().items()
            if owner != self.owner
        }
        return {owner: texts for owner, texts in found.items() if texts}

    def load_others(self) -> Mapping[Owner, Stored]:
        """Read them from the same file.

        Raises:
            UserError: it can't be read.
        """
        return {owner: stored for owner, stored in self._all().items() if owner != self.owner}
