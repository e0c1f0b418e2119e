"""The folder that a trial puts first on the path of the processes it starts."""
