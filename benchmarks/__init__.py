"""Timings. `make bench` prints the table; README.md says what is measured."""
