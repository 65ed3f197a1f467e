package build

import (
	"github.com/plumbline/plumbline/internal/diag"
)

// level gives problems the severity that the site's settings say. Errors stay
// errors: a site with one cannot be right.
func (in Input) level(problems diag.List) diag.List {
	out := make(diag.List, 0, len(problems))
	for _, d := range problems {
		if d.Severity != diag.Error {
			for _, s := range in.Config.Severity {
				if s.Code == d.Code {
					d.Severity = diag.Severity(s.Level)
				}
			}
		}
		if d.Severity == "off" {
			continue
		}
		if in.Strict && d.Severity == diag.Warning {
			d.Severity = diag.Error
		}
		out = append(out, d)
	}
	return out
}
