"""From labelled snapshots to a served model."""
