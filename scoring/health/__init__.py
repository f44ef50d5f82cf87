"""Whether a score can be trusted today: data that stopped, drift, calibration, fairness; and what answers if not."""
