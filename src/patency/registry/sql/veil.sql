-- What PostgreSQL tells everybody of every table: how many rows it has, how large it is, what was done to it and when.
-- Of two sites, one could count the other's patients by it. Only a superuser can take it away, once for each database:
--
--     psql --dbname=REGISTRY --file=veil.sql
--
-- Superusers, monitors (pg_monitor) and the owner of the registry's tables keep it. The views of statistics show nobody
-- more than they may read, but EXPLAIN (ANALYZE) of them counts what they hide, by comparisons with how many there are.

DO $$
DECLARE
    counting record;
    keeper record;
BEGIN
    FOR counting IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
          AND (proname LIKE 'pg\_stat\_get\_%' OR proname LIKE 'pg\_%\_size' AND proname NOT IN ('pg_size_pretty', 'pg_column_size'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', counting.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor', counting.name);
    END LOOP;
    FOR keeper IN
        SELECT rolname FROM pg_roles JOIN pg_class ON relowner = pg_roles.oid
        WHERE relname = 'pepper' AND relkind = 'r' UNION SELECT 'pg_monitor'
    LOOP
        EXECUTE format('GRANT SELECT ON pg_class, pg_stats, pg_stats_ext, pg_stats_ext_exprs TO %I', keeper.rolname);
    END LOOP;
    REVOKE SELECT ON pg_stats, pg_stats_ext, pg_stats_ext_exprs FROM PUBLIC;
    REVOKE SELECT ON pg_class FROM PUBLIC;
    EXECUTE (
        SELECT format('GRANT SELECT (%s) ON pg_class TO PUBLIC', string_agg(quote_ident(attname), ', '))
        FROM pg_attribute
        WHERE attrelid = 'pg_class'::regclass AND NOT attisdropped
          AND (attnum > 0 AND attname NOT IN ('relpages', 'reltuples', 'relallvisible', 'relallfrozen')
               OR attname IN ('tableoid'))
    );
END
$$;
