"""The steps of the walk, and what they stand on."""
