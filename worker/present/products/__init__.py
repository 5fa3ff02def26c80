"""The products that can be drawn, one module each."""
