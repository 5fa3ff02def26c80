"""Motifs of leaves, branches, trees and fruit."""
