"""Edit requests: checked against the values that the user saw, and applied once."""
