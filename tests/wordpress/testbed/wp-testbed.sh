#!/usr/bin/env bash
# A real WordPress on loopback, from Debian packages only, filled by populate.php. See README.md.
#
#   wp-testbed.sh up [N_POSTS] [SEED]      install what is missing, build, populate, serve the four sites
#   wp-testbed.sh build [N_POSTS] [SEED]   the same without serving
#   wp-testbed.sh serve                    serve the four sites again (data kept)
#   wp-testbed.sh site PORT [VAR=VALUE…]   one more server on the same database, switched by VAR=VALUE
#   wp-testbed.sh unsite PORT              stop that one
#   wp-testbed.sh truth OUT.db [VAR=VALUE…]  what a visitor of a site so switched may see
#   wp-testbed.sh populate N_POSTS SEED    fill the database SITE anew
#   wp-testbed.sh clone NAME               copy the database to NAME (then WPSITE=NAME switches to it)
#   wp-testbed.sh eval [VAR=VALUE…] <FILE  run PHP inside WordPress
#   wp-testbed.sh guard                    wait for the end of standard input, then reset
#   wp-testbed.sh sweep                    reset what guards that are gone have left behind
#   wp-testbed.sh missing                  name the packages that are not installed
#   wp-testbed.sh down | reset             stop | stop and delete the state directory
#
# Environment: PORT (first port, 18100), TB (state directory, ${TMPDIR:-/tmp}/wp-testbed-$PORT), BIG (comments of
# the biggest thread, 3000), SITE (database, main), WORKERS (processes a server, 2), TBPATCH (0: leave the bug in).
# PORT   : twentytwentyone   (classic theme, widgets)       PORT+1 : twentytwentytwo   (block theme)
# PORT+2 : twentytwentythree (block theme, REST closed 401) PORT+3 : twentytwentyone, plain permalinks
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PORT=${PORT:-18100}
HOMES=${TMPDIR:-/tmp}; HOMES=${HOMES%/}
TB=${TB:-$HOMES/wp-testbed-$PORT}
BIG=${BIG:-3000}; SITE=${SITE:-main}; WORKERS=${WORKERS:-2}; TBPATCH=${TBPATCH:-1}
RUN=$TB/run; SOCK=$RUN/db.sock; DOC=$TB/doc
WORDPRESS=/usr/share/wordpress
export WPDBHOST="localhost:$SOCK" WPDBUSER=wp WPDBPASS=wp WPSITE=$SITE WPURL=http://127.0.0.1:$PORT TBRUN=$RUN
PACKAGES="wordpress wordpress-theme-twentytwentyone wordpress-theme-twentytwentytwo wordpress-theme-twentytwentythree
          php-cli php-curl php-gd php-mbstring php-mysql php-sqlite3 php-xml mariadb-server curl"
SITES=("WPTHEME=twentytwentyone" "WPTHEME=twentytwentytwo" "WPTHEME=twentytwentythree WPREST=401"
       "WPTHEME=twentytwentyone WPOPT=permalink_structure=EMPTY")

# What PHP has compiled is kept: every command and every new server would compile all of WordPress. Nor is it asked of
# 400 files a request whether they have changed, which costs an eighth of its time: docroot() is the only one to change them.
COMPILED=(-d opcache.enable_cli=1 -d opcache.file_cache="$RUN/compiled" -d opcache.file_update_protection=0
          -d opcache.validate_timestamps=0)
run_php() { mkdir -p "$RUN/compiled"; php "${COMPILED[@]}" "$@"; }
export_all() { local word; for word in "$@"; do export "${word?}"; done; }

die() { echo "$*" >&2; exit 1; }

# ---- packages

missing() {
	local p
	for p in $PACKAGES; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"
	done
}

packages() {
	local list; list=$(missing | tr '\n' ' ')
	[ -n "$list" ] || return 0
	[ "$(id -u)" = 0 ] || die "packages are missing: sudo apt-get install -y --no-install-recommends $list"
	# The package of the server would start one of its own; none is wanted.
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q update >/dev/null
	# shellcheck disable=SC2086
	apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 $list >/dev/null
}

# ---- processes: a pid file counts only while that process is one of this state directory

ours() { [ -s "$1" ] && tr '\0' ' ' <"/proc/$(cat "$1")/cmdline" 2>/dev/null | grep -qF -- "$TB/"; }

