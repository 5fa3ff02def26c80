"""Run: python -m codesigner"""

from codesigner.cli import main

if __name__ == "__main__":
    main()
