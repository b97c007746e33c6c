"""The floor: reading these workbooks and writing as many bytes of JSON, in as many files, when nothing else is done.

floor.py PLAN.json OUT WORKBOOK…     (`benchmarks.reference.Reference` makes the plan)

What is written is one request's line over and over, so that orjson has as much to do as with the deposit's own.
"""

import sys
from pathlib import Path

import orjson
import python_calamine

OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

plan = orjson.loads(Path(sys.argv[1]).read_bytes())
out = Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
for path in sys.argv[3:]:
    with python_calamine.load_workbook(path) as book:
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
for file in plan["files"]:
    data = orjson.dumps({"lignesImport": [plan["line"]] * file["requests"]}, option=OPTIONS)
    (out / file["name"]).write_bytes(data[: file["bytes"]].ljust(file["bytes"]))
