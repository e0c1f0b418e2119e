"""Everything in deploy/ that can be judged without a cluster, an engine or a registry, each rule with an offender."""
