"""The tutorial on cross entropy: up to date, right, and honest about what was shown."""
