"""Where bugs are written down, for whoever mends them."""

from __future__ import annotations

import sys
from pathlib import Path


def log(trace: str) -> Path | str:
    """Note a traceback; returns the file it went to, the name of the standard error where even that fails."""
    import platformdirs

    from converter import __version__

    text = f"xl2json {__version__}, Python {sys.version}\n{trace}\n"
    try:
        folder = Path(platformdirs.user_log_dir("xl2json", appauthor=False))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "xl2json.log"
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        print(text, file=sys.stderr)
        return "stderr"
    return path
