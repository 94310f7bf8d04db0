"""Where probes are kept: each asserts what holds until its switch is on."""

from __future__ import annotations

from collections.abc import Callable

from lab.standin.switches import Switch
from tests.lab.standin.world import World

Probe = Callable[[World], None]
PROBES: dict[Switch, Probe] = {}


def shows(*switches: Switch) -> Callable[[Probe], Probe]:
    """Register a probe as the one that shows these switches."""

    def register(probe: Probe) -> Probe:
        assert not PROBES.keys() & set(switches)
        PROBES.update(dict.fromkeys(switches, probe))
        return probe

    return register
