"""What is measured, with the raw limit of the same PostgreSQL measured in the same run. `./wuyi bench` runs it."""
