"""Pictures that match a query."""
