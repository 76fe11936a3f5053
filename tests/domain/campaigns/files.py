"""A campaign's file that says as little as it may."""

SHORTEST = 'name = "First month"\nquestionnaire = "safety-and-needs"\ntime = "2026-05-05T18:00"\n'
