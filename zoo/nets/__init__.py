"""Networks of the zoo: one file each, named after what it holds."""
