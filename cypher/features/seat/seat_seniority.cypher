// entity: seat
// family: buying center
// about: Level of the person's present job: staff 1, manager 2, director 3, vice president 4, executive 5.
// unit: level
// aggregate: max
// empty: null
// monotone: up
// because: {contact} is {title}
// each: {title} at {account}
// absent: The level of the person's job is not known.
MATCH (second:Contact)-[j:WORKS_AT]->(f:Account) WHERE j.seniority IS NOT NULL AND current(j) AND known(j)
RETURN j.id AS id, level(j.seniority) AS x, level(j.seniority) AS w, j.from AS at, [second, f] AS nodes, [j] AS relationships, told(second.name) AS contact,
  told(f.name) AS account, coalesce(told(j.title), j.seniority) AS title
