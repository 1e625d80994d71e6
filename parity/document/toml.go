package document

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/maquette/maquette/parity"
)

func parseTOML(data []byte) (parity.Value, error) {
	var root map[string]any
	if err := toml.Unmarshal(data, &root); err != nil {
		e, ok := errors.AsType[*toml.DecodeError](err)
		if !ok {
			return parity.Value{}, err
		}
		line, column := e.Position()
		return parity.Value{}, errorAt(line, column, "", "%s", strings.TrimPrefix(e.Error(), "toml: "))
	}
	return tomlValue(root, 0)
}

func tomlValue(v any, depth int) (parity.Value, error) {
	if depth > maxNesting {
		return parity.Value{}, tooDeep(0, 0)
	}
	switch v := v.(type) {
	case map[string]any:
		var o object
		for _, key := range slices.Sorted(maps.Keys(v)) {
			item, err := tomlValue(v[key], depth+1)
			if err != nil {
				return item, err
			}
			o.add(key, item)
		}
		return o.value(), nil
	case []any:
		items := make([]parity.Value, len(v))
		for i, it := range v {
			var err error
			if items[i], err = tomlValue(it, depth+1); err != nil {
				return parity.Value{}, err
			}
		}
		return parity.ListOf(items), nil
	case string:
		return parity.Text(v), nil
	case bool:
		return boolean(v), nil
	case int64:
		return integer(v), nil
	case float64:
		return float(v), nil
	case time.Time:
		return parity.Text(v.Format(time.RFC3339Nano)), nil
	case fmt.Stringer: // dates and times without a zone
		return parity.Text(v.String()), nil
	}
	return parity.Value{}, fmt.Errorf("it holds a %T, which is no value of TOML's", v)
}
