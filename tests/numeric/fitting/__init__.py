"""Fits of data of any size, in one process and in several."""
