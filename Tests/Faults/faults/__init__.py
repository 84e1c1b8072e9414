"""Faults that a database, a network and clients make, and what Hydrogen must do about them."""
