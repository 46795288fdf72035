"""Work units: how much looking a frame may cost, counted, never timed.

A unit is one thousand pixels through one plain decoding pass (about 3 µs on a 2020s laptop core).
The others are set from measures on one machine; only their ratios matter. Counting instead of
timing makes a replay give the same answers on a slow or loaded machine.
"""

from dataclasses import dataclass

CALL = 100  # of any operation, however small its picture
PLAIN_READ = 1.0
THOROUGH_READ = 3.0
PREPARE = 3.0
SUSPECTS = 0.4
REGISTER = 15.0
ESTIMATE = 9.0
FILTER = 2.5
MEND = 25.0


@dataclass(slots=True)
class Work:
    """A purse of units for one frame."""

    limit: int
    spent: int = 0

    def spend(self, units_per_kilopixel: float, pixels: int) -> None:
        """Count work that has to be done in any case."""
        self.spent += cost(units_per_kilopixel, pixels)

    def take(self, units: int) -> bool:
        """Spend the units if the purse holds them; tell whether it did."""
        if self.spent + units > self.limit:
            return False
        self.spent += units
        return True


def cost(units_per_kilopixel: float, pixels: int) -> int:
    """Return the units of one operation over so many pixels, its fixed part included."""
    return CALL + round(units_per_kilopixel * pixels / 1000)
