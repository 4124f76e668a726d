"""The check of the content: what stands in content/, read without a database."""
