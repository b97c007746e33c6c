"""Tables to nested requests: pandas lines the rows up by their keys; nothing is checked here but the structure."""

from converter.reshape.nest import reshape

__all__ = ["reshape"]
