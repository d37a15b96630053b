"""From bytes to a Grid: what each format takes to become rows of cells."""
