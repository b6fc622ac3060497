"""Cases: the journal that is the truth, the caches over it, and the queues that people work from."""
