"""Catalogue of motifs: names, colours and licences; no drawing."""
