"""Features: values for many entities at once, the rows behind them, sentences, baselines and networks."""
