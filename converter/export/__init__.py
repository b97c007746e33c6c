"""Order exports (contract §7): a mapping says what each of their columns is; out come tables, as of a workbook.

Places in those tables are the export's own cells.
"""

from converter.export.grid import holds_requests, is_delimited, is_export
from converter.export.inspect import read_mapping
from converter.export.mapping import Mapping
from converter.export.tables import read_export

__all__ = ["Mapping", "holds_requests", "is_delimited", "is_export", "read_export", "read_mapping"]
