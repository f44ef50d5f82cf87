// about: Write down what people decided about pairs of records.
UNWIND $rows AS row
MERGE (j:Judgement {id: row.node.id})
SET j = row.node
WITH j, row
UNWIND row.ties AS tie
MATCH (n:Record {id: tie.end})
MERGE (j)-[r:ON {id: tie.properties.id}]->(n)
SET r = tie.properties
RETURN count(*) AS ties
