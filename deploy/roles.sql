-- Run once, by psql, as the superuser of a new PostgreSQL. The superuser is used for nothing else:
-- row-level security does not bind it.
--
-- wayhome_owner  owns the database and its tables, and migrates
-- wayhome_run    logs in for everything else; by itself it may only connect
-- wayhome_app    what wayhome_run becomes in every transaction, bound by row-level security
\set owner_password `cat /run/secrets/owner_password`
\set run_password `cat /run/secrets/run_password`

CREATE ROLE wayhome_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE wayhome_app NOLOGIN;
CREATE ROLE wayhome_run LOGIN PASSWORD :'run_password';
GRANT wayhome_app TO wayhome_run WITH INHERIT FALSE, SET TRUE;

CREATE DATABASE wayhome OWNER wayhome_owner;
REVOKE ALL ON DATABASE wayhome, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE wayhome TO wayhome_run;
