"""What a project or an organisation asks of every resource, and how findings weigh there."""
