"""What people are shown: pictures, questions, what they answered, how projects stand."""
