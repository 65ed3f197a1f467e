package build

import (
	"testing"

	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
)

func TestLevel(t *testing.T) {
	problems := diag.List{
		{Code: "a/warn", Severity: diag.Warning}, {Code: "a/off", Severity: diag.Warning}, {Code: "a/up", Severity: diag.Info},
		{Code: "a/error", Severity: diag.Error}, {Code: "a/plain", Severity: diag.Warning},
	}
	in := Input{Config: config.Config{Severity: []config.CodeLevel{
		{Code: "a/warn", Level: "info"}, {Code: "a/off", Level: "off"}, {Code: "a/up", Level: "error"}, {Code: "a/error", Level: "off"},
	}}}
	show := func(l diag.List) string {
		out := ""
		for _, d := range l {
			out += d.Code + "=" + string(d.Severity) + " "
		}
		return out
	}
	if got, want := show(in.level(problems)), "a/warn=info a/up=error a/error=error a/plain=warning "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	in.Strict = true
	if got, want := show(in.level(problems)), "a/warn=info a/up=error a/error=error a/plain=error "; got != want {
		t.Errorf("strict: got %s, want %s", got, want)
	}
}

func TestCodesAreUnique(t *testing.T) {
	codes := Codes()
	for i, c := range codes {
		if i > 0 && codes[i-1].Code == c.Code {
			t.Errorf("%s is documented twice", c.Code)
		}
		if c.Severity == "" || c.Summary == "" || c.Doc == "" {
			t.Errorf("%s is not documented", c.Code)
		}
	}
}
