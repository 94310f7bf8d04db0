"""Attacks on the server's time and memory, each held to a bound."""
