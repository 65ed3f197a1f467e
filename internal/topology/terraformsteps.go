package topology

import (
	"strconv"
	"strings"
)

// tfStep is one step of a path into a value: an attribute, or the index of a list
// or map.
type tfStep struct {
	name  string
	index bool
}

// position is the index that a step into a list names, or -1.
func (s tfStep) position() int {
	if n, err := strconv.Atoi(s.name); err == nil && n >= 0 && n <= maxTfInstances {
		return n
	}
	return -1
}

func tfPath(steps []tfStep) string {
	var b strings.Builder
	for _, s := range steps {
		if s.index {
			b.WriteString(tfIndex(s.name))
		} else {
			b.WriteString("." + s.name)
		}
	}
	return b.String()
}

// tfSteps cuts an address or reference into its steps; of what is none it gives
// what it could read.
func tfSteps(text string) []tfStep {
	var out []tfStep
	for i := 0; i < len(text); {
		switch {
		case text[i] == '.':
			i++
		case text[i] != '[':
			end := i
			for end < len(text) && text[end] != '.' && text[end] != '[' {
				end++
			}
			out = append(out, tfStep{name: text[i:end]})
			i = end
		case strings.HasPrefix(text[i:], `["`):
			end := i + 2
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(text) {
				return out
			}
			name, _ := parseJSONText(text[i+1 : end+1])
			s, _ := name.(string)
			out = append(out, tfStep{`"` + s, true})
			i = end + 2
		default:
			end := strings.IndexByte(text[i:], ']')
			if end < 0 {
				return out
			}
			out = append(out, tfStep{text[i+1 : i+end], true})
			i += end + 1
		}
	}
	return out
}
