"""Tests of the demo files, on the files alone."""
