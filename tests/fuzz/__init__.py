"""Damaged and rearranged flows against the whole compiler: mutations, what must hold of each, what was found once."""
