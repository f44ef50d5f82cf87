// about: How much the graph holds, and how much it held when Neo4j last planned its queries anew.
OPTIONAL MATCH (w:Workspace {id: 'workspace'})
RETURN COUNT { MATCH (:Record) } + COUNT { MATCH (:Activity) } + COUNT { MATCH (:Measure) } AS size,
  w.planned_for AS planned_for
