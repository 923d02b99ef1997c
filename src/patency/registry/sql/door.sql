-- The door of a registry on PostgreSQL: functions that run as the owner of the tables, for whom cannot read them.
--
-- Whoever signs in gets a seat: a row with the SHA-256 of a token that they alone know. Each transaction says its token
-- (patency.token), and the policies ask these functions whose it is. A seat holds for 12 hours, and no longer than the
-- user is active and the password the same. Without a valid token every answer is NULL, and a policy shows nothing.
--
-- {schema} is where the tables are; pg_temp stands last, so that nobody can put a table of their own before them.

CREATE OR REPLACE FUNCTION {schema}.patency_seat() RETURNS {schema}.person
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = {schema}, pg_temp
AS $$
    SELECT person.* FROM seat JOIN person ON person.name = seat.person AND person.verifier = seat.verifier
    WHERE seat.token = sha256(convert_to(nullif(current_setting('patency.token', true), ''), 'UTF8'))
      AND seat.until > clock_timestamp() AND person.is_active
$$;
REVOKE ALL ON FUNCTION {schema}.patency_seat() FROM PUBLIC;

CREATE OR REPLACE FUNCTION {schema}.patency_site() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = {schema}, pg_temp
AS $$ SELECT (patency_seat()).site $$;

CREATE OR REPLACE FUNCTION {schema}.patency_role() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = {schema}, pg_temp
AS $$ SELECT (patency_seat()).role $$;

CREATE OR REPLACE FUNCTION {schema}.patency_person() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = {schema}, pg_temp
AS $$ SELECT (patency_seat()).name $$;

