"""Prints the latest figures as the Markdown table of docs/performance.md.

Run: python -m benchmarks.table
"""

from benchmarks.report import kept, markdown

if __name__ == "__main__":
    print(markdown(kept()))
