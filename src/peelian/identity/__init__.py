"""Who is who: which mentions are one person, and which places, phones and vehicles belong to them."""
