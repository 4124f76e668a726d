"""What `make` calls. Only Python's own library, so that nothing has to be installed first."""
