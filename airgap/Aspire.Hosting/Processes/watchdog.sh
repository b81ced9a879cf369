# Ends what AppHost has started when AppHost itself is gone, however it went: SIGKILL leaves it no time to do so.
# Reads "add GROUP SIGNAL" and "end GROUP" from AppHost; the end of input is AppHost's end.
trap '' INT TERM HUP
groups=
while read -r verb group signal; do
  case $verb in
    add) groups="$groups $group:$signal" ;;
    end)
      kept=
      for entry in $groups; do
        [ "${entry%%:*}" = "$group" ] || kept="$kept $entry"
      done
      groups=$kept ;;
  esac
done

for entry in $groups; do
  kill -s "${entry#*:}" -- "-${entry%%:*}" 2>/dev/null
done

# Up to five seconds to end in order, then without.
tenths=0
while [ "$tenths" -lt 50 ]; do
  left=
  for entry in $groups; do
    kill -s 0 -- "-${entry%%:*}" 2>/dev/null && left=1
  done
  [ -z "$left" ] && exit 0
  sleep 0.1
  tenths=$((tenths + 1))
done
for entry in $groups; do
  kill -s KILL -- "-${entry%%:*}" 2>/dev/null
done
