"""Read models (投影): tables built from the log alone, and the queries over them."""
