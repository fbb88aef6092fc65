"""Archives made one: shards found and checked, their files brought along, their rows taken in."""
