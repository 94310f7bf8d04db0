"""A signal interrupts a run, but nothing in the middle of what must not be torn."""

from __future__ import annotations

import os
import signal

import pytest

from contract_tests.target.interruption import Interruption, held


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_an_interrupt_with_the_exit_code_of_its_own(number, code):
    with Interruption() as interruption:
        assert interruption.exit_code == 0
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert interruption.exit_code == code


def _signalled(*numbers):
    """What is done, inside two blocks that are held, around signals."""
    done = []
    try:
        with Interruption(), held():
            with held():
                for number in numbers:
                    os.kill(os.getpid(), number)
                    done.append("inner")
            done.append("outer")
    except KeyboardInterrupt:
        done.append("interrupted")
    return done


def test_what_is_held_ends_before_it_is_interrupted():
    assert _signalled(signal.SIGTERM) == ["inner", "outer", "interrupted"]


def test_a_second_signal_is_not_held_up():
    assert _signalled(signal.SIGINT, signal.SIGINT) == ["inner", "interrupted"]


def test_afterwards_signals_do_what_they_did():
    usual = signal.getsignal(signal.SIGTERM)
    with Interruption():
        assert signal.getsignal(signal.SIGTERM) is not usual
    assert signal.getsignal(signal.SIGTERM) is usual
    with held():
        pass
