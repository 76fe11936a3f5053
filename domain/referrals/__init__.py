"""Another organisation is asked to help somebody, and told what the person agreed to."""
