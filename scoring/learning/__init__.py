"""From labelled snapshots to a served model: choice of features, training, calibration."""
