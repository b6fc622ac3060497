"""Phones, plates, addresses, e-mail addresses and devices: one way of writing each, and where they were seen."""
