"""A stand-in for a real service: Cliniko's products once more, with plain Flask and SQLite.

It is a second reading of the vendor's document and shares no code with the mock, so that the
contract suite has something else to be right or wrong about. `switches.py` lists the defects that
can be put into it, and the points on which it can differ where the documents are silent.
"""
