"""Write down the calls that show a finding of Schemathesis, so that they can be made again."""
