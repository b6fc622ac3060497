"""Question 5: how effective are the force's specialist capabilities? One module for each of S1 to S4."""
