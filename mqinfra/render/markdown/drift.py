"""What drifted as a comment, or as the body of an issue that a nightly run opens."""

from collections.abc import Sequence

from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.drift import Drift
from mqinfra.model.record import Owner
from mqinfra.render.drift import drift_verdict, unknown_lines
from mqinfra.render.markdown.body import BUDGET, Frame, body, folded, head
from mqinfra.render.markdown.sections import Heading, Section, count_text
from mqinfra.render.terminal import clean
from mqinfra.render.view.blocks import blocks_of
from mqinfra.render.view.changes import ChangeItem, change_item
from mqinfra.render.view.entries import Entries


def drift_markdown(owner: Owner, found: Sequence[Drift], unknown: Sequence[str], *, budget: int = BUDGET) -> str:
    """Write what drifted, each field with both values, and what differs without a record of who changed it.

    Args:
        owner: project and environment.
        found: what drifted.
        unknown: aliases of clusters of which that can't be told.
        budget: most bytes of UTF-8.

    Returns:
        Markdown whose first line is a hidden marker by which a bot finds its own comment or issue again.
    """
    said = head("drift", owner.project, owner.environment, [f": {drift_verdict(found)}"])
    frame = Frame(said, "", folded("Not known", [clean(line) for line in unknown_lines(unknown)]))
    recorded, others = [item for item in found if item.recorded], [item for item in found if not item.recorded]
    sections = [
        *_section("Changed since it was applied", "was applied -> is there", recorded),
        *_section("No record tells why", "is declared -> is there", others),
    ]
    return body(frame, sections, budget)


def _section(text: str, change: str, found: Sequence[Drift]) -> list[Section]:
    if not found:
        return []
    items = [_item(item) for item in found]
    blocks = blocks_of(items)
    count = count_text(len(items), len(items))
    clusters = frozenset(item.cluster for item in items)
    entries = Entries(items, clusters if len(clusters) > 1 else frozenset())
    return [Section(Heading(text, count, table=True, heads=("what", change)), items, blocks, entries)]


def _item(item: Drift) -> ChangeItem:
    """It as a change from what was applied to what is there."""
    differences = tuple(FieldDifference(field.path, field.applied, field.live) for field in item.fields)
    return change_item(
        Change(item.address, Action.UPDATE, Reason.DIFFERS, differences, note=_happened(item)), {}, {}, None
    )


def _happened(item: Drift) -> str:
    if item.gone:
        return "was deleted" if item.recorded else "is not there"
    return "was deleted and made again" if item.remade else "" if item.fields else "differs"
