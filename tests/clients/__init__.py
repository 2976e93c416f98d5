"""Real clients and servers of ours, for tests and for the demonstration."""
