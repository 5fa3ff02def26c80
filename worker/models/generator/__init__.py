"""The generator G(S, z): trait reader, layout, field network and rendering."""
