-- What the gate adds to an ordinary database: DSQL's schema `sys`, and its own `dsql_gate` behind it.
-- Run by the superuser; running it again changes nothing.

CREATE SCHEMA IF NOT EXISTS dsql_gate;
CREATE SCHEMA IF NOT EXISTS sys;
GRANT USAGE ON SCHEMA dsql_gate, sys TO PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO admin;

CREATE TABLE IF NOT EXISTS dsql_gate.job (
    job_id text PRIMARY KEY,
    status text NOT NULL DEFAULT 'submitted',
    details text,
    job_type text NOT NULL,
    class_id oid NOT NULL,
    object_id oid NOT NULL,
    object_name text NOT NULL,
    start_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    update_time timestamptz,
    due_time timestamptz NOT NULL,
    failure text,      -- what an index build will fail with
    validation text    -- the statement that a validation will run
);

CREATE OR REPLACE VIEW sys.jobs AS
SELECT job_id, status, details, job_type, class_id, object_id, object_name, start_time, update_time
FROM dsql_gate.job;
GRANT SELECT ON sys.jobs, dsql_gate.job TO PUBLIC;

CREATE TABLE IF NOT EXISTS dsql_gate.iam_mapping (
    iam_oid bigint GENERATED ALWAYS AS IDENTITY,
    arn text NOT NULL,
    pg_role_name name NOT NULL,
    grantor_pg_role_name name NOT NULL,
    PRIMARY KEY (arn, pg_role_name)
);

CREATE OR REPLACE VIEW sys.iam_pg_role_mappings AS
SELECT iam_oid, arn, held.oid AS pg_role_oid, pg_role_name,
       granting.oid AS grantor_pg_role_oid, grantor_pg_role_name
FROM dsql_gate.iam_mapping
JOIN pg_roles held ON held.rolname = pg_role_name
JOIN pg_roles granting ON granting.rolname = grantor_pg_role_name;
GRANT SELECT ON sys.iam_pg_role_mappings TO PUBLIC;

CREATE OR REPLACE FUNCTION dsql_gate.new_job_id() RETURNS text LANGUAGE sql
RETURN translate(substr(encode(sha256(gen_random_uuid()::text::bytea), 'hex'), 1, 26), '0189', 'wxyz');

