"""What a job title says: level, department and the likely part in a decision, as DuckDB expressions."""

SENIORITY = """CASE
WHEN {t} IS NULL OR trim({t}) = '' THEN NULL
WHEN regexp_matches(lower({t}), '\\b(vice[ -]president|vp|svp|evp|avp)\\b') THEN 'vp'
WHEN regexp_matches(lower({t}),
    '\\b(chief|ceo|cfo|cto|cio|coo|cmo|cpo|cro|ciso|cdo|president|founder|owner)\\b') THEN 'c_level'
WHEN regexp_matches(lower({t}), '\\b(managing director|md|general manager|gesch[aä]ftsf[uü]hrer|vorstand|vd|pdg)\\b')
THEN 'c_level'
WHEN regexp_matches(lower({t}), '\\b(director|head|direktor|directeur|directora?|leiter|leiterin|chef)\\b') THEN
    'director'
WHEN regexp_matches(lower({t}), '\\b(manager|lead|supervisor|principal|teamleiter|team lead|controller|mgr)\\b') THEN
    'manager'
ELSE 'staff' END"""

DEPARTMENT = """CASE
WHEN {t} IS NULL THEN NULL
WHEN regexp_matches(lower({t}), '\\b(procure\\w*|purchas\\w*|sourcing|buyer|einkauf\\w*|achats)\\b') THEN 'Procurement'
WHEN regexp_matches(lower({t}), '\\b(financ\\w*|cfo|controller|account(ant|ing)|treasur\\w*)\\b') THEN 'Finance'
WHEN regexp_matches(lower({t}),
    '\\b(it|cto|cio|ciso|technolog\\w*|technical|software|system\\w*)\\b') THEN 'IT'
WHEN regexp_matches(lower({t}), '\\b(engineer\\w*|architect|digital|data|security|develop\\w*)\\b') THEN 'IT'
WHEN regexp_matches(lower({t}),
    '\\b(operation\\w*|coo|supply chain|logistic\\w*|production|plant|warehouse|transport)\\b') THEN 'Operations'
WHEN regexp_matches(lower({t}), '\\b(sales|commercial|account manager|cro|revenue)\\b') THEN 'Sales'
WHEN regexp_matches(lower({t}), '\\b(marketing|brand|cmo|communication\\w*)\\b') THEN 'Marketing'
WHEN regexp_matches(lower({t}), '\\b(legal|counsel|compliance)\\b') THEN 'Legal'
WHEN regexp_matches(lower({t}), '\\b(hr|human|people|talent)\\b') THEN 'People'
WHEN regexp_matches(lower({t}), '\\b(ceo|president|founder|owner|managing|innovation|strategy)\\b') THEN 'Management'
END"""

ROLE = f"""CASE
WHEN {{t}} IS NULL THEN 'influencer'
WHEN ({DEPARTMENT}) = 'Procurement' THEN 'procurement'
WHEN ({SENIORITY}) IN ('c_level', 'vp') AND coalesce(({DEPARTMENT}), '') <> 'IT' THEN 'economic_buyer'
WHEN ({DEPARTMENT}) = 'IT' THEN 'technical_evaluator'
WHEN ({SENIORITY}) = 'director' THEN 'champion'
WHEN ({SENIORITY}) = 'manager' THEN 'influencer'
ELSE 'user' END"""


def seniority(column: str) -> str:
    """SQL for the level that a title column states."""
    return SENIORITY.format(t=column)


def department(column: str) -> str:
    """SQL for the department that a title column states."""
    return DEPARTMENT.format(t=column)


def role(column: str) -> str:
    """SQL for the part in a decision that a title column suggests."""
    return ROLE.format(t=column)
