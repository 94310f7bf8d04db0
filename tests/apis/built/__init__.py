"""Tests of the Built Africa mock."""
