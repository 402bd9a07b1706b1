"""Bytes → components: decoding, unfolding, finding events, and the values of properties."""
