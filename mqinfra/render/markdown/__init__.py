"""Plans, outcomes and drift as bodies of comments on pull requests."""
