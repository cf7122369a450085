"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    pass


MODEL = click.option(
    "--model",
    default="expression",
    show_default=True,
    help="A network in the package, or a file that `mien train` wrote.",
)


DATA = click.option("--data", type=click.Path(path_type=Path), help="FER2013, as for `mien train`.")


JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def song_id(text: str) -> str | int:
    """What SONG means: a place in the last list, or the id of a song in the catalogue in use.

    Raises:
        FeedbackError: it is neither.
    """
    from mien.catalogue.store import Store
    from mien.errors import FeedbackError, FeedbackFileError
    from mien.listener.feedback import Feedback

    place = int(text) if text.isdecimal() and len(text) < 7 else 0
    if place:
        try:
            Feedback().song_at(place)
            return place
        except FeedbackFileError:
            raise
        except FeedbackError:
            pass  # an id may be a number
    catalogue = Store().open()
    if len(catalogue.rows_of([text])):
        return text
    known = catalogue.ref.name
    raise FeedbackError(
        f"the last list has no song number {text}, and the catalogue {known!r} none with that id"
        if place
        else f"the catalogue {known!r} has no song with the id {text!r}",
        "see `mien recommend --json` for ids",
    )
