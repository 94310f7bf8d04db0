"""Server-rendered pages beside the APIs: what is served, and its interactive documentation."""