-- A job is due some seconds after it was submitted, because a build takes time on DSQL. Until then
-- its index is invalid: the planner ignores it, and a unique one already refuses duplicates.
CREATE OR REPLACE FUNCTION dsql_gate.submit_index(
    index oid, is_unique boolean, seconds float8, failure text
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    new_id text := dsql_gate.new_job_id();
BEGIN
    UPDATE pg_index SET indisvalid = false, indisunique = is_unique WHERE indexrelid = index;
    INSERT INTO dsql_gate.job (job_id, job_type, class_id, object_id, object_name, due_time, failure)
    SELECT new_id, 'INDEX_BUILD', 'pg_class'::regclass, index,
           format('%s.%s', relnamespace::regnamespace, relname),
           clock_timestamp() + make_interval(secs => seconds), submit_index.failure
    FROM pg_class WHERE oid = index;
    RETURN new_id;
END $$;

-- `fallback` is the statement without UNIQUE: where there are duplicates already, DSQL's build fails
-- later and leaves an invalid index behind that goes on refusing new ones.
CREATE OR REPLACE FUNCTION dsql_gate.create_index(
    statement text, fallback text, relation text, is_unique boolean, seconds float8
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before oid := (SELECT max(indexrelid) FROM pg_index WHERE indrelid = to_regclass(relation));
    built oid;
    failure text;
BEGIN
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN unique_violation THEN
        failure := SQLERRM;
        EXECUTE fallback;
    END;
    SELECT max(indexrelid) INTO built FROM pg_index WHERE indrelid = to_regclass(relation);
    IF built IS NOT DISTINCT FROM before THEN
        RETURN NULL; -- IF NOT EXISTS, and it does exist
    END IF;
    RETURN dsql_gate.submit_index(built, is_unique, seconds, failure);
END $$;

CREATE OR REPLACE FUNCTION dsql_gate.validate_constraint(
    relation text, wanted text, seconds float8
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    new_id text := dsql_gate.new_job_id();
    found pg_constraint%ROWTYPE;
BEGIN
    SELECT * INTO found FROM pg_constraint
    WHERE conrelid = relation::regclass AND conname = wanted;
    IF found.oid IS NULL THEN
        RAISE EXCEPTION 'constraint "%" of relation "%" does not exist', wanted, relation
            USING ERRCODE = 'undefined_object';
    END IF;
    INSERT INTO dsql_gate.job
        (job_id, job_type, class_id, object_id, object_name, due_time, validation)
    SELECT new_id, 'VALIDATE_CONSTRAINT', 'pg_constraint'::regclass, found.oid, wanted,
           clock_timestamp() + make_interval(secs => seconds),
           format('ALTER TABLE %s.%I VALIDATE CONSTRAINT %I',
                  relnamespace::regnamespace, relname, wanted)
    FROM pg_class WHERE oid = found.conrelid;
    RETURN new_id;
END $$;

-- Ends the jobs that are due; returns how many are not.
CREATE OR REPLACE FUNCTION dsql_gate.finish_jobs() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    due dsql_gate.job;
    trouble text;
BEGIN
    FOR due IN
        SELECT * FROM dsql_gate.job
        WHERE status IN ('submitted', 'processing') AND due_time <= clock_timestamp()
    LOOP
        trouble := due.failure;
        BEGIN
            IF due.validation IS NOT NULL THEN
                EXECUTE due.validation;
            ELSIF trouble IS NULL THEN
                UPDATE pg_index SET indisvalid = true WHERE indexrelid = due.object_id;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            trouble := SQLERRM;
        END;
        UPDATE dsql_gate.job
        SET status = CASE WHEN trouble IS NULL THEN 'completed' ELSE 'failed' END,
            details = trouble, update_time = clock_timestamp()
        WHERE job_id = due.job_id;
    END LOOP;
    UPDATE dsql_gate.job SET status = 'processing', update_time = clock_timestamp()
    WHERE status = 'submitted';
    RETURN (SELECT count(*) FROM dsql_gate.job WHERE status = 'processing');
END $$;

CREATE OR REPLACE PROCEDURE sys.wait_for_job(wanted text, INOUT succeeded boolean DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    reached text;
BEGIN
    IF wanted !~ '^[a-z2-7]{26}$' THEN
        RAISE EXCEPTION 'Unable to convert text to UUID' USING ERRCODE = '22P02';
    END IF;
    LOOP
        SELECT status INTO reached FROM dsql_gate.job WHERE job_id = wanted;
        EXIT WHEN reached IS NULL OR reached IN ('completed', 'failed');
        COMMIT; -- the next look needs a new snapshot
        PERFORM pg_sleep(0.02);
    END LOOP;
    succeeded := coalesce(reached = 'completed', false);
END $$;

CREATE OR REPLACE PROCEDURE dsql_gate.iam_grant(role_name text, iam_arn text)
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF session_user <> 'admin' THEN
        RAISE EXCEPTION 'permission denied to grant role "%"', role_name USING ERRCODE = '42501';
    ELSIF iam_arn !~ '^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/' THEN
        RAISE EXCEPTION 'IAM role must look like an IAM ARN' USING ERRCODE = '22023';
    ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = '42704';
    END IF;
    INSERT INTO dsql_gate.iam_mapping (arn, pg_role_name, grantor_pg_role_name)
    VALUES (iam_arn, role_name, session_user) ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE PROCEDURE dsql_gate.iam_revoke(role_name text, iam_arn text)
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF session_user <> 'admin' THEN
        RAISE EXCEPTION 'permission denied to revoke role "%"', role_name USING ERRCODE = '42501';
    END IF;
    DELETE FROM dsql_gate.iam_mapping WHERE arn = iam_arn AND pg_role_name = role_name;
END $$;
