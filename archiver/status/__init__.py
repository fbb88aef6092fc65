"""What an archive holds of each blog, what the blog claims to have, and where the gaps are."""
