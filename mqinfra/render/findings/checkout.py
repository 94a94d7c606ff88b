"""Where the files of a project stand in its repository: hosts of code know paths from the repository's root only."""

import posixpath

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Checkout:
    """A project in its repository.

    Attributes:
        root: folder of the repository, as an absolute path; empty where there is none, and the project stands alone.
        project: the project's folder from there; empty where it is the same.
        file: name of the project's file, where findings stand that have no place of their own.
    """

    root: str = ""
    project: str = ""
    file: str = "mqinfra.yaml"

    def path(self, file: str) -> str | None:
        """A path from the repository's root.

        Args:
            file: a path from the project's folder, or an absolute one.

        Returns:
            The path with `/` between its parts; None of a file outside the repository.
        """
        found = posixpath.normpath(posixpath.join(self.root, self.project, file))
        if self.root:
            found = posixpath.relpath(found, self.root)
        return None if found.startswith(("/", "../")) or found in ("..", ".") else found

    @property
    def fallback(self) -> str:
        """Path of the project's file from the repository's root."""
        return posixpath.join(self.project, self.file)
