"""The services place: how each service is that models are asked at."""
