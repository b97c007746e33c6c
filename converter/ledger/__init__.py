"""What was numbered, deposited, accepted and rejected: nothing of it is ever lost."""
