"""What a plan comes to: counts, the destructive addresses, and the command to type next.

Separate because terminal, pull request and summary must say the same thing in the same words.
"""

import re
import shlex
from collections.abc import Sequence

from mqinfra.model.address import Address
from mqinfra.model.change import Action
from mqinfra.model.diagnostic import has_errors
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Source
from mqinfra.render.diagnostics import count_line
from mqinfra.render.terminal import clean, plural

_MOST_EXCLUDES = 10
_ALWAYS = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do with a plan now.

    Attributes:
        text: a sentence, or the words before the command.
        command: a command line to copy; empty when there is none.
    """

    text: str
    command: str = ""


def counts(plan: Plan) -> str:
    """Say how much a plan changes: `1 to create, 2 to update, 0 to replace, 0 to delete; 1 blocked`."""
    numbers = {action: plan.count(action) for action in Action}
    parts = [f"{numbers[action]:,} to {action.value}" for action in Action if numbers[action] or action in _ALWAYS]
    after = [f"{len(plan.blocked):,} blocked"] if plan.blocked else []
    found = count_line(plan.diagnostics)
    return "; ".join([", ".join(parts), *after, *([found] if found else [])])


def verdict(plan: Plan) -> str:
    """One sentence for a plan without changes; it never says that all is well where that was not seen."""
    unread = [f"`{clean(cluster.alias)}`" for cluster in plan.clusters if not cluster.reachable]
    if unread:
        return f"No changes on the clusters that could be read; {', '.join(unread)} could not be read"
    if has_errors(plan.diagnostics):
        return f"No changes were planned because of {count_line(plan.diagnostics)}"
    unchanged = sum(cluster.unchanged for cluster in plan.clusters)
    are = "is" if unchanged == 1 else "are"
    declared = f"{plural(unchanged, 'resource')} {are} as declared"
    if plan.undeclared:
        number = len(plan.undeclared)
        return f"No changes to make: {declared}, and {number:,} in scope {'is' if number == 1 else 'are'} not declared."
    return f"No changes. {declared}."


def next_steps(plan: Plan) -> list[NextStep]:
    """Say how to apply the plan, or what lets the rest of it go."""
    if not plan.changes:
        return []
    if plan.blocked or not plan.complete:
        return [_without_the_rest(plan)]
    if any(cluster.source is Source.SNAPSHOT for cluster in plan.clusters):
        return [NextStep("Made against a snapshot: plan against the live cluster to apply")]
    if has_errors(plan.diagnostics):
        return [NextStep("Fix the errors, then plan again")]
    return [NextStep("Apply with:", command("apply", plan, "--expect", plan.digest))]


def _without_the_rest(plan: Plan) -> NextStep:
    """Say which exclusions let the rest of the plan go."""
    unread = [cluster.alias for cluster in plan.clusters if not cluster.reachable]
    why = [f"`{clean(alias)}` could not be read" for alias in unread]
    blocked = plan.blocked
    if blocked:
        why.append(f"{plural(len(blocked), 'change')} {'is' if len(blocked) == 1 else 'are'} blocked")
    if len(blocked) == len(plan.changes):
        return NextStep(f"{'; '.join(why)}. Fix these before applying.")
    excludes = [f"cluster:{alias}" for alias in unread] + [argument(change.address) for change in blocked]
    words = [word for text in excludes[:_MOST_EXCLUDES] for word in ("--exclude", text)]
    if len(excludes) > _MOST_EXCLUDES:
        number = len(excludes) - _MOST_EXCLUDES
        text = f"{'; '.join(why)}. To apply the rest, exclude each with its own `--exclude` ({number:,} more):"
        return NextStep(text, f"{command('plan', plan, *words)} ...")
    return NextStep(f"{'; '.join(why)}. To apply the rest:", command("plan", plan, *words))


def argument(address: Address) -> str:
    """Write an address for a command line: what can't be typed or seen is percent-encoded, which parses back."""
    return _UNPRINTABLE.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass")), address.text
    )


def command(verb: str, plan: Plan, *rest: str) -> str:
    """Write a command line of this plan's environment, selection and limits, quoted for a POSIX shell."""
    limits = [word for name, most in plan.max_deletes.items() for word in ("--max-deletes", f"{name}={most}")]
    adopt = ["--adopt"] if plan.adopt else []
    words = ["mqinfra", verb, "-e", plan.environment, *_selection(plan.selection), *limits, *adopt, *rest]
    return " ".join(shlex.quote(clean(word)) for word in words)


def _selection(selection: Sequence[str]) -> list[str]:
    """Split `--select VALUE` into its two words, where it comes as one."""
    words: list[str] = []
    for item in selection:
        option, blank, value = item.partition(" ")
        if option.startswith("--") and blank:
            words += [option, value]
        else:
            words.append(item)
    return words
