"""A stand-in for a real service: Cliniko's products once more, with plain Flask and SQLite.

It is a second reading of the vendor's document and shares no code with the mock, so that the
contract suite has something else to be right or wrong about. `switches.py` lists the defects that
can be put into it, and the points on which it can differ where the documents are silent. On these
it always differs from the mock, whatever is switched on: a price is rounded to four places even on
the side that was sent; a record is looked for before the body is judged, so 404 comes before 422;
text that no database stores is 422 for its field, and nothing in a field that is unknown; a key
with a password is refused, as is one without a shard that is not of the oldest form; OPTIONS is
405; and the texts of 400, 413, 415 and 422 are its own.
"""
