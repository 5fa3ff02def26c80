"""The generator, G(S, z): reader, layout, field network, rendering."""
