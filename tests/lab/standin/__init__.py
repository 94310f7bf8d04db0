"""Tests of the stand-in for a real service."""
