"""Forms as Arrow tables, and the tables as Parquet."""
