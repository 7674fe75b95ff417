"""Is a portal as it usually is?  Figures of its runs in, verdict and alarms out (docs/health.md)."""
