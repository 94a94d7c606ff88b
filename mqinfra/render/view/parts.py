"""What goes with an entry in a block: said in a sentence, implied, counted, named, or by itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import field

from mqinfra.model.change import Action
from mqinfra.model.frozen import dataclass
from mqinfra.render.view.changes import ChangeItem, kind_of
from mqinfra.render.view.names import many


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a block.

    Attributes:
        rights: those that their sentences say: what a user may do.
        followers: those that change in nothing but what their entry changes in.
        gone: those that are deleted with their entry.
        made: those that are created for it.
        alone: those that have lines of their own.
    """

    rights: list[ChangeItem] = field(default_factory=list)
    followers: list[ChangeItem] = field(default_factory=list)
    gone: list[ChangeItem] = field(default_factory=list)
    made: list[ChangeItem] = field(default_factory=list)
    alone: list[ChangeItem] = field(default_factory=list)


def parts_of(members: Sequence[ChangeItem], parts: Sequence[ChangeItem]) -> Parts:
    """Part the parts of a block by how they are told.

    Args:
        members: the entries that change; none where only their parts do.
        parts: what changes with them.
    """
    found = Parts()
    deleted = bool(members) and members[0].action == "delete"
    for part in parts:
        alike = not members or (part.outcome, [*part.messages]) == (members[0].outcome, [*members[0].messages])
        quiet = alike and not part.blocked and all(cost.effect for cost in part.costs)
        noted = bool(part.note) and not (deleted and part.note == members[0].note)
        if noted or not quiet:
            found.alone.append(part)
        elif part.belongs_to and part.summary and not part.costs and not part.effects:
            found.rights.append(part)
        elif part.belongs_to and part.action == "update" and not part.summary:
            found.followers.append(part)
        elif part.action == "delete" and deleted:
            found.gone.append(part)
        elif part.action == "create" and not part.belongs_to:
            found.made.append(part)
        else:
            found.alone.append(part)
    return found


def gone_with(gone: Sequence[ChangeItem]) -> str:
    """Name what is deleted with its entry; empty where nothing is."""
    labels: dict[str, list[str]] = defaultdict(list)
    for part in gone:
        labels[part.title].append(part.label)
    named = [f"{many(title) if len(some) > 1 else title} {' '.join(some)}" for title, some in labels.items()]
    return f"with it: {', '.join(named)}" if named else ""


def rights_of(holder: str, rights: Sequence[ChangeItem]) -> tuple[Action, str]:
    """What happens to those who do not change themselves, but in what they may do, and what they are called.

    Args:
        holder: address of one of them.
        rights: changes of their rights.
    """
    actions = {part.action for part in rights}
    action = Action(actions.pop()) if len(actions) == 1 else Action.UPDATE
    title = kind_of(holder)
    return action, title if action is Action.UPDATE else f"rights of {title}"
