package rule

import (
	"slices"
	"strings"
	"time"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/topology"
)

// Waivers accept fails for a time. Those of one file.
type Waivers struct {
	list     []waiver
	of       map[waived][]int // where in the list the waivers of a rule and subject are
	rules    map[string]bool  // that have one
	problems diag.List
	today    string
}

// waived is a rule with the name or id of a subject in lower case.
type waived struct{ rule, subject string }

// waiver accepts what a rule finds on the subjects of a name or id.
type waiver struct {
	rule, subject, reason string
	expires               string // the last day on which it holds, or "" if it always does
	span                  diag.Span
}

// Waived says that a fail is accepted, and until when.
type Waived struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires,omitempty"` // a day as 2006-01-02
}

// ReadWaivers reads a list of {rule, subject, reason, owner, expires}. A waiver holds to
// the end of the day on which it expires; today is the day, in UTC, as 2006-01-02.
func ReadWaivers(src *diag.Source, today string) *Waivers {
	root, problems := document.Parse(src)
	w := &Waivers{problems: problems, today: today, of: map[waived][]int{}, rules: map[string]bool{}}
	if problems.HasErrors() || root.Kind == document.Null {
		return w
	}
	if root.Kind != document.List {
		w.report("waiver/not-a-list", root.Span, "a file of waivers must be a list, not "+root.Describe(), `begin each waiver with "- rule:"`)
		return w
	}
	for _, n := range root.Items {
		w.read(n)
	}
	return w
}

func (w *Waivers) report(code string, span diag.Span, message, hint string) {
	w.problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: span, Message: message, Hint: hint})
}

// NotNeeded is the hint where the subject of a waiver is there and does not fail.
const NotNeeded = "remove the waiver"

// waiverKeys are those of a waiver. Who owns it is for people to read.
var waiverKeys = []string{"rule", "subject", "reason", "owner", "expires"}

func (w *Waivers) read(n *document.Node) {
	if n.Kind != document.Map {
		w.report("waiver/not-a-map", n.Span, "a waiver must be a map, not "+n.Describe(), "its keys are "+strings.Join(waiverKeys, ", "))
		return
	}
	values := map[string]string{}
	whole := true
	for _, e := range n.Entries {
		switch {
		case !slices.Contains(waiverKeys, e.Key):
			hint := diag.DidYouMean(e.Key, waiverKeys)
			if hint == "" {
				hint = "its keys are " + strings.Join(waiverKeys, ", ")
			}
			w.report("waiver/unknown-key", e.KeySpan, `a waiver has no key "`+document.Shorten(e.Key)+`"`, hint)
			whole = false
		case e.Value.Kind == document.Null:
		case e.Value.Kind != document.String:
			w.report("waiver/wrong-value", e.Value.Span, `"`+e.Key+`" must be a text, not `+e.Value.Describe(), "")
			whole = false
		case e.Key == "expires" && !isDay(e.Value.Text()):
			w.report("waiver/wrong-value", e.Value.Span, `"expires" is `+e.Value.Describe()+", which is no day", "write it as year-month-day, for example 2027-01-31")
			whole = false
		default:
			values[e.Key] = e.Value.Text()
		}
	}
	for _, key := range []string{"rule", "subject", "reason"} {
		if v := n.Get(key); v == nil || v.Kind == document.Null || v.Kind == document.String && strings.TrimSpace(v.Text()) == "" {
			w.report("waiver/missing-key", n.Span, `"`+key+`" of a waiver is missing`, "a waiver says which rule and subject it is about, and why")
			whole = false
		}
	}
	if whole {
		key := waived{values["rule"], topology.LowerASCII(values["subject"])}
		w.of[key] = append(w.of[key], len(w.list))
		w.rules[key.rule] = true
		w.list = append(w.list, waiver{values["rule"], values["subject"], values["reason"], values["expires"], n.Span})
	}
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// all is every waiver; there are none where there is no file.
func (w *Waivers) all() []waiver {
	if w == nil {
		return nil
	}
	return w.list
}

// expired says whether the last day of a waiver is over.
func (w *Waivers) expired(v waiver) bool { return v.expires != "" && v.expires < w.today }

// met says what the subjects of a waiver came to.
type met struct{ fails, unknown, other bool }

// waive looks for a waiver of a rule's verdict on an object, or on the topology, and notes
// in met what each waiver met. The verdict is "" where the rule failed to come to one. The
// case of A to Z makes no difference, as in Azure.
func (w *Waivers) waive(r *Rule, o *lang.Object, verdict string, met []met) *Waived {
	if w == nil || !w.rules[r.ID] {
		return nil
	}
	places := w.of[waived{r.ID, "input"}]
	if o != nil {
		name, id := topology.LowerASCII(o.Name()), topology.LowerASCII(o.ID())
		if places = w.of[waived{r.ID, name}]; id != name {
			places = slices.Sorted(slices.Values(slices.Concat(places, w.of[waived{r.ID, id}])))
		}
	}
	var out *Waived
	for _, i := range places {
		v, m := w.list[i], &met[i]
		switch verdict {
		case Fail:
			m.fails = true
			if out == nil && !w.expired(v) {
				out = &Waived{v.reason, v.expires}
			}
		case Unknown, "":
			m.unknown = true
		default:
			m.other = true
		}
	}
	return out
}

// unmet reports the waivers that are over or accept nothing, where the topology could be
// read. What a rule that did not run would have found nobody knows.
func (w *Waivers) unmet(all []*Rule, ran []*Rule, met []met) diag.List {
	var out diag.List
	warn := func(code string, v waiver, message, hint string) {
		out.Add(diag.Diagnostic{Code: code, Severity: diag.Warning, Span: v.span, Message: message, Hint: hint})
	}
	var ids []string
	for _, r := range all {
		ids = append(ids, r.ID)
	}
	for i, v := range w.all() {
		m := met[i]
		of := slices.IndexFunc(all, func(r *Rule) bool { return r.ID == v.rule })
		rule, subject := `"`+document.Shorten(v.rule)+`"`, `"`+document.Shorten(v.subject)+`"`
		switch {
		case of < 0:
			warn("waiver/unused", v, "there is no rule "+rule, diag.DidYouMean(v.rule, ids))
		case all[of].Fact != nil:
			warn("waiver/unused", v, rule+" is a fact, which does not fail", NotNeeded)
		case !slices.Contains(ran, all[of]):
		case (m.fails || m.unknown) && w.expired(v):
			warn("waiver/expired", v, "the waiver of "+rule+" for "+subject+" expired on "+v.expires, "mend what it accepted, or agree on another day")
		case m.fails || m.unknown:
		case m.other:
			warn("waiver/unused", v, subject+" does not fail "+rule, NotNeeded)
		default:
			warn("waiver/unused", v, rule+" has no subject "+subject+" here", "a waiver names a subject by its name or id, as findings show them")
		}
	}
	return out
}
