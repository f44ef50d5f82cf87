"""Connected components of links that no machine holds: stars are made of them, large and small by turns.

Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, Connected components in MapReduce and beyond (SoCC 2014): every
step moves each record nearer to the smallest of its component, so a chain of n records takes O(log² n) steps.
"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f


def components(links: DataFrame) -> DataFrame:
    """Links (l, r) → every record that they name (uid) and the smallest record of its component (component)."""
    edges = written(links.select(f.greatest("l", "r").alias("v"), f.least("l", "r").alias("u")).distinct())
    while not _stars(edges):
        edges = written(_small(_large(edges)))
    leaves = edges.select(f.col("v").alias("uid"), f.col("u").alias("component"))
    centres = edges.select(f.col("u").alias("uid"), f.col("u").alias("component")).distinct()
    return leaves.unionByName(centres)


def written(frame: DataFrame) -> DataFrame:
    """The frame without what it was made from: in `spark.checkpoint.dir` where that is set, else with the executors."""
    return frame.checkpoint() if frame.sparkSession.sparkContext.getCheckpointDir() else frame.localCheckpoint()


def _large(edges: DataFrame) -> DataFrame:
    """Every larger neighbour of a record goes to the smallest of the record and its neighbours."""
    both = edges.union(edges.select("u", "v")).toDF("x", "y")
    least = f.least("x", f.min("y").over(Window.partitionBy("x")))
    return both.withColumn("m", least).where("y > x").select(f.col("y").alias("v"), f.col("m").alias("u")).distinct()


def _small(edges: DataFrame) -> DataFrame:
    """A record and its smaller neighbours go to the smallest of them."""
    near = edges.withColumn("m", f.min("u").over(Window.partitionBy("v")))
    others = near.where("u <> m").select(f.col("u").alias("v"), f.col("m").alias("u"))
    return others.union(near.select("v", f.col("m").alias("u"))).distinct()


def _stars(edges: DataFrame) -> bool:
    """Whether each record has one edge, to one that has none itself."""
    many = edges.groupBy("v").count().where("count > 1")
    return many.isEmpty() and edges.select("u").join(edges.select(f.col("v").alias("u")), "u", "left_semi").isEmpty()
