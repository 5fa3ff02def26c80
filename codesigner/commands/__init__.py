"""The subcommands of `codesigner`, one module per group."""
