"""What was known at a moment: `known(a, b)` in a query file becomes the filter on knowledge time."""

import re

from kg.query.tokens import substitute

CALL = re.compile(r"known\s*\(\s*(\w+(?:\s*,\s*\w+)*)\s*\)")


def known(variable: str, moment: str) -> str:
    """The condition that `variable` was known at `moment`, an expression such as `as_of` or `$as_of`."""
    return f"{variable}.known_from <= {moment} AND ({variable}.known_to IS NULL OR {variable}.known_to > {moment})"


def expand_known(text: str, moment: str = "as_of", place: str = "query") -> str:
    """`text` with each `known(a, b)` outside quotes and comments expanded; lines stay where they are."""

    def condition(match: re.Match[str]) -> str:
        names = [name.strip() for name in match.group(1).split(",")]
        return "(" + " AND ".join(known(name, moment) for name in names) + ")" + "\n" * match.group().count("\n")

    return substitute(CALL, condition, text, place)
