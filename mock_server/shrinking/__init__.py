"""Find the smallest set of odd values that breaks a program."""
