"""What is chosen on the pages of figures."""
