"""The demo: fictitious people in the exchange format, made by ``python3 -m demo.make_demo``."""
