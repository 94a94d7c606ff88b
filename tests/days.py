"""Days for consent in manifests: it has to end at most 31 days ahead, so that no test can name a fixed one."""

from datetime import UTC, datetime, timedelta

TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=7)).isoformat()
PAST = (TODAY - timedelta(days=1)).isoformat()
