"""The gate's clock: never back, never walked away, honest about doubt (reliability R5, T13)."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portique.core.errors import EnvironmentProblem
from portique.gate.clock import (
    ADOPT_AFTER_MS,
    BUILT_AT_MS,
    CLAIM_MS_MAX,
    STEP_MS,
    UNSYNCHRONISED_MS,
    GateClock,
    SystemTime,
)
from portique.gate.ports import DoubtfulTime

HOUR = 3_600_000
DAY = 24 * HOUR
YEAR = 365 * DAY
NOON = BUILT_AT_MS + 30 * DAY
HIGH = NOON - HOUR  # what the journal says was seen


@dataclass
class Machine:
    """A machine whose wall clock anybody may set, and whose uptime nobody can."""

    wall: int = NOON
    boot: int = 1_000
    error: int | None = None

    def wall_ms(self) -> int:
        return self.wall

    def boot_ms(self) -> int:
        return self.boot

    def synchronised_ms(self) -> int | None:
        return self.error

    def pass_time(self, ms: int) -> None:
        self.wall += ms
        self.boot += ms


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def clock(machine):
    return GateClock(HIGH, source=machine)


def test_a_sound_clock_is_followed_and_trusted(machine, clock):
    """Wall and uptime agree: the gate goes by the wall."""
    machine.pass_time(DAY)
    assert clock.now_ms() == NOON + DAY
    assert clock.state.trusted
    assert clock.state.off_by_ms == 0


@pytest.mark.parametrize(
    ("jump", "doubt"),
    [
        (-10 * YEAR, DoubtfulTime.BEFORE_BUILD),
        (-NOON, DoubtfulTime.BEFORE_BUILD),
        (-HOUR, DoubtfulTime.ROLLED_BACK),
        (HOUR, DoubtfulTime.JUMPED_FORWARD),
        (10 * YEAR, DoubtfulTime.JUMPED_FORWARD),
    ],
)
def test_a_jump_while_running_is_doubted_and_not_followed(machine, clock, jump, doubt):
    """The very next look says untrusted, and time goes on from where it was."""
    clock.now_ms()
    machine.wall += jump
    machine.pass_time(1_000)
    assert clock.now_ms() == NOON + 1_000
    assert clock.state.doubt is doubt
    assert clock.state.off_by_ms == jump
    assert clock.state.uncertainty_ms >= abs(jump)


@pytest.mark.parametrize("step", [-STEP_MS, -1, 1, STEP_MS])
def test_everyday_synchronisation_is_no_doubt(machine, clock, step):
    """A step of up to five seconds stays trusted; the time given out still never runs back."""
    before = clock.now_ms()
    machine.wall += step
    assert clock.state.trusted
    assert clock.now_ms() == max(before, NOON + step)


def test_many_small_steps_cannot_walk_the_time_away(machine, clock):
    """A spoofed server that steps four seconds a minute is found out at the second step."""
    for _ in range(2):
        machine.pass_time(60_000)
        machine.wall += 4_000
        clock.now_ms()
    assert clock.state.doubt is DoubtfulTime.JUMPED_FORWARD


def test_a_clock_put_right_again_is_trusted_again(machine, clock):
    """After a jump forward, the wall's return to the known time ends the doubt."""
    machine.wall += 10 * YEAR
    assert not clock.state.trusted
    machine.wall -= 10 * YEAR
    machine.pass_time(HOUR)
    assert clock.state.trusted
    assert clock.now_ms() == NOON + HOUR


@pytest.mark.parametrize("wall", [0, BUILT_AT_MS - 1, HIGH - HOUR])
def test_a_start_below_the_high_water_goes_on_from_it(wall):
    """A boot in 1970 or an hour early gives out the journal's last time, untrusted."""
    machine = Machine(wall=wall)
    clock = GateClock(HIGH, source=machine)
    machine.pass_time(2_000)
    assert clock.now_ms() == HIGH + 2_000
    assert not clock.state.trusted


def test_time_back_above_the_high_water_is_trusted(machine):
    """A board without a battery boots in 1970; the network then sets the true time."""
    machine.wall = 0
    clock = GateClock(HIGH, source=machine)
    assert clock.state.doubt is DoubtfulTime.BEFORE_BUILD
    machine.wall = NOON + 12 * HOUR
    assert clock.state.trusted
    assert clock.now_ms() == NOON + 12 * HOUR


def test_a_start_without_any_memory_still_knows_its_build_date():
    """The first start of all, in 1970, gives out the build date, untrusted."""
    clock = GateClock(source=Machine(wall=0))
    assert clock.now_ms() == BUILT_AT_MS
    assert clock.state.doubt is DoubtfulTime.BEFORE_BUILD


def test_a_synchronised_jump_of_hours_is_adopted_after_ten_seconds(machine, clock):
    """A board that kept yesterday's time at start gets today's from the network."""
    clock.now_ms()
    machine.wall += 12 * HOUR
    machine.error = 40
    assert not clock.state.trusted
    machine.pass_time(ADOPT_AFTER_MS)
    assert clock.state.trusted
    assert clock.now_ms() == NOON + 12 * HOUR + ADOPT_AFTER_MS


