"""Word documents: how they are laid out, filled and checked. Nothing of the field."""
