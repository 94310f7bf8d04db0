"""Schemathesis, set up and run against a target."""
