"""Reports: what each run did, told to people and programs, and kept."""
