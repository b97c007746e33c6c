"""The program's entry: picks the language, runs the command, and turns whatever happens into a sentence and a code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import NoReturn

from converter.cli.language import ARGUMENTS, language, without_leading_language
from converter.errors import Xl2JsonError
from converter.wording import Say, say

INTERRUPTED = 130
BUG = 4


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run `xl2json` with `arguments` (those of the process by default) and exit with the codes of contract §4."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    ARGUMENTS.set(arguments)
    lang = language(arguments, os.environ)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console without UTF-8 shows what it can
            stream.reconfigure(errors="replace")
    sys.exit(_run(without_leading_language(arguments), lang))


def _run(arguments: list[str], lang: str) -> int:  # noqa: PLR0911 - one way out for each kind of end
    from converter.cli.app import command, sentence_of

    try:
        code = command(lang).main(arguments, prog_name="xl2json", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # typer has caught Ctrl-C itself
            return _stop(say(Say("error.interrupted"), lang), INTERRUPTED)
        return code if isinstance(code, int) else 0
    except Xl2JsonError as error:
        return _stop(error.message(lang), error.exit_code)
    except (KeyboardInterrupt, EOFError):
        return _stop(say(Say("error.interrupted"), lang), INTERRUPTED)
    except MemoryError:
        return _stop(say(Say("error.memory"), lang), Xl2JsonError.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one place that catches all
        if type(error).__name__ == "Abort":
            return _stop(say(Say("error.interrupted"), lang), INTERRUPTED)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # where the output goes
            return _stop(say(Say("error.no_room", {"name": "stdout"}), lang), Xl2JsonError.exit_code)
        usage = sentence_of(error, lang)
        if usage is not None:
            return _stop(usage, 2)
        from converter.cli.log import log

        return _stop(say(Say("error.bug", {"log": log("".join(traceback.format_exception(error)))}), lang), BUG)


def _stop(sentence: str, code: int) -> int:
    print(f"xl2json: {sentence}", file=sys.stderr)
    return code
