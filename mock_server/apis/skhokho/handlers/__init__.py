"""Skhokho's operations."""
