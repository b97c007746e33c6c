"""The floor: what reading these sheets and writing as many bytes costs when nothing is checked nor nested."""

import sys
from pathlib import Path

import orjson
import python_calamine

book = python_calamine.load_workbook(sys.argv[1])
sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
Path(sys.argv[2]).write_bytes(orjson.dumps(sheets, option=orjson.OPT_INDENT_2))
