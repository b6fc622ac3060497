"""Question 4: how effective is the force at tackling serious and organised crime? One module for each of O1 to O9."""
