"""Tests that each oracle can fail, and fails for its own reason."""
