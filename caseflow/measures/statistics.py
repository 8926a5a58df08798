"""Tests of a difference between two groups. Pure: counts in, figures out."""
