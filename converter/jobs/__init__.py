"""One function a use case. Each returns what came of it; none prints, none exits."""
