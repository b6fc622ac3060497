"""The log of every act: entries, the seals over them, their check, and what looks unusual."""
