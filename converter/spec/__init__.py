"""The agency's facts as data: loading, checking and describing spec files."""
