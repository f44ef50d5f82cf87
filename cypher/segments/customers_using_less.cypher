// about: Customers whose weekly users in the last four weeks are fewer than three quarters of those of the twelve weeks before.
MATCH (a:Account)<-[x:WITH]-(:Deal)-[y:ENDED_IN]->(:Outcome {result: 'won'})
WHERE known(x, y)
WITH DISTINCT a
MATCH (u:Usage)-[o:OF]->(a)
WHERE known(u, o) AND u.week <= $as_of AND u.week > $as_of - duration({days: 112})
WITH a, u.week > $as_of - duration({days: 28}) AS recent, u.active_users AS users
WITH a, avg(CASE WHEN recent THEN users END) AS now, avg(CASE WHEN NOT recent THEN users END) AS before
WHERE before > 0 AND now < 0.75 * before
RETURN a.id AS id, toString(round(100 * (1 - now / before))) + ' % fewer people use the product than before' AS reason
ORDER BY id
