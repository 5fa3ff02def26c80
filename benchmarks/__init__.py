"""Benchmarks behind the figures of docs/performance.md; `make bench` runs all of them."""
