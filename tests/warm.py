"""What every mutant would load anew; make mutants loads it once, for all of them."""

from domain.distress import Watch

Watch.load()
