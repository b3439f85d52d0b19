"""What the commands `load` and `inspect` share: options, questions, and the report on the terminal."""
