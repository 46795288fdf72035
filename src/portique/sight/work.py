"""Work units: how much looking a frame may cost, counted, never timed.

A unit is one thousand pixels through one plain decoding pass (3 to 4 µs on a core of 2.1 GHz). The
other prices were measured beside it; only their ratios matter. Counting instead of timing makes a
replay give the same answers on a slow or loaded machine.
"""

from dataclasses import dataclass

CALL = 20  # of any operation, however small its picture
PLAIN_READ = 1.0
THOROUGH_READ = 2.0
EVEN_LIGHT = 2.0
ENLARGED_READ = 4.0
PREPARE = 3.0
UNBEND = 30.0
SUSPECTS = 0.6
ALIGN = 12.0
ESTIMATE = 4.0
TRANSFORM = 1.0
FILTER = 3.5
MEND = 4.0
MEND_CALL = 1_200  # the flat picture has one size


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
