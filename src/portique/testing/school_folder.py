"""Put the synthetic lycée into a school's folder, ready to issue passes and export knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.school.folder import SchoolFolder, Settings
from portique.school.rules import write_calendar, write_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from portique.testing.school import SyntheticSchool


def create_folder(
    path: Path, synthetic: SyntheticSchool, *, at: datetime, entropy: Callable[[int], bytes]
) -> SchoolFolder:
    """Make a folder of the synthetic lycée: keys, zones, calendar and everybody's rights.

    Raises:
        EnvironmentProblem: The folder holds a school already, or can't be written.
    """
    settings = Settings(synthetic.uai, synthetic.name)
    folder = SchoolFolder.create(path, settings, at=at, entropy=entropy)
    fill_folder(folder, synthetic)
    return folder


def fill_folder(folder: SchoolFolder, synthetic: SyntheticSchool) -> None:
    """Write the lycée's rules and rights into an existing folder; its keys and passes stay."""
    write_site(folder, synthetic.site)
    write_calendar(folder, synthetic.calendar)
    with folder.register.transaction():
        for holder, rights in synthetic.rights.items():
            folder.register.set_rights(holder, rights.to_data())
