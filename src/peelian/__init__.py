"""Peelian: a police force's working memory."""

__version__ = "0.1.0"
