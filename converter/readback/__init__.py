"""From the agency's JSON back: what a file holds, whoever made it."""
