"""What was sent and answered, and whether an answer conforms to the spec."""
