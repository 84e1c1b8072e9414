"""The parts of Hydrogen's benchmark driver; run.py puts them together."""
