"""What changed between two looks, a line each: what `monitor status --watch` prints where no terminal is."""

from mqinfra.model.health import Health, HealthReport, State
from mqinfra.render.monitoring.words import headline, name_text, what_text
from mqinfra.render.terminal import clean, document


def changes_text(before: HealthReport | None, now: HealthReport) -> str:
    """Print what is another state than before; at first, what is not fine."""
    known = {_key(row): row.state for row in before.rows} if before is not None else {}
    at = f"{now.taken:%H:%M:%S}"
    lines = [f"{at}  {headline(now)}"] if before is None else []
    for row in now.rows:
        was = known.get(_key(row))
        if row.state is was or (was is None and row.state in (State.OK, State.EMPTY_OK)):
            continue
        moved = f"{was.value} -> {row.state.value}" if was is not None else row.state.value
        lines.append(f"{at}  {moved}  {what_text(row)} {name_text(row)}: {clean(row.reason)}")
    return document(lines) if lines else ""


def _key(row: Health) -> tuple[str, str]:
    return row.address.text, row.consumer
