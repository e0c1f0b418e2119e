"""Everything a service process needs around its domain: settings, web, logs, metrics, traces and test fixtures."""
