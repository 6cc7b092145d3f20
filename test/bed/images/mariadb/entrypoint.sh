#!/bin/sh
# Makes an empty data directory a server with a database "app", whose user "app" may connect from anywhere
# without a password, then runs it.
set -eu

data=/var/lib/mysql

if [ "${1:-}" != mariadbd ]; then
  exec "$@"
fi

if [ ! -d "$data/app" ]; then
  mariadb-install-db --datadir="$data" --skip-test-db --auth-root-authentication-method=normal >/dev/null
  mariadbd --datadir="$data" --bootstrap <<SQL
FLUSH PRIVILEGES;
CREATE USER app@'%';
GRANT ALL ON app.* TO app@'%';
CREATE DATABASE app;
SQL
fi

exec "$@" --datadir="$data" --bind-address='*' --skip-name-resolve --socket=/run/mysqld/mysqld.sock
