package rule

import (
	"slices"
	"testing"
)

// Nothing looks at what is only listed; a rule, a collection and a link do.
func TestUnread(t *testing.T) {
	unread := founding(t).Unread()
	for kind, want := range map[string]bool{
		"otherResources":  true,
		"virtualMachines": false, // rules are about them
		"bastions":        false, // rules go through them
		"subnets":         false, // links lead to them
	} {
		if got := slices.Contains(unread, kind); got != want {
			t.Errorf("%s: %t, want %t", kind, got, want)
		}
	}
}
