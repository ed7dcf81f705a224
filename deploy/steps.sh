# Steps that deploy/install, deploy/upgrade and deploy/switch share. They source this file.

ROOT=/srv/symposium
RELEASES=$ROOT/releases
KEPT_RELEASES=3
AS_PORTAL='setpriv --reuid symposium --regid symposium --init-groups --reset-env'

say() { echo "==== $*"; }

fail() {
  echo "$*" >&2
  exit 1
}

# Read the value of a name in .env.
setting() { sed -n "s/^$1=//p" "$ROOT/.env" | tail -n 1; }

# Run a command as the user of the portal.
as_portal() { $AS_PORTAL "$@"; }

# Run manage.py of a release: manage RELEASE COMMAND…
manage() {
  release=$1
  shift
  (cd "$RELEASES/$release" && as_portal .venv/bin/python manage.py "$@")
}

has_systemd() { [ -d /run/systemd/system ]; }

# Print the name of the release that a link (current, former, next) leads to, or nothing.
release_of() { [ ! -L "$ROOT/$1" ] || basename "$(readlink "$ROOT/$1")"; }

# Let a link lead to a release. A link is replaced at once: nobody finds it missing.
link() {
  ln -sfn "releases/$2" "$ROOT/$1.new"
  mv -T "$ROOT/$1.new" "$ROOT/$1"
}

# Print the name of the release in a folder: its version, with the commit if Git knows it.
release_name() {
  version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$1/symposium/__init__.py")
  commit=$(git -c safe.directory='*' -C "$1" rev-parse --short HEAD 2>/dev/null || true)
  echo "$version${commit:+-$commit}"
}

# Make a release from a folder: its code, its packages, its translations, its static files.
# Nothing of the running release is touched. Only wheels are installed, so no code runs as root.
prepare() {
  source=$1
  release=$RELEASES/$2
  [ ! -e "$release/.prepared" ] || return 0
  say "Preparing the release $2"
  rm -rf "$release"
  install -d "$release"
  tar -C "$source" --exclude=./.git --exclude=./.venv --exclude=./.env --exclude=./var \
    --exclude=./tests -cf - . | tar -C "$release" --no-same-owner -xf -
  ln -s ../../.env "$release/.env"
  install -d -o symposium -g symposium "$release/var"
  ln -s /run/symposium/metrics "$release/var/metrics"
  python3 -m venv "$release/.venv"
  (
    cd "$release" || exit
    .venv/bin/pip install --quiet --no-input --disable-pip-version-check --only-binary :all: \
      --require-hashes --no-deps -r requirements.lock
    .venv/bin/python -m scripts.catalogues
    .venv/bin/python -m compileall -q config symposium scripts
    as_portal .venv/bin/python manage.py collectstatic --noinput --verbosity 0
    as_portal .venv/bin/python manage.py check --deploy --fail-level WARNING
  )
  touch "$release/.prepared"
}

# Delete the oldest releases; those that a link leads to stay.
prune() {
  for name in $(ls -t "$RELEASES" | tail -n +$((KEPT_RELEASES + 1))); do
    [ "$name" = "$(release_of current)" ] || [ "$name" = "$(release_of former)" ] ||
      rm -rf "${RELEASES:?}/$name"
  done
}

# Ask an address of the portal itself, without nginx: ask PATH [OPTION OF CURL…]
ask() {
  path=$1
  shift
  curl --silent --show-error --fail --max-time 20 --header "Host: $(setting ALLOWED_HOSTS)" \
    --header 'X-Forwarded-Proto: https' "$@" "http://127.0.0.1:8000$path"
}
