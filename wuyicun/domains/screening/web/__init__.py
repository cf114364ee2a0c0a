"""The pages of testing: rounds, who is missing, tubes, runs, results, closing."""
