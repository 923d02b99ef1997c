-- All that guards a registry's rows in one schema: what each thing is called, and how it is defined.
-- What an extension brought along is its own. Owners are compared with the owner of the table "registry".

WITH here AS (
    SELECT oid AS schema, (SELECT relowner FROM pg_class WHERE relname = 'registry' AND relnamespace = spaces.oid) AS keeper
    FROM pg_namespace spaces WHERE nspname = :schema
), of_extensions AS (
    SELECT objid FROM pg_depend WHERE deptype = 'e'
), relation AS (
    SELECT pg_class.* FROM pg_class, here
    WHERE relnamespace = schema AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_class.oid NOT IN (SELECT objid FROM of_extensions)
), function AS (
    SELECT pg_proc.*, proname || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')' AS called FROM pg_proc, here
    WHERE pronamespace = schema AND pg_proc.oid NOT IN (SELECT objid FROM of_extensions)
), granted AS (
    SELECT privilege_type AS right, relname::text AS on_what, grantee, is_grantable, relowner AS owner
    FROM relation, aclexplode(relacl)
    UNION ALL
    SELECT privilege_type, relname || '.' || attname, grantee, is_grantable, relowner
    FROM relation JOIN pg_attribute ON attrelid = relation.oid AND NOT attisdropped, aclexplode(attacl)
    UNION ALL
    SELECT privilege_type, called, grantee, is_grantable, proowner
    FROM function, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    UNION ALL
    SELECT privilege_type, 'the schema', grantee, is_grantable, nspowner
    FROM pg_namespace JOIN here ON schema = pg_namespace.oid, aclexplode(nspacl) WHERE privilege_type = 'CREATE'
)
SELECT CASE relkind WHEN 'v' THEN 'the view ' WHEN 'm' THEN 'the view ' WHEN 'S' THEN 'the sequence ' ELSE 'the table ' END || relname AS what,
       concat_ws(' ', relkind, relpersistence, relowner = keeper, reloptions) AS how
FROM relation, here
UNION ALL
SELECT 'the row-level security of ' || relname, concat_ws(' ', relrowsecurity, relforcerowsecurity)
FROM relation
UNION ALL
SELECT 'the column ' || attname || ' of ' || relname,
       concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
FROM relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
     LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT 'the rule ' || conname || ' of ' || relname, concat_ws(' ', pg_get_constraintdef(pg_constraint.oid), convalidated)
FROM relation JOIN pg_constraint ON conrelid = relation.oid
WHERE contype <> 'n' -- PostgreSQL 18 lists NOT NULL here as well, and the columns tell it
UNION ALL
SELECT 'the index ' || indexed.relname || ' of ' || relation.relname,
       concat_ws(' ', pg_get_indexdef(indexrelid), indisunique, indisvalid)
FROM relation JOIN pg_index ON indrelid = relation.oid JOIN pg_class indexed ON indexed.oid = indexrelid
UNION ALL
SELECT 'the trigger ' || tgname || ' of ' || relname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled)
FROM relation JOIN pg_trigger ON tgrelid = relation.oid WHERE NOT tgisinternal
UNION ALL
SELECT 'a trigger by which ' || relname || ' keeps what hangs on it (' || count(*) || ' of ' || tgenabled::text || ')', ''
FROM relation JOIN pg_trigger ON tgrelid = relation.oid WHERE tgisinternal GROUP BY relname, tgenabled
UNION ALL
SELECT 'the rewriting ' || rulename || ' of ' || relname, concat_ws(' ', pg_get_ruledef(pg_rewrite.oid), ev_enabled)
FROM relation JOIN pg_rewrite ON ev_class = relation.oid
UNION ALL
SELECT 'the policy ' || polname || ' of ' || relname,
       concat_ws(' ', polcmd, polpermissive, polroles::regrole[]::text, 'USING', pg_get_expr(polqual, polrelid), 'CHECK', pg_get_expr(polwithcheck, polrelid))
FROM relation JOIN pg_policy ON polrelid = relation.oid
UNION ALL
SELECT 'the function ' || called,
       concat_ws(' ', proowner = keeper, (SELECT lanname FROM pg_language WHERE oid = prolang), prokind, prosecdef, proleakproof,
                 proisstrict, proretset, provolatile, proparallel, pg_get_function_result(function.oid), proconfig, prosrc,
                 pg_get_function_sqlbody(function.oid))
FROM function, here
UNION ALL
SELECT 'the grant on ' || on_what || ' to ' || CASE grantee WHEN 0 THEN 'everybody' ELSE grantee::regrole::text END,
       string_agg(granted.right || CASE WHEN is_grantable THEN ' to be passed on' ELSE '' END, ', ' ORDER BY granted.right)
FROM granted WHERE grantee <> owner
GROUP BY on_what, grantee
