"""The laboratory: planted mutants, their mutation scores and a stand-in service. Not shipped."""
