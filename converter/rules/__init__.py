"""The rules that cross fields, sheets and requests, one module a theme; what one cell shows is in `values`."""

from converter.rules.run import accepted, across, apply_rules

__all__ = ["accepted", "across", "apply_rules"]
