set -eu
password=$(cat /secrets/database_password)
printf '"grader" "%s"\n' "$password" >/tmp/users.txt
cat >/tmp/pgbouncer.ini <<END
[databases]
grader = host=postgres port=5432 dbname=grader
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
auth_type = scram-sha-256
auth_file = /tmp/users.txt
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 8
max_prepared_statements = 200
END
exec pgbouncer /tmp/pgbouncer.ini
