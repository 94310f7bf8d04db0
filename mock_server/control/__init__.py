"""Control of a server's sandboxes: an API of its own, its commands, and a typed client."""
