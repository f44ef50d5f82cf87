// about: Keep with a model what its back-test found; the newest report takes the place of the one before.
MATCH (m:Model {id: $id})
SET m.report = $report
RETURN count(m) AS kept
