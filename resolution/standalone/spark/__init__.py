"""The matchers on Apache Spark, for files that exceed one machine. The only place that imports pyspark.

There is no second matcher. Spark reads, joins, counts and groups; whatever looks into records or judges a pair is the
SQL that runs everywhere else, run by DuckDB inside Spark's tasks on the rows of one batch: normal forms, blocking keys,
the statements that Splink writes for the trained model, vetoes, the threshold. So a pair gets the weight on a cluster
that it gets on a laptop, bit for bit. Splink's own Spark backend would write other SQL: half of our levels call DuckDB
macros and lambdas over lists, which no transpiler turns into Spark's, and its similarities come from a jar of other
code; two sets of conditions would drift apart, and a weight would hang on where it was computed.

The model is trained by DuckDB on the driver: on all records, or on an even sample of them where there are more than it
is told to take. An even sample leaves the prior, m and u what they are, for it thins matches and other pairs alike;
what it costs is that a value missing from it counts as rare as any in it. Apart from that sample, the model and the
frequency tables, nothing but counts reaches the driver.
"""
