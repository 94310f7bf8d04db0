"""Tests of the Skhokho mock."""
