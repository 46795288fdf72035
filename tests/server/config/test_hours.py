"""Pages tell the hours of the school's own clocks, also far from Paris."""

from portique.school.folder import SETTINGS
from portique.server.config.environment import time_zone


def test_the_hours_are_those_of_the_schools_folder(tmp_path):
    """As gates, calendars and papers have them; without a school, those of Paris."""
    said = 'uai = "9740001S"\nname = "Lycée"\ntime_zone = "Indian/Reunion"\n'
    without = time_zone(tmp_path)
    (tmp_path / SETTINGS).write_text(said, encoding="utf-8")

    assert (time_zone(None), without) == ("Europe/Paris", "Europe/Paris")
    assert time_zone(tmp_path) == "Indian/Reunion"
