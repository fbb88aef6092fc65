"""Many blogs on many machines: the unit of work, its shards, and who may work at the same time."""
