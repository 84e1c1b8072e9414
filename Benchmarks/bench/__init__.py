"""The parts of Hydrogen's benchmark drivers; run.py and postgresql.py put them together."""
