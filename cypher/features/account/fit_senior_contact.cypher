// entity: account
// family: buying center
// about: Highest level of the people known at the account: staff 1, manager 2, director 3, vice president 4, executive 5.
// unit: level
// aggregate: max
// empty: 0
// monotone: up
// newest: 200
// because: The most senior person known there is {contact}, {title}
// each: {contact}, {title}
// absent: No one of known seniority is known there.
newest((e)<-[j:WORKS_AT]-(c:Contact))
WITH e, as_of, j, c WHERE current(j) AND j.seniority IS NOT NULL
RETURN j.id AS id, level(j.seniority) AS x, level(j.seniority) AS w, j.from AS at, [e, c] AS nodes, [j] AS relationships, told(c.name) AS contact,
  coalesce(told(j.title), j.seniority) AS title
