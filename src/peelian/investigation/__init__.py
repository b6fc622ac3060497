"""Question 2: how effective is the force at investigating crime and reducing re-offending?"""
