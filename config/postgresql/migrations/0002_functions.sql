-- What the database itself takes care of.

-- A number of 28 bits that looks random and is the same on every machine: the seeds of 0003 are cut from it.
CREATE FUNCTION mixed(word text, n bigint) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT ('x' || substr(md5(word || ' ' || n), 1, 7))::bit(28)::integer $$;

CREATE FUNCTION note_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER products_changed BEFORE UPDATE ON products
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION note_change();
