"""Design records: the readable description of what is drawn."""
