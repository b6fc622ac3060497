"""Blind (hit/no-hit) matching: two agencies find the people they have in common without showing each other the rest.

Nothing here needs Django or a database, so that a partner can encode with the package alone. The order of use: `keys` (the shared
secret and the public scheme), `people` (a CSV file, standardised), `encoding` (keyed bits), `files` (what travels), `matching` (hits only);
`exact` finds equal people with no shared secret at all.
"""
