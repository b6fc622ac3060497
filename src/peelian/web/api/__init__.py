"""The API: the same acts as the pages, for other systems. What is offered for a kind follows from its declaration."""
