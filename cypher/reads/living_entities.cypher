// about: Every entity of a kind that was there as of a moment.
CALL () {
  MATCH (e:Account) WHERE $label = 'Account' AND known(e)
  RETURN e.id AS id
UNION ALL
  MATCH (e:Contact) WHERE $label = 'Contact' AND known(e)
  RETURN e.id AS id
UNION ALL
  MATCH (e:Lead) WHERE $label = 'Lead' AND known(e)
  RETURN e.id AS id
UNION ALL
  MATCH (e:Deal) WHERE $label = 'Deal' AND known(e)
  RETURN e.id AS id
UNION ALL
  MATCH (e:Own) WHERE $label IN labels(e) AND known(e)
  RETURN e.id AS id
}
RETURN id ORDER BY id
