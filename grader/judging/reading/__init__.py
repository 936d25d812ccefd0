"""Parsing of what people type: numbers and formulas, in any characters and notation."""
