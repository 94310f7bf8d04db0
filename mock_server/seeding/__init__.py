"""Deterministic, plausible inventory data: Faker providers and personas."""