def test_synchronisation_must_last_the_ten_seconds(machine, clock):
    """Synchronised, lost, synchronised again: the ten seconds begin anew."""
    clock.now_ms()
    machine.wall += 12 * HOUR
    for error in (40, None, 40):
        machine.error = error
        machine.pass_time(ADOPT_AFTER_MS - 1)
        clock.now_ms()
    assert not clock.state.trusted


def test_ten_years_ahead_need_the_servers_signature(machine, clock):
    """However long the network insists, years are not adopted; a signed time ends it."""
    clock.now_ms()
    machine.wall += 10 * YEAR
    machine.error = 40
    machine.pass_time(HOUR)
    assert not clock.state.trusted
    clock.correct(NOON + HOUR + 500)
    assert clock.state.trusted
    assert clock.now_ms() == NOON + HOUR + 500


def test_a_correction_brings_a_gate_back_that_started_ten_years_ahead(machine):
    """The journal was written in the future: only the signed time may lower the high water."""
    machine.wall = NOON + 10 * YEAR
    clock = GateClock(NOON + 10 * YEAR, source=machine)
    clock.correct(NOON)
    machine.pass_time(5_000)
    assert clock.now_ms() == NOON + 5_000
    assert clock.state.trusted
    assert clock.state.off_by_ms == 10 * YEAR


def test_a_server_living_before_the_software_is_refused(clock):
    """A signed time earlier than the build date corrects nothing."""
    with pytest.raises(EnvironmentProblem, match="clock is wrong"):
        clock.correct(BUILT_AT_MS - 1)
    assert clock.now_ms() == NOON


def test_signed_knowledge_raises_the_high_water(machine, clock):
    """Knowledge issued tomorrow proves that today's clock is behind."""
    clock.at_least(NOON + DAY)
    machine.pass_time(1_000)
    assert clock.now_ms() == NOON + DAY + 1_000
    assert clock.state.doubt is DoubtfulTime.ROLLED_BACK
    machine.wall += 2 * DAY
    assert clock.state.trusted


@pytest.mark.parametrize(
    ("ahead", "believed"), [(-YEAR, True), (0, True), (STEP_MS, True), (STEP_MS + 1, False)]
)
def test_a_trusted_clock_knows_the_future_when_it_sees_it(clock, ahead, believed):
    """Signed later than the envelope allows: whoever signed has a wrong clock."""
    assert clock.plausible(NOON + ahead) is believed
    assert clock.now_ms() == NOON


def test_the_envelope_of_the_future_grows_with_the_time_since_the_anchor(machine, clock):
    """Ten days on, seven minutes more are within what a kernel may have slewed."""
    machine.pass_time(10 * DAY)
    assert clock.plausible(NOON + 10 * DAY + STEP_MS + 432_000)
    assert not clock.plausible(NOON + 10 * DAY + STEP_MS + 432_001)


@pytest.mark.parametrize("wall", [0, HIGH - HOUR])
def test_a_clock_in_doubt_objects_to_no_signature(machine, wall):
    """Started in 1970, or below what was seen: any signed time may be the true one."""
    machine.wall = wall
    clock = GateClock(HIGH, source=machine)
    assert clock.plausible(NOON + 10 * YEAR)
    clock.at_least(NOON + DAY)
    assert clock.now_ms() == NOON + DAY


def test_signed_knowledge_from_the_past_changes_nothing(clock):
    """Most knowledge is older than now."""
    clock.at_least(NOON - DAY)
    assert clock.now_ms() == NOON
    assert clock.state.trusted


def test_uncertainty_grows_with_time_since_the_last_synchronisation(machine, clock):
    """A quartz may drift 100 ppm: 8.64 s a day on top of what was known at the start."""
    machine.pass_time(10 * DAY)
    assert clock.state.uncertainty_ms == UNSYNCHRONISED_MS + 86_400
    assert clock.state.claim_ms == CLAIM_MS_MAX


def test_a_synchronised_system_states_its_own_error(machine, clock):
    """The kernel's error bound counts as long as it calls itself synchronised."""
    machine.error = 12
    machine.pass_time(10 * DAY)
    assert clock.state.uncertainty_ms == 12
    assert clock.state.claim_ms == 12


def test_uptime_is_passed_on(machine, clock):
    """Intervals are measured on a clock nobody sets."""
    machine.pass_time(500)
    machine.wall -= YEAR
    assert clock.monotonic_ms() == 1_500


def test_the_systems_clocks_answer():
    """The kernel gives a wall time after the build date, an uptime, and perhaps an error bound."""
    system = SystemTime()
    assert system.wall_ms() > BUILT_AT_MS
    assert 0 < system.boot_ms() <= system.boot_ms()
    error = system.synchronised_ms()
    assert error is None or error >= 0


