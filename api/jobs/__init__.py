"""Long work: the stages of a refresh and the processes that it runs in."""
