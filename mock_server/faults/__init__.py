"""Faults: which calls of a sandbox go wrong, and how."""
