"""Tests of the record side."""
