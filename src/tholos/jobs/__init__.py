"""Long work outside of the writer: what changes have written down in the state is carried out here (ADR 8)."""
