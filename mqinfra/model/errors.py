"""The two ways a run can end early.

    Exception
    ├── UserError   something the user can mend: carries diagnostics and an exit code, never a traceback
    └── Bug         something only we can mend: a broken promise inside mqinfra

Inside the packages findings travel as values (`Diagnostic`); these exceptions exist for the CLI's edge and for
the few places where nothing useful can follow.
"""

from collections.abc import Iterable

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.exit_code import ExitCode


class UserError(Exception):
    """A run that ends because of its input or its surroundings.

    Attributes:
        diagnostics: what to tell the user, at least one.
        exit_code: the code the process ends with.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], exit_code: ExitCode = ExitCode.ERROR) -> None:
        self.diagnostics = tuple(diagnostics)
        self.exit_code = exit_code
        super().__init__("; ".join(diagnostic.message for diagnostic in self.diagnostics))


class Bug(Exception):  # noqa: N818 - it is no error of the user's, and the short word is what people search for
    """A state that mqinfra itself rules out."""
