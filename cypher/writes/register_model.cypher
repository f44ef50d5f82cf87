// about: Write a model down; whether it serves stays as it is.
MERGE (m:Model {id: $row.id})
SET m += $row, m.run = $run, m.active = coalesce(m.active, false)
RETURN m.id AS id
