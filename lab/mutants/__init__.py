"""Defects to plant in a service, one at a time, to see what a contract suite would catch."""