class AnyClock(RuleBasedStateMachine):
    """Whatever is done to the machine's clock, in any order."""

    @initialize(high=st.integers(0, NOON), wall=st.integers(0, NOON + 20 * YEAR))
    def start(self, high, wall):
        self.machine = Machine(wall=wall)
        self.clock = GateClock(high, source=self.machine)
        self.highest = max(high, BUILT_AT_MS)

    @rule(ms=st.one_of(st.integers(0, 10_000), st.integers(0, 40 * DAY)))
    def time_passes(self, ms):
        self.machine.pass_time(ms)

    @rule(ms=st.one_of(st.integers(-6_000, 6_000), st.integers(-20 * YEAR, 20 * YEAR)))
    def somebody_sets_the_clock(self, ms):
        self.machine.wall = max(0, self.machine.wall + ms)

    @rule(error=st.none() | st.integers(0, 16_000))
    def synchronisation_changes(self, error):
        self.machine.error = error

    @rule(signed=st.integers(BUILT_AT_MS, NOON + YEAR))
    def the_server_corrects(self, signed):
        self.clock.correct(signed)
        self.highest = signed

    @invariant()
    def time_never_runs_back_and_doubt_shows_at_once(self):
        """No pass that expired at the high water can be valid again; events keep their order."""
        now, state = self.clock.now_ms(), self.clock.state
        assert now >= self.highest
        self.highest = now
        behind = self.machine.wall < now - 2 * STEP_MS - self.machine.boot // 1_000
        assert not (behind and state.trusted and state.off_by_ms == 0)
        assert 0 <= state.claim_ms <= min(CLAIM_MS_MAX, state.uncertainty_ms)


TestAnyClock = AnyClock.TestCase


@given(jump=st.integers(-20 * YEAR, 20 * YEAR), later=st.integers(0, DAY))
def test_a_trusted_clock_is_within_the_envelope_of_the_truth(jump, later):
    """Uptime since the start is the truth; nothing outside five seconds and 500 ppm is trusted."""
    machine = Machine()
    clock = GateClock(HIGH, source=machine)
    machine.wall = max(0, machine.wall + jump)
    machine.pass_time(later)
    off = abs(clock.now_ms() - (NOON + later))
    assert off <= STEP_MS + later // 2_000
    assert clock.state.trusted == (abs(jump) <= STEP_MS + later * 500 // 1_000_000)


CHILD = """
import json, sys
from portique.gate.clock import GateClock
clock = GateClock(int(sys.argv[1]))
now, state = clock.now_ms(), clock.state
print(json.dumps({"now": now, "doubt": state.doubt}))
"""


@pytest.mark.parametrize(
    ("offset", "doubt"),
    [("-10y", "before-build"), ("-1h", "rolled-back"), ("+1h", None), ("+0", None)],
)
def test_a_real_process_under_a_false_clock_keeps_the_high_water(offset, doubt):
    """The same holds for a real child process whose system time is faked."""
    faketime = shutil.which("faketime")
    if faketime is None:
        pytest.skip("faketime is not installed; `apt-get install faketime` adds these runs")
    high = SystemTime().wall_ms() - 60_000
    child = subprocess.run(
        [faketime, "-f", offset, sys.executable, "-c", CHILD, str(high)],
        check=True,
        capture_output=True,
        env=os.environ | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"},
    )
    said = json.loads(child.stdout)
    assert said["now"] >= high
    assert said["doubt"] == doubt


def test_a_clock_that_agrees_with_the_server_is_left_alone(machine, clock):
    """A second or two of the way there and back are nothing."""
    assert not clock.heed(clock.now_ms() - 1_500, within_ms=2_000)
    assert not clock.heed(clock.now_ms() + 4_000, within_ms=0)


@pytest.mark.parametrize("off_ms", [-DAY, 60_000, 10 * 365 * DAY], ids=["behind", "a bit", "far"])
def test_a_clock_that_is_off_goes_by_the_servers_time(machine, clock, off_ms):
    """Even one that trusts itself: it was set wrong before the gate started."""
    true_ms = clock.now_ms() + off_ms
    assert clock.heed(true_ms, within_ms=100)

    assert abs(clock.now_ms() - true_ms) <= 100
    assert clock.state.trusted


def test_a_clock_in_doubt_is_put_right_by_the_server(machine, clock):
    """Jumped ten years ahead while running: doubted, then by the server's word trusted again."""
    true_ms = clock.now_ms()
    machine.wall += 10 * 365 * DAY
    assert not clock.state.trusted

    assert clock.heed(true_ms, within_ms=100)
    assert clock.state.trusted
    assert abs(clock.now_ms() - true_ms) <= 100


def test_a_clock_that_goes_by_the_server_is_put_right_now_and_then(machine, clock):
    """On its own uptime it drifts: a later answer makes it sure again."""
    true_ms = clock.now_ms()
    machine.wall += 10 * 365 * DAY
    clock.heed(true_ms, within_ms=0)
    machine.boot += 2 * DAY
    machine.wall += 2 * DAY
    drifted = clock.state.uncertainty_ms

    assert clock.heed(true_ms + 2 * DAY, within_ms=0)
    assert clock.state.uncertainty_ms < drifted
