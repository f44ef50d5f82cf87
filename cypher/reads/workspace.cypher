// about: What is published: the moment that every reader reads as of, and the currency.
MATCH (w:Workspace {id: 'workspace'})
RETURN w.as_of AS as_of, w.currency AS currency, w.published AS published, w.own_digest AS own_digest
