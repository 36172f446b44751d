"""Django tells of migrations to apps that have this module; the models are in the migrations."""
