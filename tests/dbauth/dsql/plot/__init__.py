"""One small migration of the app `garage`, for runs that are killed at every pair of points."""
