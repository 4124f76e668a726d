"""The least that a page could cost: one tiny view of each kind, on the same server and database."""
