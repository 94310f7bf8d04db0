"""How much a contract suite catches: planted defects, harmless variants, and who finds what."""
