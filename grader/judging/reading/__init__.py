"""Reading what people type: numbers and formulas, in whatever characters and notation."""
