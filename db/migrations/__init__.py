"""The migrations of the archive: numbered SQL files, append-only."""
