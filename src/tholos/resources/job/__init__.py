"""Long work that goes on after its call: looking at it, and calling it off."""
