"""The same work over many pictures: on this machine, or on the machines of a Ray cluster."""
