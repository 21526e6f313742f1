"""What schemathesis is told; it runs in a virtual environment of its own."""
