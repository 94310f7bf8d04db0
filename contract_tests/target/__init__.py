"""What is tested: how it is reached, as whom, and what may be sent to it."""
