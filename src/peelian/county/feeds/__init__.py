"""Feed files in the sources' own formats, one module a source."""