# End the process group of a pid file.
stop() {
	if ours "$1"; then kill -"${2:-KILL}" -- "-$(cat "$1")" 2>/dev/null || true; fi
	[ "${2:-KILL}" = TERM ] || rm -f "$1"
}

# pid and start time of a process that runs: the pair is not used again as a pid is. Nothing for a zombie.
stamp() { sed -nE '/\) Z /!s/^([0-9]+) \(.*\) (.*)$/\1 \2/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1,21; }

# ---- database

db_up() {
	[ ${#SOCK} -lt 104 ] || die "the path of the socket is too long for Unix: $SOCK; set TB to a shorter directory"
	mkdir -p "$RUN"
	ours "$RUN/db.pid" && return
	local user; user=$(id -un)
	if [ ! -d "$RUN/db/mysql" ]; then
		# It may fail on a machine that is very busy.
		for try in 1 2 3; do
			mariadb-install-db --no-defaults --user="$user" --datadir="$RUN/db" --skip-test-db \
				--auth-root-authentication-method=normal >"$RUN/install.log" 2>&1 && break
			rm -rf "$RUN/db"
			[ "$try" != 3 ] || die "no database: $(tail -n 3 "$RUN/install.log" | tr '\n' ' ')"
			sleep 2
		done
	fi
	setsid mariadbd --no-defaults --user="$user" --datadir="$RUN/db" --socket="$SOCK" --pid-file="$RUN/mariadb.pid" \
		--skip-networking --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=256M \
		--innodb-log-file-size=64M --skip-log-bin --max-connections=80 \
		--query-cache-type=1 --query-cache-size=64M --performance-schema=0 --log-error="$RUN/db.log" </dev/null >/dev/null 2>&1 &
	echo $! >"$RUN/db.pid"
	for _ in $(seq 150); do mariadb-admin --no-defaults -uroot -S "$SOCK" ping >/dev/null 2>&1 && return; sleep 0.1; done
	die "the database did not start, see $RUN/db.log"
}
sql() { mariadb --no-defaults -uroot -S "$SOCK" "$@"; }

# ---- document root

docroot() {
	rm -rf "$RUN/compiled"
	mkdir -p "$DOC"
	cp -rL "$WORDPRESS/." "$DOC/"
	mkdir -p "$DOC/wp-content/mu-plugins" "$DOC/wp-content/uploads-$SITE"
	cp "$HERE/wp-config.php" "$DOC/wp-config.php"
	cp "$HERE/testbed-mu.php" "$DOC/wp-content/mu-plugins/testbed.php"
	# WordPress 6.1 to 6.1.9 hands comments below the deepest level to sprintf as its format: a % among
	# them makes the whole page of a block theme a 500. Later versions do not.
	sed -i 's/sprintf( \$inner_content )/$inner_content/' "$DOC/wp-includes/blocks/comment-template.php"
}

# The document root for servers: with TBPATCH=0 one that still has that bug (hard links, so it costs nothing).
root_of() {
	[ "$1" = 0 ] || { echo "$DOC"; return; }
	local file=wp-includes/blocks/comment-template.php
	if [ ! -d "$TB/doc-unpatched" ]; then
		cp -al "$DOC" "$TB/doc-unpatched"
		cp --remove-destination -L "$WORDPRESS/$file" "$TB/doc-unpatched/$file"
	fi
	echo "$TB/doc-unpatched"
}

populate() {
	sql -e "DROP DATABASE IF EXISTS wp_$SITE; CREATE DATABASE wp_$SITE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
	        CREATE USER IF NOT EXISTS wp@localhost IDENTIFIED BY 'wp'; GRANT ALL ON \`wp\\_%\`.* TO wp@localhost;"
	rm -rf "$DOC/wp-content/uploads-$SITE"; mkdir -p "$DOC/wp-content/uploads-$SITE"
	# shellcheck disable=SC2086
	run_php "$HERE/populate.php" --wp="$DOC" --posts="$1" --seed="$2" --big-thread="$BIG" \
		--theme=twentytwentyone ${POPULATE_ARGS:-}
}

clone() {
	sql -e "DROP DATABASE IF EXISTS wp_$1; CREATE DATABASE wp_$1 CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
	mariadb-dump --no-defaults -uroot -S "$SOCK" "wp_$SITE" | sql "wp_$1"
}

# ---- servers

# site PORT VAR=VALUE…: start one and wait until it answers.
site() {
	local port=$1 patch=$TBPATCH word; shift
	for word in "$@"; do case $word in TBPATCH=*) patch=${word#*=} ;; esac; done
	local pid=$RUN/php-$port.pid root
	ours "$pid" && return
	root=$(root_of "$patch")
	rm -rf "$RUN/faults-$port"; mkdir -p "$RUN/compiled"
	env "$@" TBACCESS="$RUN/access-$port.log" TBFAULTS="$RUN/faults-$port" PHP_CLI_SERVER_WORKERS="$WORKERS" \
		setsid php "${COMPILED[@]}" -d memory_limit=512M -d display_errors=0 -d output_buffering=4096 \
		-S "127.0.0.1:$port" -t "$root" "$HERE/router.php" </dev/null >"$RUN/php-$port.log" 2>&1 &
	echo $! >"$pid"
	# A static file tells that the server listens without asking WordPress, whose faults may be switched on.
	for _ in $(seq 100); do
		kill -0 "$!" 2>/dev/null || die "no server on port $port: $(tail -1 "$RUN/php-$port.log")"
		curl -fsS -o /dev/null "http://127.0.0.1:$port/wp-includes/images/blank.gif" 2>/dev/null && return
		sleep 0.05
	done
	die "no answer on port $port, see $RUN/php-$port.log"
}

serve() {
	local i
	for i in "${!SITES[@]}"; do
		# shellcheck disable=SC2086
		site $((PORT + i)) ${SITES[i]}
		echo "http://127.0.0.1:$((PORT + i))/  ${SITES[i]}"
	done
}

# Servers hold nothing and are killed; the database is asked to close its files, unless they are to be deleted.
down() {
	local f
	stop_build # it would start more
	for f in "$RUN"/php-*.pid; do [ ! -e "$f" ] || stop "$f"; done
	if [ "${1:-keep}" = keep ]; then
		stop "$RUN/db.pid" TERM
		for _ in $(seq 100); do ours "$RUN/db.pid" || break; sleep 0.1; done
	fi
	stop "$RUN/db.pid"
}

stop_build() {
	local pid
	[ -s "$RUN/build.pid" ] || return 0
	read -r pid _ <"$RUN/build.pid"
	[ "$(stamp "$pid")" = "$(cat "$RUN/build.pid")" ] && [ "$pid" != $$ ] && kill -KILL -- "-$pid" 2>/dev/null || true
	rm -f "$RUN/build.pid"
}

reset() {
	down delete
	case $TB in */wp-testbed*) rm -rf "$TB" ;; *) die "not deleted, since its name is not wp-testbed…: $TB" ;; esac
}

build() {
	mkdir -p "$RUN"
	[ "$(ps -o pgid= -p $$ | tr -d ' ')" != $$ ] || stamp $$ >"$RUN/build.pid"
	packages
	db_up
	docroot
	populate "${1:-200}" "${2:-1}"
	rm -f "$RUN/build.pid"
}

# ---- nothing is left running: a guard per test session, and a sweep for guards that were killed themselves

guard() {
	trap '' INT HUP TERM
	mkdir -p "$RUN"
	stamp $$ >"$TB/guard"
	cat >/dev/null
	reset
}

sweep() {
	local file pid
	for file in "$HOMES"/wp-testbed-*/guard; do
		[ -s "$file" ] || continue
		read -r pid _ <"$file"
		[ "$(stamp "$pid")" = "$(cat "$file")" ] || TB=$(dirname "$file") "$HERE/wp-testbed.sh" reset
	done
}

command=${1:-help}; shift || true
case $command in
	up) build "$@"; serve ;;
	build) build "$@" ;;
	serve) db_up; serve ;;
	site) db_up; site "$@" ;;
	unsite) stop "$RUN/php-$1.pid" ;;
	truth) db_up; out=$1; shift; export_all "$@"; run_php "$HERE/truth.php" --wp="$DOC" --out="$out" ;;
	populate) db_up; populate "$1" "$2" ;;
	clone) db_up; clone "$1" ;;
	eval) db_up; export_all "$@"; run_php "$HERE/eval.php" --wp="$DOC" ;;
	guard) guard ;;
	sweep) sweep ;;
	missing) missing ;;
	down) down ;;
	reset) reset ;;
	*) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
