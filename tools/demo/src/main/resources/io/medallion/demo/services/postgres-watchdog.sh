# Stops the embedded Postgres when the process that owns it dies, whatever way.
# Its standard input is a pipe from the owner, which ends with the owner.
# Argument: the data directory. Lines read: "pid <n>" and "stopped".
trap '' INT HUP TERM
file=$1/postmaster.pid
pid=

pause() {
  sleep 0.2 2>/dev/null || sleep 1
}

while read -r word value; do
  case $word in
    pid) pid=$value ;;
    stopped) exit 0 ;;
  esac
done

# The owner died while the server was starting: wait for the server to say who it is.
tries=0
while [ -z "$pid" ] && [ $tries -lt 50 ]; do
  [ -s "$file" ] && read -r pid <"$file"
  tries=$((tries + 1))
  pause
done

runs() {
  [ -s "$file" ] && read -r now <"$file" && [ "$now" = "$pid" ] && kill -0 "$pid" 2>/dev/null
}

[ -n "$pid" ] && runs || exit 0
kill -INT "$pid"
tries=0
while runs; do
  tries=$((tries + 1))
  [ $tries -eq 50 ] && kill -QUIT "$pid"
  [ $tries -eq 75 ] && kill -KILL "$pid"
  [ $tries -gt 80 ] && exit 1
  pause
done
exit 0
