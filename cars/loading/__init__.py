"""Rows of cars.reading into the database: see cars.loading.loader."""
