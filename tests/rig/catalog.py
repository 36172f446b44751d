"""What a schema consists of, as rows that two runs can be compared by."""

# Kind, table and definition; `schema` is to be put in.
CATALOG = """
SELECT 'column', c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
    || a.attnotnull || ' ' || a.attidentity::text
    || ' ' || coalesce(pg_get_expr(adbin, adrelid), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
WHERE relkind = 'r' AND relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'index', i.indrelid::regclass::text,
    pg_get_indexdef(i.indexrelid) || ' ' || indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
WHERE relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'constraint', conrelid::regclass::text,
    conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace
ORDER BY 1, 2, 3
"""
