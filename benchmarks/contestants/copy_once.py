"""What packing cannot do without: each file read, checksummed (SHA-256, and the zip's CRC-32) and written once, into one file.

copy_once.py OUT FOLDER
"""

import hashlib
import sys
import zlib
from pathlib import Path

with Path(sys.argv[1]).open("wb") as out:
    for path in sorted(Path(sys.argv[2]).glob("*.pdf")):
        data = path.read_bytes()
        hashlib.sha256(data).digest()
        zlib.crc32(data)
        out.write(data)
