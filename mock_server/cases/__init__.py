"""Test cases for other programs: requests with the answer to expect, checked against the mock."""
