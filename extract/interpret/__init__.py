"""From a Grid to Forms: what a table of cells says, by the evidence of kinds, order and neighbours."""
