"""What every service process needs around its domain: settings, web, logs, metrics, the process itself, fixtures."""
