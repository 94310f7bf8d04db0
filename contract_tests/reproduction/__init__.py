"""Sequences of calls that break a property: shortened, written down, and sent again."""