-- The sites, or chains ('' is the registry's own), of which whoever is signed in sees rows of a kind: never NULL.
CREATE OR REPLACE FUNCTION {schema}.patency_seen(what text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
    SELECT CASE
        WHEN role = 'administrator' AND what IN ('person', 'site', 'trail', 'head')
            OR role = 'statistician' AND what IN ('record', 'site', 'head')
            THEN ARRAY(SELECT id FROM site UNION ALL SELECT '')
        WHEN what = 'person' OR what = 'identity' AND (role IN ('entry', 'investigator')) IS NOT TRUE THEN '{}'
        WHEN own IS NOT NULL THEN ARRAY[own]
        WHEN what = 'head' THEN ARRAY['']
        ELSE '{}'
    END
    FROM (SELECT seat.role, seat.site AS own FROM patency_seat() AS seat) AS seated
$$;
REVOKE ALL ON FUNCTION {schema}.patency_seen(text) FROM PUBLIC;

-- By what the registry's own trail, which no site reads, knows the key of the user's site to the names of its patients: NULL
-- where whoever is signed in reads no names, or where the trail is older than such prints. A note is as chain.py writes it.
CREATE OR REPLACE FUNCTION {schema}.patency_key_print() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
    SELECT substring(note FROM '^\{"key":"([0-9a-f]+)"') FROM trail
    WHERE site = '' AND action = 'admin' AND patency_site() = ANY (patency_seen('identity'))
      AND note = format('{"key":"%s","site":"%s","what":"site added"}', substring(note FROM '^\{"key":"([0-9a-f]+)"'), patency_site())
    ORDER BY seq DESC LIMIT 1
$$;

-- What may be changed is changed by these: to change it in a table, one would have to read it there.
CREATE OR REPLACE FUNCTION {schema}.patency_change_identity(of_patient text, new_sealed bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
    UPDATE identity SET sealed = new_sealed
    WHERE site = patency_site() AND patient = of_patient AND patency_role() IN ('entry', 'investigator')
$$;

CREATE OR REPLACE FUNCTION {schema}.patency_remove_identity(of_patient text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
    DELETE FROM identity
    WHERE site = patency_site() AND patient = of_patient AND patency_role() IN ('entry', 'investigator')
$$;

CREATE OR REPLACE FUNCTION {schema}.patency_change_person(of_name text, new_salt bytea, new_verifier bytea, now_active boolean)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    changed integer;
BEGIN
    IF (patency_role() = 'administrator' OR pg_has_role(session_user, current_user, 'MEMBER')) IS NOT TRUE THEN
        RETURN 0;
    END IF;
    UPDATE person SET salt = coalesce(new_salt, salt), verifier = coalesce(new_verifier, verifier),
        is_active = coalesce(now_active, is_active) WHERE name = of_name;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;

-- The salt of a user's password. A name that is not there has one as well, always the same, so that nobody can tell.
CREATE OR REPLACE FUNCTION {schema}.patency_salt(wanted text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
    SELECT coalesce((SELECT salt FROM person WHERE name = wanted),
                    (SELECT substr(sha256(pepper || convert_to(wanted, 'UTF8')), 1, 16) FROM pepper))
$$;

-- Give a seat to whoever proves to know the password: one row with role and site, or none.
CREATE OR REPLACE FUNCTION {schema}.patency_sign_in(wanted text, proof bytea, token_hash bytea)
RETURNS TABLE (role text, site text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    found_person person;
BEGIN
    DELETE FROM seat WHERE until < clock_timestamp();
    SELECT * INTO found_person FROM person WHERE name = wanted AND verifier = sha256(proof) AND is_active;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO seat VALUES (token_hash, found_person.name, found_person.verifier, clock_timestamp() + interval '12 hours');
    role := found_person.role;
    site := found_person.site;
    RETURN NEXT;
END
$$;

CREATE OR REPLACE FUNCTION {schema}.patency_sign_out() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$ DELETE FROM seat WHERE token = sha256(convert_to(nullif(current_setting('patency.token', true), ''), 'UTF8')) $$;

-- The head of a chain, which waits for whoever writes to it now: of one's own, and of any for who owns the tables.
CREATE OR REPLACE FUNCTION {schema}.patency_head(chain text) RETURNS SETOF {schema}.head
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
    SELECT head.* FROM head
    WHERE site = chain AND (chain = coalesce(patency_site(), '') OR pg_has_role(session_user, current_user, 'MEMBER'))
    FOR UPDATE
$$;

-- Add lines to a chain: numbered on from its head, hashed here as chain.py does, and with a head that bears the stamp
-- (HMAC-SHA-256) of who holds the registry's keys. So nobody who holds a connection alone, or a user's token as well, can
-- end a chain in a head that the registry did not sign, after which it would write to it no more.
CREATE OR REPLACE FUNCTION {schema}.patency_append(
    chain text, moment text, writer text, actions text[], kinds text[], records text[], versions integer[],
    patients text[], digests bytea[], notes text[], signed bytea, stamped bytea
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    last head;
    line record;
    expected bytea;
BEGIN
    SELECT * INTO last FROM patency_head(chain);
    IF NOT FOUND OR NOT pg_has_role(session_user, current_user, 'MEMBER')
        AND (writer = patency_person() OR patency_person() IS NULL AND 'refusal' = ALL (actions)) IS NOT TRUE
    THEN
        RAISE EXCEPTION 'permission denied for the chain' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR line IN SELECT * FROM unnest(actions, kinds, records, versions, patients, digests, notes)
        AS told (action, kind, record, version, patient, digest, note)
    LOOP
        last.seq := last.seq + 1;
        last.hash := sha256(last.hash || convert_to(concat_ws(
            chr(31), chain, last.seq, moment, writer, line.action, line.kind, line.record, line.version, line.patient,
            encode(line.digest, 'hex'), line.note), 'UTF8'));
        INSERT INTO trail (site, seq, at, person, action, kind, record, version, patient, digest, note, hash)
            VALUES (chain, last.seq, moment, writer, line.action, line.kind, line.record, line.version, line.patient,
                    line.digest, line.note, last.hash);
    END LOOP;
    SELECT sha256(stamp.outer_pad || sha256(stamp.inner_pad || convert_to(concat_ws(
        E'\n', 'patency-stamp/1', chain, last.seq, encode(last.hash, 'hex'), moment, encode(signed, 'hex')), 'UTF8')))
        INTO expected FROM stamp;
    IF (expected = stamped) IS NOT TRUE THEN
        RAISE EXCEPTION 'permission denied: the head bears no stamp of the registry'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE head SET seq = last.seq, hash = last.hash, at = moment, signature = signed WHERE site = chain;
END
$$;

-- What was written is never changed, not even by the owner of the tables.
CREATE OR REPLACE FUNCTION {schema}.patency_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp
AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;

CREATE OR REPLACE FUNCTION {schema}.patency_head_grows() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF NEW.site <> OLD.site OR NEW.seq <= OLD.seq THEN
        RAISE EXCEPTION 'a chain only grows' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
