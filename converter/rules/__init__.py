"""The rules that cross fields, sheets and requests, one module a theme; what one cell shows is in `values`."""

from converter.rules.run import accepted, apply_rules, shared

__all__ = ["accepted", "apply_rules", "shared"]
