"""The agency's answer: reading it, and bringing each rejection home to its cells."""
