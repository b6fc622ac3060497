"""What the name of a file says of its rows, where a source puts it there and in no column (ADR 5)."""

from __future__ import annotations

import re

from .feeds.declare import Feed
from .reading import Form, Refused


def told_by_name(feed: Feed, form: Form, name: str) -> dict[str, str]:
    """Columns that the file lacks, filled from its name.

    Parameters
    ----------
    name : str
        The file, or the member of a zip, as a user sees it.

    Raises
    ------
    Refused
        If the feed needs its file's name and this one does not say: every row would have to be mended by hand.
    """
    if not feed.told_by_name:
        return {}
    found = re.fullmatch(feed.told_by_name, name.rsplit("/", 1)[-1].lower())
    wanted = re.compile(feed.told_by_name).groupindex
    lacking = [column for column in wanted if column not in form.columns]
    if lacking and not found:
        raise Refused(
            "the name of the file does not say what its rows do not",
            where=name,
            matters=f"{' and '.join(lacking)} would be unknown, and one file could replace another's rows",
            fix="give the file its publisher's name, such as 2018-03-essex-stop-and-search.csv, or add the columns "
            + " and ".join(lacking),
        )
    return {column: found[column] for column in lacking} if found else {}
