"""Blocks of a plan in as few words as tell all: what happens to whom, what it takes, and where it is declared."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from mqinfra.model.change import Action
from mqinfra.model.frozen import dataclass
from mqinfra.render.view.blocked import by_cause
from mqinfra.render.view.blocks import Block, grouped, nameless
from mqinfra.render.view.changes import ADOPTS, ChangeItem, entry_of, name_at
from mqinfra.render.view.consequences import apart, in_force
from mqinfra.render.view.names import joined_names, many, plural_of
from mqinfra.render.view.parts import Parts, gone_with, parts_of, rights_of
from mqinfra.render.view.phrases import FieldText, beside, field_texts
from mqinfra.render.view.places import joined_places

Cause = tuple[str, ...]
"""What blocks, and what helps."""
_SIGNS = {Action.CREATE: "+", Action.DELETE: "-", Action.REPLACE: "-"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a comment.

    Attributes:
        action: what happens.
        title: what such things are called.
        place: what has to be said before their names.
        names: which ones.
        fields: what is said of their fields.
        said: what else happens to them and what it takes, phrase by phrase.
        folded: what goes or comes with them.
        where: where they are declared.
        below: sentences: what blocks them, or why they failed.
    """

    action: Action
    title: str
    place: str
    names: str
    said: Sequence[str]
    where: str
    fields: Sequence[FieldText] = ()
    folded: Sequence[str] = ()
    below: Sequence[str] = ()

    @property
    def sign(self) -> str:
        """What a fence of differences colours it by."""
        return _SIGNS.get(self.action, "!")

    @property
    def phrases(self) -> list[str]:
        """All that is said; the fields of what is created as one."""
        fields = [str(field) for field in self.fields]
        joined = [", ".join(fields)] if fields and self.action is Action.CREATE else fields
        return [*joined, *self.said, *self.folded]


class Entries:
    """Tells the blocks of changes."""

    def __init__(
        self, changes: Sequence[ChangeItem], ambiguous: frozenset[str], shared: Collection[Cause] = ()
    ) -> None:
        """Take what is told.

        Args:
            changes: to whose numbers blocks refer.
            ambiguous: aliases of clusters that have to be said.
            shared: what blocks several of them, which is said elsewhere once.
        """
        self._changes, self._ambiguous, self._shared = changes, ambiguous, shared
        self._folder = shared_folder([change.where for change in changes if change.where])

    def block(self, block: Block, *, final: bool) -> list[Entry]:
        """Tell a block: the entry, then what goes with it in other ways.

        Args:
            block: the block.
            final: say what can't be undone.
        """
        members = [self._changes[at] for at in block.members]
        some = [self._changes[at] for at in block.parts]
        parts = parts_of(members, some)
        said = list(_folded_texts(parts))
        alone = parts.alone
        told: list[Entry] = []
        if members:
            told.append(self._told(members, parts, final=final, folded=said))
        elif block.holders:
            told += [self._rights(block, parts.rights)] if parts.rights else []
            alone = [*alone, *parts.followers]
        elif said:
            told.append(Entry(Action(parts.made[0].action), "made by", "", entry_of(block.maker), (), "", folded=said))
        return told + [self._told(one, Parts(), final=final) for one in grouped(alone)]

    def _rights(self, block: Block, rights: Sequence[ChangeItem]) -> Entry:
        """What users may do who do not change themselves."""
        action, title = rights_of(block.holders[0], rights)
        names = joined_names([name_at(holder) for holder in block.holders], most=None, ranges=False)
        where = joined_places([part.where.removeprefix(self._folder) for part in rights])
        first = rights[0]
        place = " ".join(filter(None, (first.cluster if first.cluster in self._ambiguous else "", first.place)))
        said = list(dict.fromkeys(part.summary for part in rights))
        return Entry(action, title, place, names, said, where)

    def _told(self, some: Sequence[ChangeItem], parts: Parts, *, final: bool, folded: Sequence[str] = ()) -> Entry:
        change = some[0]
        fields = field_texts(change)
        said = [change.said_action] if change.said_action else []
        said += [change.empty] if change.empty else []
        said += [
            f"{label} {text if len(some) == 1 else nameless(text, change.label)}" for label, text in change.details
        ]
        said += list(dict.fromkeys(part.summary for part in parts.rights))
        said += _cost_texts(change)
        said += in_force(some, parts.followers, ", ".join(map(str, fields)))
        said += [change.note] if change.note else []
        if change.reason == ADOPTS:
            said.append(change.reason)
        if change.final and final:
            said.append("cannot be undone")
        title, place = self.named(change, len(some))
        names = joined_names([one.label for one in some], most=None, ranges=change.action in ("create", "update"))
        where = joined_places([one.where.removeprefix(self._folder) for one in (*some, *parts.rights)])
        causes = [cause for cause in by_cause(change.blocked) if cause not in self._shared]
        below = [*(text for cause in causes for text in cause), *change.messages]
        return Entry(Action(change.action), title, place, names, said, where, fields, folded, below)

    def named(self, change: ChangeItem, number: int) -> tuple[str, str]:
        """What such changes are called, and what has to be said before their names."""
        cluster = change.cluster if change.cluster in self._ambiguous else ""
        title = many(change.title) if number > 1 else change.title
        return title, " ".join(filter(None, (cluster, change.place)))


def sign_of(change: ChangeItem) -> str:
    """What a fence of differences colours a change by."""
    return _SIGNS.get(Action(change.action), "!")


def shared_folder(places: Sequence[str]) -> str:
    """The folder of all places, which need not be said then; empty where there are several."""
    folders = {place.rpartition("/")[0] for place in places}
    return f"{folders.pop()}/" if len(folders) == 1 and "" not in folders else ""


def _folded_texts(parts: Parts) -> Iterator[str]:
    """What is created with an entry by counts, what is deleted with it by name."""
    if parts.gone:
        yield gone_with(parts.gone)
    made = Counter(part.title for part in parts.made)
    if made:
        yield f"made {', '.join(plural_of(number, title) for title, number in sorted(made.items()))}"


def _cost_texts(change: ChangeItem) -> Iterator[str]:
    """What it takes, and what it means, besides what stands beside its fields."""
    taken, meant = apart(change.costs, beside(change))
    yield from (cost.text for cost in taken)
    for text, names in meant.items():
        yield f"{joined_names(names, most=None)}: {text}" if names else text
