"""What stops a run. Faults of the data are findings (see `findings`), never exceptions."""

from __future__ import annotations

from typing import Any

from converter.wording import Say, say


class Xl2JsonError(Exception):
    """The run cannot go on: one plain sentence for the user, and the program's exit code.

    `key` names the sentence in the wording files, `params` fills it in; `message(lang)` renders it.
    """

    exit_code = 3

    def __init__(self, key: str, **params: Any) -> None:
        self.say = Say(f"error.{key}", params)
        super().__init__(say(self.say, "en"))

    def message(self, lang: str = "fr") -> str:
        """The sentence, in `lang` ("fr" or "en")."""
        return say(self.say, lang)


class MisuseError(Xl2JsonError):
    """The program was called in a way that makes no sense (exit code 2)."""

    exit_code = 2


class SpecError(Xl2JsonError):
    """A spec file has mistakes; `problems` lists every one with its path in the file."""

    def __init__(self, name: str, problems: tuple[Say, ...]) -> None:
        self.problems = problems
        super().__init__("spec", name=name, count=len(problems), first=problems[0])
