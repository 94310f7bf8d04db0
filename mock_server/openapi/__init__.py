"""What the engine and the contract suite both need of an OpenAPI document."""
