# $WFC_OUTPUT (name=value lines, name<<END blocks) -> outputs of the task. Arguments: name:type; a missing or mistyped value fails.
cd "${WFC_OUTPUT%/*}"
rm -rf .out && mkdir .out && touch "$WFC_OUTPUT"
declare -A given=()
while IFS= read -r line || [[ $line ]]; do
  if [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)'<<'(.+)$ ]]; then
    name=${BASH_REMATCH[1]} end=${BASH_REMATCH[2]} block=
    while IFS= read -r line && [[ $line != "$end" ]]; do block+=$line$'\n'; done
    given[$name]=${block%$'\n'}
  elif [[ $line == *=* ]]; then
    given[${line%%=*}]=${line#*=}
  fi
done < "$WFC_OUTPUT"
vars=
for output; do
  name=${output%%:*} type=${output#*:}
  if [[ ! -v given[$name] ]]; then
    [[ $type == *'?' ]] && continue
    echo "output $name is missing" >&2
    exit 1
  fi
  value=${given[$name]} pattern=
  case ${type%'?'} in
    int) pattern='-?(0|[1-9][0-9]*)' ;;
    float) pattern='-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?' ;;
    bool) pattern='true|false' ;;
    date) pattern='[0-9]{4}-[0-9]{2}-[0-9]{2}' ;;
    enum=*) pattern=${type%'?'} && pattern=${pattern#enum=} ;;
    json=*)
      shape=${type%'?'}
      python3 -c "import json, sys; from kernel import typed; typed(json.loads(sys.argv[1]), ${shape#json=})" "$value"
      ;;
  esac
  if [[ $pattern && ! $value =~ ^($pattern)$ ]]; then
    echo "output $name is no ${type%%=*}: $value" >&2
    exit 1
  fi
  case $type in
    file*) cp -- "$value" ".out/$name" ;;
    string* | json*) printf %s "$value" > ".out/$name" ;;
    int* | bool*) vars+=",\"$name\":$value" ;;
    float*) [[ $value =~ [.eE] ]] || value+=.0; vars+=",\"$name\":$value" ;;
    *) vars+=",\"$name\":\"$value\"" ;;
  esac
done
echo "::{\"outputs\":{${vars#,}}}::"
