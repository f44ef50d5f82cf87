// about: A deal that is won or lost did not end the other way.
MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
WHERE z.known_to IS NULL AND d.known_to IS NULL AND d.state IN ['won', 'lost'] AND o.result <> d.state
RETURN d.id AS id, 'is ' + d.state + ', but ended ' + o.result AS found
