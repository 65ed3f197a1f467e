package rule

import "testing"

// TestLineSeparators: the bytes are those of JSON.stringify, whatever the input says.
func TestLineSeparators(t *testing.T) {
	type text struct {
		S string `json:"s"`
	}
	for in, want := range map[string]string{
		"a\u2028b\u2029": "{\"s\":\"a\u2028b\u2029\"}\n",
		`a\u2028b`:       `{"s":"a\\u2028b"}` + "\n",
		"\\\u2028":       "{\"s\":\"\\\\\u2028\"}\n",
		`"<&>`:           `{"s":"\"<&>"}` + "\n",
	} {
		if got := string(line(text{in})); got != want {
			t.Errorf("line(%q) = %s, want %s", in, got, want)
		}
	}
}
