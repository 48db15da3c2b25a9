"""Tables of offices that name bodies: lists of tasks, and who is in charge of communes and criteria."""
