"""The commands of `dealgraph`, one file each."""
