"""`xl2json explain`: thin; what is shown is in `show_explain`."""

from __future__ import annotations

from typing import Annotated

from converter.cli.options import DEFAULT_SPEC, Format, Lang, Quiet, SpecName, argument, checked, language


def explain_command(
    rule: Annotated[str | None, argument("RULE")] = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """Explain a rule, or list all of them."""
    from converter.cli.show_explain import show_explanation, show_list
    from converter.explain import explain, subjects
    from converter.spec.load import load_spec

    checked(format_, lang)
    spec = load_spec(spec_name)
    if rule is None:
        show_list(subjects(spec, language()), language(), format_)
    else:
        show_explanation(explain(rule, spec, language()), language(), format_)
