"""The kind `deletedSubjects`: what was deleted, and not for good."""
