"""The workbook to fill in; on wish filled with an example, whose files are put beside it."""

from __future__ import annotations

from pathlib import Path

from converter.errors import Xl2JsonError, reason_of
from converter.placing import place
from converter.spec.model import Spec
from converter.workbook.filled import content_of


def write_blank(spec: Spec, path: Path, lang: str, example: bool = False) -> tuple[Path, ...]:
    """Write the workbook to fill in to `path`; with `example`, filled with the spec's example, its files beside it.

    Returns the example's files. Raises Xl2JsonError where `path` exists, where one of the files exists with other
    content, or where the disk refuses; nothing that stood there before is ever changed.
    """
    try:
        sources = spec.example.files if example else {}
        files = {path.parent / name: Path(spec.folder, source).read_bytes() for name, source in sources.items()}
        for file, content in ((path, None), *files.items()):
            if file.exists() and (content is None or file.read_bytes() != content):
                raise Xl2JsonError("exists", name=str(file))
        new = {file: content for file, content in files.items() if not file.exists()}
        book = content_of(spec, lang, spec.example.rows if example else {}, example=example)
        for file, content in {**new, path: book}.items():
            place(file, content)
    except OSError as error:
        raise Xl2JsonError("disk", name=str(path), reason=reason_of(error)) from error
    return tuple(files)
