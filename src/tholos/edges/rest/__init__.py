"""The REST API below /api/v2, made from the declarations of the commands. It runs inside the engine."""
