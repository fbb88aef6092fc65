"""Shards elsewhere: objects in a bucket, who may write them, and how a shard gets there and back."""
